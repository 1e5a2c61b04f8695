# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Functions shared by the scripts. Sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }
fail() { say "$(basename "$0"): $*"; exit 1; }
have() { command -v "$1" > /dev/null 2>&1; }

# quietly WHAT COMMAND…: runs it, and shows its output only when it fails
quietly() {
  local log
  log=$(mktemp)
  say "$1 …"
  if ! "${@:2}" > "$log" 2>&1; then
    tail -n 40 "$log" >&2
    rm -f "$log"
    fail "failed: $1"
  fi
  rm -f "$log"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# can_install: whether packages can be installed here without asking for a password
can_install() {
  have apt-get && { [ "$(id -u)" -eq 0 ] || { have sudo && sudo -n true 2> /dev/null; }; }
}

# apt_update: waits up to two minutes for another apt process, such as the one after a boot; apt's own option for this
# (DPkg::Lock::Timeout) does not cover the lock of the package lists
apt_update() {
  local said tries=0
  until said=$(as_root env LC_ALL=C apt-get update -qq 2>&1); do
    case $said in *"not get lock"*) tries=$((tries + 1)) ;; *) tries=24 ;; esac
    [ "$tries" -lt 24 ] || { say "$said"; return 1; }
    sleep 5
  done
}

apt_install() {
  apt_update && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=120 "$@"
}

need_swift() {
  have swift || fail "the Swift toolchain (6.2 or newer) is missing: https://www.swift.org/install"
}

# has_header NAME: whether a C header is where compilers look
has_header() {
  local directory
  for directory in /usr/include /usr/include/* /usr/local/include /opt/homebrew/include; do
    [ ! -e "$directory/$1" ] || return 0
  done
  return 1
}

# need_headers: the headers of libcurl, libyaml and zlib, which the build needs; macOS lacks only libyaml's
need_headers() {
  if has_header yaml.h; then
    if [ "$(uname)" = Darwin ] || { has_header curl/curl.h && has_header zlib.h; }; then return; fi
  fi
  can_install || fail "headers of libcurl, libyaml or zlib are missing: install libcurl4-openssl-dev, libyaml-dev" \
    "and zlib1g-dev (Debian, Ubuntu), libcurl-devel, libyaml-devel and zlib-devel (Fedora), curl, libyaml and zlib" \
    "(Arch), or libyaml (Homebrew)"
  quietly "installing the headers of libcurl, libyaml and zlib" \
    apt_install libcurl4-openssl-dev libyaml-dev zlib1g-dev
}

# want_pandoc: pandoc renders Markdown in HTML pages, which show plain text without it
want_pandoc() {
  have pandoc && return
  if can_install && (quietly "installing pandoc" apt_install pandoc); then return; fi
  say "pandoc is missing: pages will hold plain text (apt-get install pandoc, or brew install pandoc)"
}

# static_libyaml: fills .build/static with libyaml's static library and a pkg-config file for it; fails if there is
# none
static_libyaml() {
  local archive directory=$PWD/.build/static
  for archive in /usr/lib/*/libyaml.a /usr/lib64/libyaml.a /usr/lib/libyaml.a; do
    [ -e "$archive" ] || continue
    mkdir -p "$directory"
    ln -sf "$archive" "$directory/"
    printf '%s\n' 'Name: yaml' 'Description: libyaml' 'Version: 0' "Libs: -L$directory -lyaml" \
      > "$directory/yaml-0.1.pc"
    return 0
  done
  return 1
}

# build_release: builds the program and sets `binary` to its path; on Linux the program needs no Swift libraries at
# run time, nor libyaml if its static library is installed
build_release() {
  local options=(-c release --product resonant)
  if [ "$(uname)" != Darwin ]; then
    options+=(--static-swift-stdlib)
    if static_libyaml; then options+=(--pkg-config-path "$PWD/.build/static"); fi
  fi
  quietly "building a release (the first time takes some minutes)" swift build "${options[@]}"
  # shellcheck disable=SC2034  # for the scripts
  binary=$(swift build "${options[@]}" --show-bin-path)/resonant
}
