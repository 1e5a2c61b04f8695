# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Functions shared by the scripts. Sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }
fail() { say "$(basename "$0"): $*"; exit 1; }
have() { command -v "$1" > /dev/null 2>&1; }

# steps LOG: shows, on the last line of the terminal, how far a build is that writes this log, until this script ends
steps() {
  local begun=$SECONDS step
  while sleep 1 && kill -0 $$ 2> /dev/null; do
    step=$(sed -n 's|^\[\([0-9]*\)/\([0-9]*\)\].*|step \1 of \2, |p' "$1" | tail -n 1)
    printf '\r  %s%d s\033[K' "$step" $((SECONDS - begun)) >&2
  done
}

# quietly WHAT COMMAND…: runs it, and shows its output only when it fails; on a terminal, shows how far it is
quietly() {
  local log status=0 counter=
  log=$(mktemp)
  say "$1 …"
  if [ -t 2 ]; then
    steps "$log" &
    counter=$!
  fi
  "${@:2}" > "$log" 2>&1 || status=$?
  if [ -n "$counter" ]; then
    kill "$counter"
    wait "$counter" 2> /dev/null || true
    printf '\r\033[K' >&2
  fi
  if [ "$status" -ne 0 ]; then
    tail -n 40 "$log" >&2
    if grep -qiE 'could not resolve|failure resolving|unable to (access|connect)|git command .*failed' "$log"; then
      say "is there a network? it is needed here; a proxy is named by https_proxy and http_proxy"
    fi
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
  local version where=https://www.swift.org/install
  have swift || fail "the Swift toolchain (6.2 or newer) is missing: $where"
  version=$(swift --version 2> /dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1 || true)
  [ -n "$version" ] || fail "swift does not run: look at what \`swift --version\` says"
  if [ "${version%.*}" -lt 6 ] || { [ "${version%.*}" -eq 6 ] && [ "${version#*.}" -lt 2 ]; }; then
    fail "Swift $version is too old: 6.2 or newer is needed: $where"
  fi
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
  if ! can_install; then
    if have apt-get; then
      fail "headers of libcurl, libyaml or zlib are missing, and only root may install them. As root:" \
        "apt-get install libcurl4-openssl-dev libyaml-dev zlib1g-dev"
    fi
    fail "headers of libcurl, libyaml or zlib are missing: install libcurl-devel, libyaml-devel and zlib-devel (Fedora)," \
      "curl, libyaml and zlib (Arch), or libyaml (Homebrew)"
  fi
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

# build_quickly: builds the program without optimisation, in a third of the time of a release, and sets `binary`
build_quickly() {
  quietly "building the program (the first time takes 1 to 4 minutes)" swift build --product resonant
  # shellcheck disable=SC2034  # for the scripts
  binary=.build/debug/resonant
}

# build_release: builds the program and sets `binary` to its path; on Linux the program needs no Swift libraries at
# run time, nor libyaml if its static library is installed
build_release() {
  local options=(-c release --product resonant)
  if [ "$(uname)" != Darwin ]; then
    options+=(--static-swift-stdlib)
    if static_libyaml; then options+=(--pkg-config-path "$PWD/.build/static"); fi
  fi
  quietly "building a release (the first time takes 3 to 10 minutes)" swift build "${options[@]}"
  # shellcheck disable=SC2034  # for the scripts
  binary=$(swift build "${options[@]}" --show-bin-path)/resonant
}

# lay_out PREFIX: puts the program `binary`, its manual page, its completions and its documents under PREFIX
lay_out() {
  local shell work
  work=$(mktemp -d)
  scripts/manual "$binary" > "$work/resonant.1"
  for shell in bash zsh fish; do "$binary" --generate-completion-script "$shell" > "$work/$shell"; done
  place 755 "$binary" "$1/bin" resonant
  place 644 "$work/resonant.1" "$1/share/man/man1" resonant.1
  place 644 "$work/bash" "$1/share/bash-completion/completions" resonant
  place 644 "$work/zsh" "$1/share/zsh/site-functions" _resonant
  place 644 "$work/fish" "$1/share/fish/vendor_completions.d" resonant.fish
  rm -rf "$work"
  lay_out_documents "$1/share/doc/resonant"
}

# lay_out_documents DIRECTORY: what is in the source for users; without what is not committed, where git knows that
lay_out_documents() {
  local documents=(README.md LICENSE CHANGELOG.md CONTRIBUTING.md docs examples preambles)
  mkdir -p "$1"
  if ! git archive HEAD "${documents[@]}" 2> /dev/null | tar -xf - -C "$1" 2> /dev/null; then
    tar -cf - "${documents[@]}" | tar -xf - -C "$1"
  fi
}

# place MODE FILE DIRECTORY NAME
place() {
  mkdir -p "$3"
  install -m "$1" "$2" "$3/$4"
}
