#!/usr/bin/env bash
# See to it that there are a Chromium or Chrome (CHROMIUM=/path/to/browser names one) and an nginx for the browser tests.
set -euo pipefail

browser() {
  if [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ]; then return 0; fi
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}

nginx() { PATH="$PATH:/usr/sbin:/usr/local/sbin" type -P nginx >/dev/null; }

wanted=()
browser || wanted+=(chromium)
nginx || wanted+=(nginx-light)
if [ ${#wanted[@]} -gt 0 ] && command -v apt-get >/dev/null; then
  sudo=""
  [ "$(id -u)" = 0 ] || sudo=sudo
  echo "Installing ${wanted[*]} for the browser tests ..."
  $sudo apt-get update -qq && $sudo apt-get install -y -qq "${wanted[@]}" >/dev/null || true
  # The package starts a server of its own on port 80; the tests start theirs.
  if [[ " ${wanted[*]} " == *" nginx-light "* ]] && command -v systemctl >/dev/null; then $sudo systemctl disable --now nginx >/dev/null 2>&1 || true; fi
fi
nginx || echo "No nginx found: the tests of several processes are left out." >&2
if ! browser; then
  echo "No Chromium or Chrome found: install one, or name it with CHROMIUM=/path/to/browser." >&2
  exit 1
fi
