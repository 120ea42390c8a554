#!/usr/bin/env python3
"""Retention triangles of a large event log beside DuckDB and Polars.

usage: cohorts.py VERDICT [EVENTS]     needs the packages of requirements.txt

Makes EVENTS events (20,000,000 by default) of 1,000,000 units in a year. First the weekly triangle, each program in a
process of its own, interleaved, median of three: wall and CPU seconds, peak memory. Then every definition of retention in
three time zones, cell by cell against SQL. Exit 1 if a triangle differs.
"""
import csv, datetime, os, statistics, subprocess, sys, tempfile, time

ZONES = ["UTC", "America/New_York", "Asia/Kolkata"]

MAKE = """COPY (
  SELECT 'user-' || lpad(CAST(u AS VARCHAR), 8, '0') AS user_id,
    strftime(TIMESTAMP '2025-01-01' + to_seconds(CAST(least(31535999, hash(u, 7) % 20000000 + z * 31536000) AS BIGINT)),
      '%Y-%m-%dT%H:%M:%SZ') AS occurred_at,
    CASE WHEN hash(i, 5) % 10 = 0 THEN 'purchase' WHEN hash(i, 5) % 2 = 0 THEN 'view' ELSE 'click' END AS event
  FROM (SELECT i, hash(i, 1) % 1000000 AS u,
          (hash(i, 2) % 1000) * (hash(i, 3) % 1000) * (hash(i, 4) % 1000) / 1e9 AS z FROM range({rows}) t(i)))
  TO '{file}' (HEADER)"""

# The last period is not over, and counts for nobody.
TRIANGLE = """
WITH e AS (SELECT user_id AS u, CAST(epoch(date_trunc('{period}', {local})) AS BIGINT) // 86400 AS d
           FROM read_csv('{file}', columns = {{'user_id': 'VARCHAR', 'occurred_at': 'TIMESTAMPTZ', 'event': 'VARCHAR'}})),
  p AS (SELECT DISTINCT u, d // {length} AS p FROM e),
  s AS (SELECT u, min(p) AS s FROM p GROUP BY u),
  a AS (SELECT s.s, p.u, p.p - s.s AS age FROM p JOIN s USING (u) WHERE p.p < (SELECT max(p) FROM p)),
  size AS (SELECT s, count(*) AS n FROM s GROUP BY s)
SELECT s, n, age, r FROM size JOIN ({cells}) USING (s)"""

CELLS = {
    "on": "SELECT s, age, count(*) AS r FROM a GROUP BY s, age",
    "on-or-after": """SELECT l.s, x.age, count(*) AS r FROM (SELECT s, u, max(age) AS last FROM a GROUP BY s, u) l,
        range(0, 400) x(age) WHERE x.age <= l.last GROUP BY l.s, x.age""",
    "bracket": """SELECT s, b AS age, count(DISTINCT u) AS r FROM (SELECT s, u, CASE WHEN age BETWEEN 1 AND 2 THEN 1
        WHEN age BETWEEN 3 AND 6 THEN 3 END AS b FROM a) WHERE b IS NOT NULL GROUP BY s, b""",
}

WEEKLY_DUCKDB = """
import duckdb, sys
print(duckdb.sql('''
WITH p AS (SELECT DISTINCT user_id, date_trunc('week', occurred_at) AS w
           FROM read_csv('FILE', columns = {'user_id': 'VARCHAR', 'occurred_at': 'TIMESTAMP', 'event': 'VARCHAR'})),
  s AS (SELECT user_id, min(w) AS s FROM p GROUP BY user_id)
SELECT s, date_diff('week', s, w) AS age, count(*) FROM p JOIN s USING (user_id) GROUP BY s, age''').fetchall().__len__())
"""

WEEKLY_POLARS = """
import polars as pl
p = (pl.scan_csv('FILE').select('user_id', pl.col('occurred_at').str.to_datetime('%Y-%m-%dT%H:%M:%SZ').dt.truncate('1w').alias('w'))
     .unique())
s = p.group_by('user_id').agg(pl.col('w').min().alias('s'))
q = (p.join(s, on='user_id').with_columns(((pl.col('w') - pl.col('s')).dt.total_days() // 7).alias('age'))
     .group_by('s', 'age').agg(pl.len()))
print(q.collect(engine='streaming').height)
"""


def timed(command):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        sys.exit(process.stderr.read().decode())
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def race(verdict, file, runs):
    jobs = {
        "verdict": [verdict, "cohort", file, "--period", "week", "--format", "csv"],
        "duckdb": [sys.executable, "-c", WEEKLY_DUCKDB.replace("FILE", file)],
        "polars": [sys.executable, "-c", WEEKLY_POLARS.replace("FILE", file)],
    }
    times = {name: [] for name in jobs}
    for _ in range(runs):
        for name, command in jobs.items():
            times[name].append(timed(command))
    base = statistics.median(t[0] for t in times["verdict"])
    print(f"{'weekly triangle':<16} {'wall, s':>9} {'cpu, s':>9} {'peak, MB':>9} {'times verdict':>14}")
    for name, all_runs in times.items():
        wall, cpu, memory = (statistics.median(t[k] for t in all_runs) for k in range(3))
        print(f"{name:<16} {wall:9.2f} {cpu:9.2f} {memory:9.0f} {wall / base:14.1f}")


def ours(verdict, file, period, retention, zone):
    command = [verdict, "cohort", file, "--period", period, "--retention", retention, "--time-zone", zone, "--format", "csv"]
    if retention == "bracket":
        command += ["--brackets", "1-2,3-6"]
    rows = csv.DictReader(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines())
    cells = {}
    for row in rows:
        if row["retained"] and row["retained"] != "0":
            cells[row["cohort"], int(row["period"].split("-")[0])] = (int(row["size"]), int(row["retained"]))
    return cells


def theirs(duckdb, file, period, retention, zone):
    """Days by their number since 1970, weeks likewise (1970-01-05 began week 0), months by year and month."""
    local = f"CAST(occurred_at AT TIME ZONE '{zone}' AS TIMESTAMP)"
    text = TRIANGLE.format(
        file=file, period=period, local=local, length=7 if period == "week" else 1, cells=CELLS[retention])
    if period == "month":
        date = "(DATE '1970-01-01' + CAST(d AS INT))"
        text = text.replace("d // 1 AS p", f"year({date}) * 12 + month({date}) - 1 AS p")
    found = duckdb.sql(text).fetchall()
    last = duckdb.sql(text[: text.index("SELECT s, n, age")] + "SELECT max(p) FROM p").fetchall()[0][0]

    def name(s):
        if period == "month":
            return f"{s // 12:04d}-{s % 12 + 1:02d}-01"
        return (datetime.date(1970, 1, 1) + datetime.timedelta(days=s * 7 + 4 if period == "week" else s)).isoformat()

    ends = {1: 2, 3: 6} if retention == "bracket" else {}
    return {(name(s), age): (n, r) for s, n, age, r in found if s + ends.get(age, age) < last}


def main():
    verdict, rows = os.path.realpath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20_000_000
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        file = os.environ.get("EVENTS", f"{folder}/events.csv")
        if not os.path.exists(file):
            duckdb.sql(MAKE.format(rows=rows, file=file))
        print(f"{rows:,} events, {os.path.getsize(file) / 1e6:,.0f} MB, {os.cpu_count()} cores")
        race(verdict, file, 3)
        wrong = 0
        for zone in ZONES:
            for period in ["week", "month", "day"]:
                for retention in CELLS:
                    a, b = ours(verdict, file, period, retention, zone), theirs(duckdb, file, period, retention, zone)
                    same = a == b
                    wrong += not same
                    print(f"{zone:<18} {period:<6} {retention:<12} {len(b):>6} cells {'equal' if same else 'DIFFERENT'}")
    sys.exit(1 if wrong else 0)


main()
