#!/usr/bin/env bash
# Times the main jobs of a release build on generated data.
# usage: Benchmarks/run.sh VERDICT [ROWS] [--peers] [--data FOLDER]
#   ROWS      of one row a unit; a fifth of that are exposed, with three times as many events
#   --peers   makes a virtual environment with the peers of requirements.txt, times them beside it, writes RESULTS.md
#   --data    keeps the generated files there, and takes those that are there
set -euo pipefail
usage='usage: Benchmarks/run.sh VERDICT [ROWS] [--peers] [--data FOLDER]'
verdict=$(realpath "${1:?$usage}")
shift
rows=1000000
peers=no
folder=
while [ $# -gt 0 ]; do
  case $1 in
    --peers) peers=yes ;;
    --data) shift; folder=${1:?$usage} ;;
    *[!0-9]* | '') echo "$usage" >&2; exit 2 ;;
    *) rows=$1 ;;
  esac
  shift
done
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "$folder" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

[ -s "$folder/units.csv" ] || awk -v rows="$rows" -f "$here/units.awk" >"$folder/units.csv"
[ -s "$folder/events.csv" ] ||
  awk -v units=$((rows / 5)) -v events=$((rows * 3)) -v folder="$folder" -f "$here/events.awk"
if [ $peers = yes ]; then
  python3 -m venv "$here/.venv"
  "$here/.venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
  "$here/.venv/bin/python" "$here/peers.py" "$verdict" "$folder"
  exit
fi
cd "$folder"
megabytes=$(awk -v b="$(wc -c <units.csv)" 'BEGIN { printf "%.1f", b / 1e6 }')
printf '%s rows, %s MB, %s cores, %s\n\n' "$rows" "$megabytes" "$(nproc)" \
  "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1)"
printf '%-44s %10s %10s %12s\n' job 'wall, s' 'cpu, s' 'rows/s'

TIMEFORMAT='%R %U %S'

# Best of five: the least disturbed run says most about the program. Exit 1 is an answer, not a failure.
job() {
  local name=$1
  shift
  for _ in 1 2 3 4 5; do
    { time "$@" >/dev/null 2>errors || [ $? -eq 1 ]; } 2>&1 || { cat errors >&2; exit 1; }
  done | sort -n | head -1 | awk -v name="$name" -v rows="$rows" \
    '{ printf "%-44s %10.3f %10.3f %12.0f\n", name, $1, $2 + $3, rows / ($1 > 0 ? $1 : 0.001) }'
}

job 'analyze: proportion' "$verdict" analyze units.csv --metric 'c=proportion(converted)'
job 'analyze: proportion, CUPED mean, ratio' "$verdict" analyze units.csv --metric 'c=proportion(converted)' \
  --metric 'r=mean(revenue, covariates: pre_revenue)' --metric 'a=ratio(revenue, orders)'
job 'analyze: the same by country' "$verdict" analyze units.csv --segment country --metric 'c=proportion(converted)' \
  --metric 'r=mean(revenue, covariates: pre_revenue)' --metric 'a=ratio(revenue, orders)'
job 'assign: verdict/1' "$verdict" assign units.csv --salt s --weights control=1,treatment=1
job 'analyze: exposures and events, 7 days' "$verdict" analyze events.csv --exposures exposures.csv --include-immature \
  --metric 'r=mean(value) | event: purchase | window: 7d'
job 'profile' "$verdict" profile units.csv
