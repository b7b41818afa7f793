#!/usr/bin/env bash
# Creates the virtual environment $1 with the first Python ≥ 3.11 of this machine that can make one.
# PYTHON=/path/to/python chooses another. An environment that already works is kept.
set -euo pipefail

environment=$1
suitable='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

if "$environment/bin/python" -c "$suitable" 2>/dev/null; then
    exit 0
fi

for python in ${PYTHON:-} python3.12 python3.13 python3.11 python3.14 python3 python; do
    if "$python" -c "$suitable" 2>/dev/null; then
        echo "Creating $environment with $("$python" --version) …"
        rm -rf "$environment"
        exec "$python" -m venv "$environment"
    fi
done

echo "Yiwang needs Python 3.11 or newer with the venv module, and found none." >&2
echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv), or say where it is: make run PYTHON=/path/to/python" >&2
exit 1
