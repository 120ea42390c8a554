"""One job of one peer: reads the CSV files anew and prints its numbers as JSON.

usage: peer.py PEER JOB FOLDER      peers: duckdb, polars, pandas, tea-tasting; jobs: units, segments (and all), events,
triangle (retention by week; the last week is not over and counts for nobody), assign (writes a file)
"""
import json
import os
import sys

UNIT_SUMS = """
  count(*) n, avg(converted) c, avg(revenue) r, avg(pre_revenue) p, avg(orders) o, var_samp(revenue) rr,
  var_samp(pre_revenue) pp, covar_samp(revenue, pre_revenue) rp, var_samp(orders) oo, covar_samp(revenue, orders) ro"""

JOIN = """
  with first as (
    select user_id, min(timestamp) t, any_value(variant) variant from read_csv('{0}/exposures.csv')
    group by user_id having count(distinct variant) = 1
  ), sums as (
    select f.user_id, f.variant, coalesce(sum(e.value) filter (where e.event = 'purchase' and e.timestamp >= f.t
      and e.timestamp < f.t + 604800), 0) x
    from first f left join read_csv('{0}/events.csv') e using (user_id) group by f.user_id, f.variant
  ) select variant, count(*) n, avg(x) r, var_samp(x) rr from sums group by variant order by variant"""

# Weeks by their number since Monday, 1970-01-05.
TRIANGLE = """
  with p as (select distinct user_id u, (timestamp - 345600) // 604800 w from read_csv('{0}/events.csv')),
  s as (select u, min(w) s from p group by u)
  select s, w - s age, count(*) n from p join s using (u) where w < (select max(w) from p) group by all"""

ASSIGN = """
  copy (select user_id, {1} as variant from read_csv('{0}/units.csv')) to '{0}/assigned-duckdb.csv' (header)"""


def duckdb_job(job, folder):
    import duckdb

    if job == "assign":
        duckdb.execute(ASSIGN.format(folder, os.environ["VARIANT_SQL"]))
        return []
    query = {
        "units": f"select variant, {UNIT_SUMS} from read_csv('{folder}/units.csv') group by variant order by variant",
        "segments": f"select variant, country, {UNIT_SUMS} from read_csv('{folder}/units.csv') "
                    "group by grouping sets ((variant), (variant, country)) order by variant, country",
        "events": JOIN.format(folder), "triangle": TRIANGLE.format(folder),
    }[job]
    result = duckdb.sql(query)
    return [dict(zip(result.columns, row)) for row in result.fetchall()]


def polars_job(job, folder):
    import polars as pl

    def covariance(a, b):
        return pl.cov(a, b)

    def sums(keys):
        return pl.scan_csv(f"{folder}/units.csv").group_by(keys).agg(
            n=pl.len(), c=pl.mean("converted"), r=pl.mean("revenue"), p=pl.mean("pre_revenue"), o=pl.mean("orders"),
            rr=pl.var("revenue"), pp=pl.var("pre_revenue"), rp=covariance("revenue", "pre_revenue"),
            oo=pl.var("orders"), ro=covariance("revenue", "orders"))

    if job == "units":
        frame = sums(["variant"])
    elif job == "segments":
        frame = pl.concat([sums(["variant"]), sums(["variant", "country"])], how="diagonal")
    elif job == "triangle":
        weeks = (pl.scan_csv(f"{folder}/events.csv").select("user_id", w=(pl.col("timestamp") - 345600) // 604800).unique())
        starts = weeks.group_by("user_id").agg(s=pl.min("w"))
        cells = (weeks.join(starts, on="user_id").group_by("s", age=pl.col("w") - pl.col("s")).agg(n=pl.len())
                 .collect(engine="streaming"))
        last = (cells["s"] + cells["age"]).max()
        return cells.filter(pl.col("s") + pl.col("age") < last).to_dicts()
    else:
        first = (pl.scan_csv(f"{folder}/exposures.csv").group_by("user_id")
                 .agg(t=pl.min("timestamp"), variant=pl.first("variant"), arms=pl.n_unique("variant"))
                 .filter(pl.col("arms") == 1))
        events = pl.scan_csv(f"{folder}/events.csv").filter(pl.col("event") == "purchase")
        counted = (first.join(events, on="user_id")
                   .filter((pl.col("timestamp") >= pl.col("t")) & (pl.col("timestamp") < pl.col("t") + 604800))
                   .group_by("user_id").agg(x=pl.sum("value")))
        frame = (first.join(counted, on="user_id", how="left").with_columns(pl.col("x").fill_null(0))
                 .group_by("variant").agg(n=pl.len(), r=pl.mean("x"), rr=pl.var("x")))
    return frame.sort("variant").collect(engine="streaming").to_dicts()


def pandas_job(job, folder):
    import pandas as pd
    from statsmodels.stats.weightstats import DescrStatsW

    columns = ["variant", "converted", "revenue", "pre_revenue", "orders"]
    frame = pd.read_csv(f"{folder}/units.csv", usecols=columns)
    rows = []
    for variant, part in frame.groupby("variant"):
        numbers = DescrStatsW(part[["converted", "revenue", "pre_revenue", "orders"]].to_numpy())
        rows.append({"variant": variant, "n": len(part), "c": numbers.mean[0], "r": numbers.mean[1],
                     "covariance": numbers.cov.tolist()})
    return rows


def tea_tasting_job(job, folder):
    import polars as pl
    import tea_tasting as tt

    frame = pl.read_csv(f"{folder}/units.csv", columns=["variant", "converted", "revenue", "pre_revenue", "orders"])
    experiment = tt.Experiment(
        c=tt.Mean("converted"), r=tt.Mean("revenue", covariate="pre_revenue"), a=tt.RatioOfMeans("revenue", "orders"),
        n=tt.SampleRatio())
    result = experiment.analyze(frame, control="control")
    return [{"variant": "control", "c": result["c"].control}, {"variant": "treatment", "c": result["c"].treatment}]


def main():
    peer, job, folder = sys.argv[1:4]
    jobs = {"duckdb": duckdb_job, "polars": polars_job, "pandas": pandas_job, "tea-tasting": tea_tasting_job}
    json.dump(jobs[peer](job, folder), sys.stdout)


if __name__ == "__main__":
    main()
