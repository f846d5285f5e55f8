#!/usr/bin/env bash
# See to it that there are a Chromium or Chrome (CHROMIUM=/path/to/browser names one) and an nginx for the browser tests.
set -euo pipefail

browser() {
  if [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ]; then return 0; fi
  for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}

nginx() { PATH="$PATH:/usr/sbin:/usr/local/sbin" type -P nginx >/dev/null; }

updated=
install() { # the first of these packages that there is
  command -v apt-get >/dev/null || return 1
  local sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  if [ -z "$updated" ]; then $sudo apt-get update -qq || true; updated=yes; fi
  for package in "$@"; do
    echo "Installing $package for the browser tests ..."
    if $sudo apt-get install -y -qq "$package" >/dev/null; then return 0; fi
  done
  return 1
}

browser || install chromium-headless-shell chromium || true # the first is lighter; older systems lack it
if ! nginx && install nginx-light nginx && command -v systemctl >/dev/null; then
  # The package starts a server of its own on port 80; the tests start theirs.
  $([ "$(id -u)" = 0 ] || echo sudo) systemctl disable --now nginx >/dev/null 2>&1 || true
fi
nginx || echo "No nginx found: the tests of several processes are left out." >&2
if ! browser; then
  echo "No Chromium or Chrome found: install one, or name it with CHROMIUM=/path/to/browser." >&2
  exit 1
fi
