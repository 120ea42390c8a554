"""Times peers of the kernels on the data that `verdict kernels bench` wrote, and holds their numbers to its own.

usage: peers.py VERDICT FOLDER [SCALE]
"""
import json
import os
import platform
import subprocess
import sys
import time
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd

HERE = os.path.dirname(os.path.abspath(__file__))
CUSTOMERS = os.path.join(HERE, "../../Datasets/References/data/cdnow_summary.csv")
# Replicates of a bootstrap that a peer is timed on; the time of all follows by proportion.
SAMPLED = 40


def columns(folder, name, count):
    return np.fromfile(f"{folder}/{name}.f64").reshape(count, -1)


# MARK: Peers. Each takes the folder and gives the work and the numbers that it makes: (repeats, work).


def scipy_bootstrap(folder):
    from scipy.stats import bootstrap

    x, y = columns(folder, "bootstrap", 4)[:2]

    def work():
        result = bootstrap(
            (x, y), lambda a, b, axis: a.mean(axis) / b.mean(axis), paired=True, vectorized=True, batch=1,
            n_resamples=SAMPLED, method="percentile")
        return [x.mean() / y.mean(), result.standard_error]

    return 1, work


def numpy_bootstrap(weigh):
    """Weights of all rows, then one matrix product for the four columns: what one writes for speed."""

    def prepare(folder):
        rows = np.ascontiguousarray(columns(folder, "bootstrap", 4).T)
        generator = np.random.default_rng(1)

        def work():
            ratios = []
            for _ in range(SAMPLED):
                sums = weigh(generator, len(rows)) @ rows
                ratios.append(sums[0] / sums[1])
            return [rows[:, 0].mean() / rows[:, 1].mean(), np.std(ratios, ddof=1)]

        return 2, work

    return prepare


def multinomial(generator, n):
    return np.bincount(generator.integers(0, n, n, dtype=np.int32), minlength=n).astype(float)


def poisson(generator, n):
    return generator.poisson(1, n).astype(float)


def poisson_table(generator, n, table=np.repeat(np.arange(9.0), -np.diff(
        [65536, 41427, 17317, 5263, 1244, 240, 39, 5, 1, 0]))):
    """The fastest that numpy does: 16 random bits a weight, looked up."""
    return table[generator.integers(0, 65536, n, dtype=np.uint16)]


def pyfixest(folder):
    import pyfixest

    data = columns(folder, "cluster-robust", 10)
    frame = pd.DataFrame({f"x{i}": column for i, column in enumerate(data[:9])} | {"y": data[9]})
    frame["cluster"] = np.arange(len(frame)) // 100
    formula = "y ~ " + " + ".join(f"x{i}" for i in range(9))

    def work():
        fit = pyfixest.feols(formula, frame, vcov={"CRV1": "cluster"})
        return [fit.coef()["x0"], fit.se()["x0"]]

    work()  # compiles
    return 3, work


def lifetimes(folder):
    from lifetimes import BetaGeoFitter

    data = pd.read_csv(f"{folder}/bg-nbd.csv")

    def work():
        fit = BetaGeoFitter().fit(data["frequency"], data["recency"], data["T"])
        found = [fit.params_[name] for name in ("r", "alpha", "a", "b")]
        # Its own likelihood is of scaled times; this one is of the data, a mean over customers.
        mean = BetaGeoFitter._negative_log_likelihood(
            np.log(found), data["frequency"], data["recency"], data["T"], np.ones(len(data)), 0)
        return [-mean * len(data), *found]

    return 20, work


def lifelines(name):
    def prepare(folder):
        from lifelines import KaplanMeierFitter

        time_of, event = columns(folder, name, 2)

        def work():
            fit = KaplanMeierFitter().fit(time_of, event)
            curve = fit.survival_function_.iloc[:, 0].to_numpy()
            place = int(np.argmax(curve <= 0.25))
            return [fit.median_survival_time_, curve[place], *fit.confidence_interval_.iloc[place]]

        return 2, work

    return prepare


# Job: peers, with the relative tolerance of each number and by how much the peer's time is multiplied.
PEERS = {
    "bootstrap": [
        ("scipy.stats.bootstrap", scipy_bootstrap), ("numpy, multinomial counts", numpy_bootstrap(multinomial)),
        ("numpy, Poisson", numpy_bootstrap(poisson)), ("numpy, Poisson by table", numpy_bootstrap(poisson_table)),
    ],
    "cluster-robust": [("pyfixest", pyfixest)],
    "bg-nbd": [("lifetimes", lifetimes)],
    "kaplan-meier": [("lifelines", lifelines("kaplan-meier"))],
    "kaplan-meier-distinct": [("lifelines", lifelines("kaplan-meier-distinct"))],
}
# The bootstrap's standard error is itself simulated, and lifetimes stops early.
TOLERANCE = {"bootstrap": [1e-9, 0.6], "bg-nbd": [1e-6, 0.01, 0.01, 0.01, 0.01]}


def timed(repeats, work):
    best = None
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        numbers = work()
        found = time.perf_counter() - wall, time.process_time() - processor, numbers
        best = found if best is None or found[0] < best[0] else best
    return best


def check(job, name, ours, theirs):
    for place, (a, b) in enumerate(zip(ours, theirs)):
        tolerance = TOLERANCE.get(job, [1e-9] * len(ours))[place]
        if not abs(a - b) <= tolerance * abs(b):
            sys.exit(f"{job}, {name}: number {place + 1} is {b}, Verdict's is {a}")


def main():
    verdict, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    scale = sys.argv[3] if len(sys.argv) > 3 else "1"
    warnings.filterwarnings("ignore")
    with open("/proc/cpuinfo", encoding="utf8") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.machine())
    lines = [
        "# Kernels beside peers", "", f"{os.cpu_count()} cores, {model}. The same data, one run; best wall time of a few. "
        f"A bootstrap of a peer is timed on {SAMPLED} replicates and multiplied up.",
        "Peers: " + ", ".join(f"{p} {version(p)}" for p in ("numpy", "scipy", "pyfixest", "lifelines", "lifetimes")) + ".",
        "", "| job | program | wall, s | processor, s | times Verdict, wall | times Verdict, processor |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for job, peers in PEERS.items():
        # One process a job, next to its peers: what else the machine does is the same for both.
        command = [verdict, "kernels", "bench", folder, "--only", job, "--scale", scale, "--customers", CUSTOMERS]
        output = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        ours = next(timing for timing in output if timing["name"] == job)
        lines.append(f"| {ours['task']} | Verdict | {ours['wall']:.4g} | {ours['processor']:.4g} | 1 | 1 |")
        print(lines[-1], flush=True)
        for name, prepare in peers:
            wall, processor, numbers = timed(*prepare(folder))
            check(job, name, ours["numbers"], numbers)
            factor = int(ours["task"].split()[0]) / SAMPLED if job == "bootstrap" else 1
            lines.append(
                f"| | {name} | {wall * factor:.4g} | {processor * factor:.4g} | {wall * factor / ours['wall']:.1f} "
                f"| {processor * factor / ours['processor']:.1f} |")
            print(lines[-1], flush=True)
    with open(f"{HERE}/RESULTS.md", "w", encoding="utf8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
