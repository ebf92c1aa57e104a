#!/usr/bin/env bash
# Measures the Python package, built as it is shipped, beside the standard library and its peers.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=build/venv-bench
[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r bindings-python/requirements-bench.txt
"$venv/bin/pip" install --quiet --disable-pip-version-check --force-reinstall ./bindings-python
for part in ratios imports logins; do
    "$venv/bin/python" -W ignore "bindings-python/bench/$part.py"
done
"$venv/bin/python" bindings-python/bench/size.py
