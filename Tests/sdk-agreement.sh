#!/usr/bin/env bash
# The flag files of `verdict deploy`, loaded and evaluated by the platforms' own SDKs, against `verdict assign`: 10,000 ids in and
# outside ASCII for every target and stage. Then every scheme whose platform has an SDK, drawn for ids that no vector has.
#
#   Tests/sdk-agreement.sh [path of verdict]
#
# The SDKs come from PyPI into a virtual environment of their own (PYTHON names one that has them); without Python or network
# the script says SKIPPED and ends with 0. An SDK that cannot be installed is SKIPPED alone.
set -euo pipefail
cd "$(dirname "$0")/.."
verdict=$(realpath "${1:-.build/release/verdict}")
[ -x "$verdict" ] || { echo "no program at $verdict; build it first: swift build -c release --product verdict"; exit 2; }
skip() { echo "SKIPPED: $1"; exit 0; }
command -v python3 >/dev/null || skip "there is no python3"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$work/venv" || skip "python3 has no venv"
  python=$work/venv/bin/python
  installed=0
  for package in growthbook openfeature-provider-flagd UnleashClient launchdarkly-server-sdk eppo-server-sdk \
    optimizely-sdk statsig splitio_client posthog; do
    if "$work/venv/bin/pip" -q install "$package" >"$work/pip.log" 2>&1; then
      installed=$((installed + 1))
    else
      echo "SKIPPED: $package cannot be installed: $(tail -1 "$work/pip.log")"
    fi
  done
  [ "$installed" -gt 0 ] || skip "PyPI cannot be reached"
fi
# The last evaluator of generation 2, apart from that of generation 3.
"$python" -m pip -q install --no-deps --target "$work/flagd-2" openfeature-flagd-core==1.0.0 >"$work/pip.log" 2>&1 \
  || echo "SKIPPED: openfeature-flagd-core 1.0.0 cannot be installed: $(tail -1 "$work/pip.log")"
"$python" Tests/sdk-agreement.py "$verdict" "$work"
