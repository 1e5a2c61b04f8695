# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What is made from the program's own help has in common. Sourced, not run.
set -euo pipefail

# commands BINARY: the names of the program's commands, one a line
commands() {
  "$1" help | awk '/^SUBCOMMANDS:/ { on = 1; next } on && /^  [a-z]/ { print $1 } /^$/ { if (on) exit }'
}
