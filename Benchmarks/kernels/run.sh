#!/usr/bin/env bash
# Times the kernels of a release build beside scipy, numpy, pyfixest, lifelines and lifetimes on the same data, in one run.
# Makes a virtual environment with the peers of requirements.txt, prints the ratios, writes RESULTS.md.
# usage: Benchmarks/kernels/run.sh VERDICT [SCALE]      SCALE: share of the full number of rows, 1 if not given
set -euo pipefail
verdict=$(realpath "${1:?usage: Benchmarks/kernels/run.sh VERDICT [SCALE]}")
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$here/.venv"
"$here/.venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
"$here/.venv/bin/python" "$here/peers.py" "$verdict" "$folder" "${2:-1}"
