"""Times the main jobs beside the peers, interleaved, and holds every number to theirs.

usage: peers.py VERDICT FOLDER [ROUNDS]      FOLDER holds units.csv, exposures.csv and events.csv
"""
import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = {"units": ["duckdb", "polars", "pandas", "tea-tasting"], "events": ["duckdb", "polars"]}


def commands(verdict, folder):
    """For each job the commands by name."""
    ours = {
        "units": [verdict, "analyze", f"{folder}/units.csv", "--format", "json", "--metric", "c=proportion(converted)",
                  "--metric", "r=mean(revenue, covariates: pre_revenue)", "--metric", "a=ratio(revenue, orders)"],
        "events": [verdict, "analyze", f"{folder}/events.csv", "--exposures", f"{folder}/exposures.csv",
                   "--include-immature", "--format", "json", "--metric", "r=mean(value) | event: purchase | window: 7d"],
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


def disagreement(ours, theirs):
    """The largest relative difference of means that both give."""
    comparison = {metric["name"]: metric["comparisons"][0] for metric in json.loads(ours)["metrics"]}
    worst = 0.0
    for row in json.loads(theirs):
        for name in ("c", "r"):
            if name in row and name in comparison:
                value = comparison[name][row["variant"]]["value"]
                worst = max(worst, abs(value - row[name]) / abs(row[name]))
    return worst


def machine():
    with open("/proc/cpuinfo", encoding="utf8") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores, {model}, {platform.system()} {platform.release()}"


def main():
    verdict, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    lines = [
        "# Results", "",
        f"{machine()}. Best of {rounds} interleaved rounds, whole processes, files in the page cache.",
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
            differs = "" if name == "verdict" else f"{disagreement(best['verdict'][3], output):.1e}"
            lines.append(f"| {job} | {name} | {wall:.2f} | {cpu:.2f} | {cpu / wall:.2f} | {memory:.0f} "
                         f"| {wall / best['verdict'][0]:.2f} | {differs} |")
    text = "\n".join(lines) + "\n"
    print(text)
    with open(f"{HERE}/RESULTS.md", "w", encoding="utf8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
