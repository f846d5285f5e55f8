#!/usr/bin/env bash
# Make the virtual environment if it is missing and install a requirements file into it.
# usage: environment.sh PYTHON VENV REQUIREMENTS
set -euo pipefail
python=$1 venv=$2 requirements=$3

"$python" - <<'PY' || { echo "Kernel Explorer needs Python 3.11 or newer; name one with: make run PYTHON=/path/to/python3" >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY
if [ ! -x "$venv/bin/python" ]; then
  "$python" -m venv "$venv" || { echo "python3 -m venv failed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
fi
echo "Installing $requirements (once; some minutes on a new machine) ..."
if [ "$requirements" != requirements-light.txt ]; then
  # torch first and by its exact version: torchvision alone would otherwise choose another one.
  torch=$(grep -hE '^torch==' requirements.txt)
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$torch"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements"
