"""How long `verdict analyze` takes for 1 to 100 million rows beside reading the bytes, as an SVG.

usage: linear.py VERDICT UNITS.CSV FOLDER [MILLIONS ...]      UNITS.CSV: a million rows; FOLDER: 4 GB for the longer files
writes linear.svg and linear.md beside itself
"""
import math
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MILLIONS = [1, 3, 10, 30, 100]
WIDTH, HEIGHT, MARGIN = 640, 400, 60


def long_file(units, folder, millions):
    """The rows again and again, each a unit of its own."""
    path = f"{folder}/rows-{millions}.csv"
    with open(units, "rb") as file:
        header, rows = file.readline(), file.read()
    with open(path, "wb") as file:
        file.write(header.replace(b"user_id", b"row_id"))
        for _ in range(millions):
            file.write(rows)
    return path


def read(path):
    with open(path, "rb", buffering=0) as file:
        buffer = bytearray(1 << 20)
        while file.readinto(buffer):
            pass


def run(command):
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def interleaved(*works, rounds=5):
    """The least seconds of each of some works, done in turn."""
    found = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, found):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
    return [min(times) for times in found]


def measure(verdict, units, folder, lengths):
    rows = []
    for millions in lengths:
        path = long_file(units, folder, millions)
        command = [verdict, "analyze", path, "--metric", "c=proportion(converted)", "--metric",
                   "r=mean(revenue, covariates: pre_revenue)", "--metric", "a=ratio(revenue, orders)"]
        reading, counting, analysing = interleaved(
            lambda: read(path), lambda: run(["wc", "-l", path]), lambda: run(command))
        print(f"{millions} million rows: analyse {analysing:.3f} s, read {reading:.3f} s, {analysing / reading:.2f} times")
        rows.append((millions, analysing, reading, counting))
        os.remove(path)
    return rows


def svg(rows):
    low, high = -3, math.ceil(math.log10(max(row[1] for row in rows)))

    def place(millions, value):
        x = MARGIN + math.log10(millions) / 2 * (WIDTH - 2 * MARGIN)
        y = HEIGHT - MARGIN - (math.log10(value) - low) / (high - low) * (HEIGHT - 2 * MARGIN)
        return f"{x:.1f},{y:.1f}"

    def line(column, color, name):
        points = [place(row[0], max(row[column], 10**low)) for row in rows]
        dots = "".join('<circle cx="{}" cy="{}" r="3" fill="{}"/>'.format(*point.split(","), color) for point in points)
        x, y = points[-1].split(",")
        return (f'<polyline points="{" ".join(points)}" fill="none" stroke="{color}" stroke-width="2"/>{dots}'
                f'<text x="{float(x) - 8}" y="{float(y) - 10}" text-anchor="end" fill="{color}">{name}</text>')

    grid = "".join(
        f'<text x="{MARGIN - 8}" y="{float(place(1, 10.0**power).split(",")[1]) + 4}" text-anchor="end">{10.0**power:g} s</text>'
        f'<path d="M{place(1, 10.0**power)} L{place(100, 10.0**power)}" stroke="#ddd"/>' for power in range(low, high + 1))
    grid += "".join(
        f'<text x="{place(row[0], 1).split(",")[0]}" y="{HEIGHT - MARGIN + 20}" text-anchor="middle">{row[0]}</text>'
        for row in rows)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">'
            f'<title>Seconds by million rows</title><rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>{grid}'
            f'{line(2, "#888", "read the bytes")}{line(1, "#0a6", "analyze: five columns, four sums")}'
            f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">million rows</text></svg>\n')


def table(rows):
    lines = [
        "| million rows | analyze, s | ns a row | read the bytes, s | times that | `wc -l`, s | times that |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {millions} | {analysing:.3f} | {analysing / millions * 1000:.1f} | {reading:.3f} | {analysing / reading:.2f} "
        f"| {counting:.3f} | {analysing / counting:.1f} |" for millions, analysing, reading, counting in rows]
    return "\n".join(lines) + "\n"


def main():
    lengths = [int(word) for word in sys.argv[4:]] or MILLIONS
    rows = measure(os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3], lengths)
    with open(f"{HERE}/linear.md", "w", encoding="utf8") as file:
        file.write(table(rows))
    with open(f"{HERE}/linear.svg", "w", encoding="utf8") as file:
        file.write(svg(rows))


if __name__ == "__main__":
    main()
