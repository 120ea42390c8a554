"""Small event exports with the headers, quoting and time formats of the tools they are named after, the exposures beside
them, and what a plain definition makes of both. The data are made up.

usage: make_exports.py      writes Exports/ beside itself (Python 3.11, seed 7)
"""
import csv
import json
import os
import random
from datetime import datetime, timedelta, timezone

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Exports")
START = datetime(2026, 3, 2, tzinfo=timezone.utc)
BERLIN = timezone(timedelta(hours=1))
WEEK = 7 * 86_400

# For each tool: columns of unit, time, event and value (an event's columns in their order), how a time and a unit are
# written, and how a row is made of them.
TOOLS = {
    "ga4": {
        "columns": ["event_date", "event_timestamp", "event_name", "event_value_in_usd", "user_pseudo_id", "platform"],
        "unit": "user_pseudo_id", "time": "event_timestamp", "event": "event_name", "value": "event_value_in_usd",
        "as_time": lambda t: str(int(t.timestamp() * 1_000_000)), "as_unit": lambda n: f"{1000000000 + n}.{1700000000 + n}",
        "purchase": "purchase", "other": "page_view",
        "more": lambda t: {"event_date": t.strftime("%Y%m%d"), "platform": "WEB"},
    },
    "amplitude": {
        "columns": ["amplitude_id", "device_id", "event_properties", "event_time", "event_type", "revenue", "user_id"],
        "unit": "user_id", "time": "event_time", "event": "event_type", "value": "revenue", "quoting": csv.QUOTE_ALL,
        "as_time": lambda t: t.strftime("%Y-%m-%d %H:%M:%S.%f"), "as_unit": lambda n: f"user{n}@example.com",
        "purchase": "Purchase", "other": "Page Viewed",
        "more": lambda t: {"amplitude_id": "99", "device_id": "d-1", "event_properties": '{"page": "a, b", "n": 1}'},
    },
    "mixpanel": {
        "columns": ["event", "time", "distinct_id", "$insert_id", "amount", "$city"],
        "unit": "distinct_id", "time": "time", "event": "event", "value": "amount",
        "as_time": lambda t: str(int(t.timestamp())), "as_unit": lambda n: f"$device:{n:08x}-aaaa-bbbb",
        "purchase": "Order Completed", "other": "$mp_web_page_view",
        "more": lambda t: {"$insert_id": t.strftime("%j%H%M%S%f"), "$city": "Zürich"},
    },
    "posthog": {
        "columns": ["uuid", "event", "properties", "timestamp", "distinct_id", "value"],
        "unit": "distinct_id", "time": "timestamp", "event": "event", "value": "value",
        "as_time": lambda t: t.isoformat(timespec="microseconds"), "as_unit": lambda n: f"018f{n:04x}-1111-7222-8333-444455556666",
        "purchase": "order_paid", "other": "$pageview",
        "more": lambda t: {"uuid": t.strftime("018f-%H%M%S%f"), "properties": '{"$browser": "Firefox"}'},
    },
    "stripe": {
        "columns": ["id", "Description", "Created date (UTC)", "Amount", "Currency", "Status", "Customer ID"],
        "unit": "Customer ID", "time": "Created date (UTC)", "event": "Status", "value": "Amount",
        "as_time": lambda t: t.strftime("%Y-%m-%d %H:%M:%S"), "as_unit": lambda n: f"cus_{n:014d}",
        "purchase": "Paid", "other": "Failed",
        "more": lambda t: {"id": t.strftime("ch_%H%M%S%f"), "Description": 'Invoice "A", 2nd', "Currency": "usd"},
    },
    "shopify": {
        "columns": ["Name", "Email", "Financial Status", "Paid at", "Total", "Currency", "Notes"],
        "unit": "Email", "time": "Paid at", "event": "Financial Status", "value": "Total",
        "as_time": lambda t: t.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M:%S %z"), "as_unit": lambda n: f"buyer{n}@example.com",
        "purchase": "paid", "other": "pending",
        "more": lambda t: {"Name": "#1001", "Currency": "EUR", "Notes": "ring twice,\nthen wait"},
    },
}


def make(name, tool, random_):
    exposed = {n: (random_.choice(["control", "treatment"]), START + timedelta(hours=random_.randrange(72))) for n in range(60)}
    sums = dict.fromkeys(exposed, 0.0)
    with open(f"{HERE}/{name}-exposures.csv", "w", newline="", encoding="utf8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([tool["unit"], "variant", tool["time"]])
        writer.writerows([tool["as_unit"](n), arm, tool["as_time"](when)] for n, (arm, when) in exposed.items())
    with open(f"{HERE}/{name}.csv", "w", newline="", encoding="utf8") as file:
        writer = csv.DictWriter(file, tool["columns"], lineterminator="\n", quoting=tool.get("quoting", csv.QUOTE_MINIMAL))
        writer.writeheader()
        for _ in range(200):
            unit, when = random_.randrange(66), START + timedelta(seconds=random_.randrange(-5 * 86_400, 12 * 86_400))
            bought = random_.random() < 0.4
            value = round(random_.uniform(1, 90), 2)
            writer.writerow(tool["more"](when) | {
                tool["unit"]: tool["as_unit"](unit), tool["time"]: tool["as_time"](when),
                tool["event"]: tool["purchase"] if bought else tool["other"], tool["value"]: value if bought else ""})
            if bought and unit in exposed and 0 <= (when - exposed[unit][1]).total_seconds() < WEEK:
                sums[unit] += value
    means = {arm: [sums[n] for n in exposed if exposed[n][0] == arm] for arm in ("control", "treatment")}
    return {key: tool[key] for key in ("unit", "time", "event", "value", "purchase")} | {
        "name": name, "means": [sum(values) / len(values) for values in means.values()],
        "units": [len(values) for values in means.values()]}


def main():
    os.makedirs(HERE, exist_ok=True)
    random_ = random.Random(7)
    found = [make(name, tool, random_) for name, tool in TOOLS.items()]
    with open(f"{HERE}/expected.json", "w", encoding="utf8") as file:
        json.dump(found, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
