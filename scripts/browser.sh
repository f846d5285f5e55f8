#!/usr/bin/env bash
# See to it that there is a Chromium or Chrome for the browser tests; CHROMIUM=/path/to/browser names one.
set -euo pipefail
if [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ]; then exit 0; fi
for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
if command -v apt-get >/dev/null; then
  sudo=""
  [ "$(id -u)" = 0 ] || sudo=sudo
  echo "Installing Chromium for the browser tests ..."
  $sudo apt-get update -qq
  for package in chromium-headless-shell chromium; do # the first is lighter; older systems lack it
    if $sudo apt-get install -y -qq "$package" >/dev/null; then exit 0; fi
  done
fi
echo "No Chromium or Chrome found: install one, or name it with CHROMIUM=/path/to/browser." >&2
exit 1
