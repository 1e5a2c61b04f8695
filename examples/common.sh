# SPDX-License-Identifier: MIT
# Read by the examples. These variables of the environment change what they do:
#
#     RESONANT_ENDPOINT      where the models are; by default builtin:, or the service that the example is about
#     RESONANT_MODEL         the model, for all participants; needed with RESONANT_ENDPOINT where the example names none
#     RESONANT_OUT           where files go, by default runs/examples
#     RESONANT               the program, by default the one on the path, else the one that was built here
#
#     RESONANT_ENDPOINT=ollama RESONANT_MODEL=gemma3 examples/backrooms
#
# An example that is about a service says so before it reads this file: `service` is its endpoint, `service_model` the
# model that it takes there, `service_key` the variable that holds its key, if it needs one.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# short PATH: as seen from the current directory where it lies below; models that are files are named by their path
short() { echo "${1#"$PWD"/}"; }
complain() { echo "$(basename "$0"): $*" >&2; exit 2; }
# need_key NAME: the environment variable with this name must be set
need_key() { [ -n "${!1:-}" ] || complain "the environment variable $1 is not set: export $1=… with your key"; }

if [ -n "${RESONANT:-}" ]; then resonant=$RESONANT
elif command -v resonant > /dev/null; then resonant=$(command -v resonant)
else
  resonant=$root/.build/release/resonant
  [ -x "$resonant" ] || resonant=$root/.build/debug/resonant
fi
[ -x "$resonant" ] || complain "resonant is not built yet: run scripts/demo, or set RESONANT"

endpoint=${RESONANT_ENDPOINT:-${service:-builtin:}}
out=${RESONANT_OUT:-$(short "$root/runs/examples")}
if [ "$endpoint" != builtin: ]; then
  RESONANT_MODEL=${RESONANT_MODEL:-${service_model:-}}
  [ -n "$RESONANT_MODEL" ] || complain "RESONANT_ENDPOINT is set: name the model in RESONANT_MODEL"
fi
# The key goes only to the service itself, not to an endpoint that stands in for it.
if [ -n "${service_key:-}" ] && [ "$endpoint" = "$service" ]; then need_key "$service_key"; fi

# model NAME: RESONANT_MODEL, or for the builtin endpoint the builtin model of that name
model() { if [ "$endpoint" = builtin: ]; then echo "$1"; else echo "$RESONANT_MODEL"; fi; }
