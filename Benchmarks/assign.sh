#!/usr/bin/env bash
# Times `verdict assign` on generated ids, with its peak memory; with --peers beside the same job in DuckDB and in Python.
# usage: Benchmarks/assign.sh VERDICT [ROWS] [--peers]      10,000,000 rows by default
# The hashes alone, beside a C loop: swift run -c release --package-path Benchmarks/Hashing hash-bench
set -euo pipefail
usage='usage: Benchmarks/assign.sh VERDICT [ROWS] [--peers]'
verdict=$(realpath "${1:?$usage}")
shift
rows=10000000
peers=no
for word in "$@"; do
  case $word in
    --peers) peers=yes ;;
    *[!0-9]* | '') echo "$usage" >&2; exit 2 ;;
    *) rows=$word ;;
  esac
done
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# 16 to 36 bytes an id, as of most products.
awk -v rows="$rows" 'BEGIN {
  print "user_id"
  for (i = 1; i <= rows; i++) printf "%s%016d\n", substr("aaaa-bbbb-cccc-dddd-", 1, i * 7 % 21), i
}' >ids.csv
printf '%s ids, %s bytes, %s cores\n\n' "$rows" "$(wc -c <ids.csv)" "$(nproc)"
printf '%-40s %8s %8s %10s %12s\n' job 'wall, s' 'cpu, s' 'peak, MB' 'ids/s'

# Best of three, by wall clock. The file stays in the page cache.
job() {
  local name=$1
  shift
  for _ in 1 2 3; do
    cat ids.csv >/dev/null
    /usr/bin/env python3 - "$@" <<'PY'
import os, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=open("errors", "w")).returncode
wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
if code:
    sys.exit(open("errors").read() or f"exit code {code}")
print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
PY
  done | sort -n | head -1 | awk -v name="$name" -v rows="$rows" \
    '{ printf "%-40s %8.2f %8.2f %10.0f %12.0f\n", name, $1, $2, $3, rows / $1 }'
}

plan=(--salt checkout --weights control=50,treatment=50)
for scheme in verdict/1 growthbook/2 unleash/1 flagd/2 eppo/1 launchdarkly/1; do
  job "verdict assign, $scheme" "$verdict" assign ids.csv --scheme $scheme "${plan[@]}" -o out.csv
done
job 'verdict assign, verdict/1, coverage 0.5' "$verdict" assign ids.csv "${plan[@]}" --coverage 0.5 -o out.csv
job 'verdict assign, verdict/1, with a layer' "$verdict" assign ids.csv "${plan[@]}" --layer 'l=0..0.5' -o out.csv

if [ $peers = yes ]; then
  python3 -m venv "$here/.venv"
  "$here/.venv/bin/pip" install --quiet duckdb
  sql=$("$verdict" assign --sql duckdb "${plan[@]}")
  cat >duck.py <<PY
import duckdb
duckdb.execute("""COPY (SELECT user_id, $sql AS variant FROM read_csv('ids.csv', header = true, all_varchar = true))
                  TO 'duck.csv' (HEADER)""")
PY
  cat >plain.py <<'PY'
import csv, hashlib
prefix = hashlib.sha256(b"verdict/1|arm|8|checkout|")
with open("ids.csv", newline="") as rows, open("plain.csv", "w", newline="") as out:
    write = csv.writer(out, lineterminator="\n").writerow
    write(["user_id", "variant"])
    reader = csv.reader(rows)
    next(reader)
    for (unit,) in reader:
        hash = prefix.copy()
        hash.update(unit.encode())
        bucket = int.from_bytes(hash.digest()[:5], "big") * 1_000_000 >> 40
        write([unit, "control" if bucket < 500_000 else "treatment"])
PY
  job 'DuckDB, verdict/1 by --sql' "$here/.venv/bin/python" duck.py
  job 'Python hashlib, verdict/1' "$here/.venv/bin/python" plain.py
  "$verdict" assign ids.csv "${plan[@]}" -o out.csv 2>/dev/null
  cmp out.csv plain.csv && cmp <(sort out.csv) <(sort duck.csv) && echo 'all three wrote the same variants'
fi
