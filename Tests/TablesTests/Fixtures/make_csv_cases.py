"""Random valid CSV files with what Python's csv module reads from them, one JSON object a line.

usage: make_csv_cases.py COUNT [SEED] >csv-cases.jsonl      the committed file: 100 cases of seed 1, Python 3.11
"""
import csv
import io
import json
import random
import sys

PIECES = ["a", "b", "1", ".", "-", " ", "'", "é", "😀", ",", ";", "|", "\t", '"', "\n", "\r\n", "\r", "\\"]


def case(random_):
    delimiter = random_.choice(",,,;\t|")
    end = random_.choice(["\n", "\r\n"])
    width = random_.randint(2, 6)
    quoting = random_.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow([f"c{column}" for column in range(width)])
    for _ in range(random_.randint(1, 30)):
        writer.writerow(["".join(random_.choices(PIECES, k=random_.randint(0, 8))) for _ in range(width)])
    written = text.getvalue()
    if random_.random() < 0.3:
        written = written.removesuffix(end)
    rows = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter, strict=True))
    if any(len(row) != width for row in rows):
        return case(random_)  # A bare return in a field: Python's writer leaves it without quotes.
    return {"delimiter": delimiter, "text": written, "rows": rows[1:]}


def main():
    random_ = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    for _ in range(int(sys.argv[1])):
        print(json.dumps(case(random_), ensure_ascii=False))


if __name__ == "__main__":
    main()
