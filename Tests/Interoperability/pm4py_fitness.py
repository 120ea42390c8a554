#!/usr/bin/env python3
"""PM4Py reads the BPMN, XES and OCEL files that `verdict flow export` writes, and agrees with `verdict flow measure`.

usage: pip install pm4py && python3 Tests/Interoperability/pm4py_fitness.py [path of verdict]

Of each sound built-in model a log is simulated, damaged in part of its cases by a fixed seed, exported, and aligned by
PM4Py on the exported BPMN. Semantics agree on which cases fit. They differ in two ways, both taken out before:
PM4Py has no events on flows (event= on edges), and no start and end events in a log; and a case that stands before an end
is open for us and unfit for PM4Py, so that only whole cases are compared, damaged by dropped, swapped and doubled events.
The cost of a deviation is a choice of each program; what is compared is whether a case fits.
"""
import csv
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pm4py

MODELS = ["ab-test", "cohort", "account_deletion", "api_key_rotation", "billing_dispute", "content_moderation",
          "oauth_fixed"]
ROOT = Path(__file__).resolve().parents[2]
VERDICT = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".build/release/verdict")


def verdict(*arguments):
    return subprocess.run([VERDICT, *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def damaged(rows, chance):
    """One case: as it is, or with one event dropped, two swapped or one doubled; times stay in order."""
    rows = [dict(row) for row in rows]
    if len(rows) < 4 or chance.random() < 0.6:
        return rows
    place = chance.randrange(1, len(rows) - 2)
    times = [row["timestamp"] for row in rows]
    kind = chance.randrange(3)
    if kind == 0:
        del rows[place], times[-1]
    elif kind == 1:
        rows[place], rows[place + 1] = rows[place + 1], rows[place]
    elif times[place] != times[place + 1]:
        # At a later time: a row that repeats the row before in event and time is left out by verdict, and said.
        rows.insert(place, dict(rows[place]))
        times.insert(place + 1, times[place + 1])
    for row, time in zip(rows, times):
        row["timestamp"] = time
    return rows


def compare(name, folder):
    model, bpmn = folder / f"{name}.flow", folder / f"{name}.bpmn"
    # Events on edges are silent here, so that both see the same activities.
    text = verdict("flow", "print", name)
    lines = []
    for line in text.splitlines():
        if "->" in line and " event=" in line or "[event=" in line and "->" in line:
            words = line.split("event=")
            line = words[0] + "event=none" + words[1][len(words[1].split("]")[0].split(" ")[0]):]
        elif ": circle" in line:
            line += " [event=none]"
        lines.append(line)
    model.write_text("\n".join(lines) + "\n")
    raw = folder / f"{name}.raw.csv"
    verdict("flow", "simulate", model, "--cases", 400, "--seed", 5, "--format", "csv", "-o", raw)
    with open(raw, newline="") as file:
        reader = csv.DictReader(file)
        header, cases = reader.fieldnames, {}
        for row in reader:
            cases.setdefault(row["case_id"], []).append(row)
    chance = random.Random(5)
    log = folder / f"{name}.csv"
    with open(log, "w", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        for rows in cases.values():
            writer.writerows(damaged(rows, chance))
    verdict("flow", "export", model, "--bpmn", "-o", bpmn)
    verdict("flow", "export", model, log, "--xes", "-o", folder / f"{name}.xes")
    measured = json.loads(verdict("flow", "measure", model, log, "--format", "json"))
    ours = measured["conformance"]["fittingCases"]

    net, start, end = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(bpmn)))
    frame = pm4py.read_xes(str(folder / f"{name}.xes"))
    verdict("flow", "export", model, log, "--ocel", "-o", folder / f"{name}.json")
    ocel = pm4py.read_ocel2_json(str(folder / f"{name}.json"))
    assert len(ocel.events) == len(frame), f"{name}: the OCEL file has {len(ocel.events)} of {len(frame)} events"
    labels = {t.label for t in net.transitions if t.label}
    unknown = set(frame["concept:name"]) - labels
    assert not unknown, f"{name}: PM4Py's net lacks {unknown}"
    aligned = pm4py.conformance_diagnostics_alignments(frame, net, start, end)
    theirs = sum(1 for trace in aligned if trace["fitness"] == 1.0)
    total = len(aligned)
    print(f"{name:20} {total} cases: verdict {ours} fit, PM4Py {theirs}", "" if ours == theirs else "  DIFFER")
    return ours == theirs


def main():
    with tempfile.TemporaryDirectory() as folder:
        results = [compare(name, Path(folder)) for name in MODELS]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
