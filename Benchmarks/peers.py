"""Times the main jobs beside the peers, interleaved, and holds every number to theirs.

usage: peers.py VERDICT FOLDER [ROUNDS]      FOLDER holds units.csv, exposures.csv and events.csv
"""
import csv
import datetime
import json
import math
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = {
    "units": ["duckdb", "polars", "pandas", "tea-tasting"], "segments": ["duckdb", "polars"], "events": ["duckdb", "polars"],
    "triangle": ["duckdb", "polars"], "assign": ["duckdb"],
}
PLAN = ["--salt", "checkout", "--weights", "control=50,treatment=50"]


def commands(verdict, folder):
    """For each job the commands by name."""
    units = [verdict, "analyze", f"{folder}/units.csv", "--format", "json", "--metric", "c=proportion(converted)",
             "--metric", "r=mean(revenue, covariates: pre_revenue)", "--metric", "a=ratio(revenue, orders)"]
    ours = {
        "units": units, "segments": [*units, "--segment", "country"],
        "events": [verdict, "analyze", f"{folder}/events.csv", "--exposures", f"{folder}/exposures.csv",
                   "--include-immature", "--format", "json", "--metric", "r=mean(value) | event: purchase | window: 7d"],
        "triangle": [verdict, "cohort", f"{folder}/events.csv", "--time", "timestamp", "--period", "week", "--format", "csv"],
        "assign": [verdict, "assign", f"{folder}/units.csv", *PLAN, "-o", f"{folder}/assigned-verdict.csv"],
    }
    return {
        job: {"verdict": ours[job]}
        | {peer: [sys.executable, f"{HERE}/peer.py", peer, job, folder] for peer in PEERS[job]}
        for job in ours
    }


def timed(command):
    """Wall seconds, CPU seconds, peak memory in MB and standard output."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    # 1 is an answer (a check failed), not a failure.
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output


def of_analyses(ours, theirs, _):
    """The largest relative difference of counts, means, standard errors and ratios that both give."""
    comparisons = {
        (metric["name"], comparison.get("segment", {}).get("value")): comparison
        for metric in json.loads(ours)["metrics"] for comparison in metric["comparisons"]
    }
    worst = 0.0
    for row in json.loads(theirs):
        arms = {
            name: both[row["variant"]] for (name, segment), both in comparisons.items() if segment == row.get("country")}
        pairs = [(arms[name]["value"], row[name]) for name in ("c", "r") if name in row and name in arms]
        if "n" in row:
            pairs.append((arms["r"]["units"], row["n"]))
        if "rr" in row:
            pairs.append((arms["r"]["standardError"], math.sqrt(row["rr"] / row["n"])))
        if "o" in row:
            pairs.append((arms["a"]["value"], row["r"] / row["o"]))
        worst = max([worst] + [abs(our - their) / abs(their) for our, their in pairs])
    return worst


def of_triangles(ours, theirs, _):
    """0 if all cells are the same: cohort, weeks since, units that came back."""
    cells = {
        (datetime.date.fromisoformat(row["cohort"]), int(row["period"])): int(row["retained"])
        for row in csv.DictReader(ours.decode().splitlines()) if row["retained"] not in ("", "0")
    }
    monday = datetime.date(1970, 1, 5)
    found = {(monday + datetime.timedelta(weeks=row["s"]), row["age"]): row["n"] for row in json.loads(theirs)}
    return 0.0 if cells == found else math.inf


def of_assignments(_, __, folder):
    """0 if both files give each arm as often."""
    counts = []
    for name in ("verdict", "duckdb"):
        with open(f"{folder}/assigned-{name}.csv", "rb") as file:
            text = file.read()
        counts.append([text.count(b",control\n"), text.count(b",treatment\n")])
    return 0.0 if counts[0] == counts[1] else math.inf


DISAGREEMENTS = {
    "units": of_analyses, "segments": of_analyses, "events": of_analyses, "triangle": of_triangles,
    "assign": of_assignments,
}


def machine():
    with open("/proc/cpuinfo", encoding="utf8") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores, {model}"


def warm(path):
    """Reads a file, so that it is in the page cache."""
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 24):
            pass


def main():
    verdict, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    files = {name: f"{folder}/{name}.csv" for name in ("units", "exposures", "events")}
    for path in files.values():
        warm(path)
    # The same variants by the same hash in SQL.
    os.environ["VARIANT_SQL"] = subprocess.run(
        [verdict, "assign", "--sql", "duckdb", *PLAN], check=True, capture_output=True, text=True).stdout
    lines = [
        "# Results", "", "Written by `make bench`.", "",
        f"{machine()}. Best of {rounds} interleaved rounds, whole processes, files in the page cache: "
        + ", ".join(f"{name}.csv {os.path.getsize(path) / 1e6:.0f} MB" for name, path in files.items()) + ".",
        "Peers: " + ", ".join(f"{peer} {version(peer)}" for peer in PEERS["units"] + ["statsmodels"]) + ".", "",
        "| job | program | wall, s | cpu, s | cpu/wall | memory, MB | times Verdict | differs by |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for job, programs in commands(verdict, folder).items():
        runs = {name: [] for name in programs}
        for _ in range(rounds):
            for name, command in programs.items():
                runs[name].append(timed(command))
        best = {name: min(found, key=lambda run: run[0]) for name, found in runs.items()}
        for name, (wall, cpu, memory, output) in best.items():
            differs = "" if name == "verdict" else f"{DISAGREEMENTS[job](best['verdict'][3], output, folder):.1e}"
            lines.append(f"| {job} | {name} | {wall:.2f} | {cpu:.2f} | {cpu / wall:.2f} | {memory:.0f} "
                         f"| {wall / best['verdict'][0]:.2f} | {differs} |")
    text = "\n".join(lines) + "\n"
    print(text)
    with open(f"{HERE}/RESULTS.md", "w", encoding="utf8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
