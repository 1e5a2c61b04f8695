# SPDX-License-Identifier: MIT
# Read by the examples. Without RESONANT_ENDPOINT they use the builtin models and need no network; with it, all
# participants are RESONANT_MODEL at that endpoint:
#
#     RESONANT_ENDPOINT=ollama RESONANT_MODEL=gemma3 examples/backrooms
#
# Files go to RESONANT_OUT, by default runs/examples. RESONANT is the program, by default the one on the path,
# else the one that was built here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# short PATH: as seen from the current directory where it lies below; models that are files are named by their path
short() { echo "${1#"$PWD"/}"; }
endpoint=${RESONANT_ENDPOINT:-builtin:}
out=${RESONANT_OUT:-$(short "$root/runs/examples")}

if [ -n "${RESONANT:-}" ]; then resonant=$RESONANT
elif command -v resonant > /dev/null; then resonant=$(command -v resonant)
else
  resonant=$root/.build/release/resonant
  [ -x "$resonant" ] || resonant=$root/.build/debug/resonant
fi
[ -x "$resonant" ] || { echo "resonant is not built yet: run scripts/demo, or set RESONANT" >&2; exit 2; }

if [ "$endpoint" != builtin: ] && [ -z "${RESONANT_MODEL:-}" ]; then
  echo "RESONANT_ENDPOINT is set: name the model in RESONANT_MODEL" >&2
  exit 2
fi

# model NAME: RESONANT_MODEL, or for the builtin endpoint the builtin model of that name
model() { if [ "$endpoint" = builtin: ]; then echo "$1"; else echo "$RESONANT_MODEL"; fi; }
