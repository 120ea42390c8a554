#!/usr/bin/env bash
# The expressions of `verdict assign --sql`, evaluated by DuckDB and PostgreSQL, against `verdict assign` itself: every scheme
# whose hash the engine has, on 10,000 ids in and outside ASCII.
#
#   Tests/sql-agreement.sh [path of verdict]
#
# DuckDB comes from PyPI into a virtual environment of its own; without Python or network the script says SKIPPED and ends with 0.
# PostgreSQL is used if its server's programs are on the path; otherwise it is SKIPPED.
set -euo pipefail
cd "$(dirname "$0")/.."
verdict=${1:-.build/release/verdict}
[ -x "$verdict" ] || { echo "no program at $verdict; build it first: swift build -c release --product verdict"; exit 2; }
skip() { echo "SKIPPED: $1"; exit 0; }
command -v python3 >/dev/null || skip "there is no python3"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$work/venv" || skip "python3 has no venv"
  "$work/venv/bin/pip" -q install duckdb >"$work/pip.log" 2>&1 || skip "duckdb cannot be installed: $(tail -1 "$work/pip.log")"
  python=$work/venv/bin/python
fi
# A server of its own, on a socket in the work folder; it does not run as root.
server=()
# Debian keeps the server's programs off the path.
for folder in /usr/lib/postgresql/*/bin; do PATH=$PATH:$folder; done
if command -v initdb >/dev/null && command -v pg_ctl >/dev/null && command -v psql >/dev/null; then
  owner=$(id -un)
  as=()
  if [ "$(id -u)" = 0 ]; then
    owner=postgres
    as=(runuser -u postgres --)
    chmod 755 "$work"
  fi
  mkdir "$work/pg" && chown "$owner" "$work/pg" 2>/dev/null || true
  if "${as[@]}" initdb -D "$work/pg/data" -U "$owner" -E UTF8 --locale=C -A trust >"$work/pg.log" 2>&1 \
    && "${as[@]}" pg_ctl -D "$work/pg/data" -w -o "-k $work/pg -c listen_addresses=" -l "$work/pg/log" start >>"$work/pg.log" 2>&1; then
    trap '"${as[@]}" pg_ctl -D "$work/pg/data" -m immediate stop >/dev/null 2>&1; rm -rf "$work"' EXIT
    server=("$work/pg" "$owner")
  else
    echo "SKIPPED: PostgreSQL does not start: $(tail -1 "$work/pg.log")"
  fi
else
  echo "SKIPPED: there is no PostgreSQL server on the path"
fi
"$python" - "$verdict" "$work" "${server[@]}" <<'PY'
import csv, subprocess, sys

verdict, work = sys.argv[1:3]
ids = [f"user-{i}" for i in range(8000)] + [f"zoë-{i}|'\"\\" for i in range(1000)] + [f"用户{i} " for i in range(1000)]
table = f"{work}/ids.csv"
with open(table, "w", newline="") as file:
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["user_id"])
    writer.writerows([one] for one in ids)

three = "control=0.2,treatment=0.3,it's=0.5"
cases = [
    ("verdict/1", "checkout's 'salt' é", three, "1"), ("verdict/1", "a quote '\u0301 before an accent", three, "1"), ("verdict/1", "checkout", three, "0.3"),
    ("verdict/1", "x" * 80, "a=1,b=0,c=1", "0.5"), ("launchdarkly/1", "flag.5f3c", three, "1"),
    ("launchdarkly/1", "flag.5f3c", three, "0.25"), ("launchdarkly/1-seed", "61", three, "1"),
    ("statsig/1", "spec.rule", "off=87.5,on=12.5", "1"), ("statsig/1-bucket", "layer", three, "0.4"),
    ("eppo/1", "split-é", three, "1"), ("eppo/1", "split-é", three, "0.5"), ("posthog/1", "flag", three, "0.5"),
    ("posthog/1-rollout", "flag", "off=70,on=30", "1"), ("proctor/1", "&salt", three, "1"),
    ("proctor/1", "name|salt", three, "0.5"),
]
failed = passed = 0


def in_duckdb(sql):
    import duckdb
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE units AS SELECT * FROM read_csv('{table}', header = true, all_varchar = true)")
    assert connection.execute(f"SELECT {sql} FROM (SELECT CAST(NULL AS VARCHAR) AS user_id)").fetchone() == (None,)
    found = dict(connection.execute(f"SELECT user_id, {sql} FROM units").fetchall())
    return [found[one] for one in ids]


def in_postgres(sql):
    out = subprocess.run(
        psql + ["--csv", "-c", "SET standard_conforming_strings = on", "-c", f"SELECT user_id, {sql} AS variant FROM units"],
        check=True, capture_output=True, text=True, encoding="utf-8").stdout
    found = {row["user_id"]: row["variant"] or None for row in csv.DictReader(out.split("SET\n", 1)[1].splitlines())}
    return [found[one] for one in ids]


psql = []
if len(sys.argv) > 3:
    psql = ["psql", "-X", "-h", sys.argv[3], "-U", sys.argv[4], "-d", "postgres"]
    subprocess.run(psql + ["-q", "-c", "CREATE TABLE units (user_id text)", "-c",
                           f"\\copy units FROM '{table}' CSV HEADER"], check=True)
engines = [("duckdb", in_duckdb)] + ([("postgres", in_postgres)] if psql else [])
for scheme, salt, weights, coverage in cases:
    plan = ["--scheme", scheme, "--salt", salt, "--weights", weights, "--coverage", coverage]
    out = f"{work}/out.csv"
    subprocess.run([verdict, "assign", table, *plan, "-o", out], check=True, stderr=subprocess.DEVNULL)
    with open(out, newline="") as file:
        expected = [row["variant"] or None for row in csv.DictReader(file)]
    for engine, evaluate in engines:
        answer = subprocess.run([verdict, "assign", *plan, "--sql", engine], capture_output=True, text=True)
        if answer.returncode == 2 and "has no" in answer.stderr:
            print(f"no hash {engine:9} {scheme}")
            continue
        wrong = sum(a != b for a, b in zip(evaluate(answer.stdout), expected))
        failed += wrong > 0
        passed += wrong == 0
        print(f"{'ok    ' if wrong == 0 else 'FAILED'}  {engine:9} {scheme:20} coverage {coverage:5} {len(ids)} ids, {wrong} different")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
PY
