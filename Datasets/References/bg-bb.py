"""Writes bg-bb.json: the BG/BB model by mpmath at 50 digits, straight from the equations of the paper.

Fader, Hardie & Shang (2010), Marketing Science 29: likelihood eq. 5, P(alive) eq. 11, purchases of a known customer as the
sum over coming opportunities that eq. 13 closes, discounted ones as the sum that eq. 14 closes. The donors are the paper's
1995 cohort (section 4); the fit is Newton's method on the exact gradient from the paper's estimates (alpha 1.204, beta 0.750,
gamma 0.657, delta 2.783, log-likelihood -33,225.6).

usage: python bg-bb.py > bg-bb.json        (mpmath from PyPI)
"""

import json

from mpmath import beta, diff, exp, findroot, inf, log, matrix, mp, mpf, nsum

mp.dps = 50
DONORS = [
    (0, 0, 3464), (1, 1, 1091), (1, 2, 277), (1, 3, 129), (1, 4, 78), (1, 5, 119), (1, 6, 129), (2, 2, 613), (2, 3, 255),
    (2, 4, 155), (2, 5, 173), (2, 6, 234), (3, 3, 322), (3, 4, 181), (3, 5, 225), (3, 6, 357), (4, 4, 240), (4, 5, 284),
    (4, 6, 512), (5, 5, 335), (5, 6, 728), (6, 6, 1203),
]
PARAMETERS = [(1.204, 0.75, 0.657, 2.783), (0.3, 4.5, 1.0, 12.0), (8.0, 2.0, 2.5, 0.4), (0.05, 0.02, 0.1, 0.3)]
HISTORIES = [(0, 0, 6), (1, 1, 6), (3, 5, 6), (6, 6, 6), (0, 0, 1), (2, 40, 52), (50, 52, 52), (4, 5, 300)]


def likelihood(p, x, t, n):
    a, b, g, d = p
    total = beta(a + x, b + n - x) * beta(g, d + n)
    for i in range(n - t):
        total += beta(a + x, b + t - x + i) * beta(g + 1, d + t + i)
    return total / beta(a, b) / beta(g, d)


def alive(p, x, t, n):
    a, b, g, d = p
    return beta(a + x, b + n - x) * beta(g, d + n + 1) / beta(a, b) / beta(g, d) / likelihood(p, x, t, n)


def purchases(p, x, t, n, weights):
    """Sum over the coming opportunities j of weight(j) P(alive there and buying | history)."""
    a, b, g, d = p
    buying = beta(a + x + 1, b + n - x) / beta(a, b) / likelihood(p, x, t, n)
    return buying * sum(w * beta(g, d + n + j) for j, w in enumerate(weights, 1)) / beta(g, d)


def discounted(p, x, t, n, rate):
    a, b, g, d = p
    buying = beta(a + x + 1, b + n - x) / beta(a, b) / likelihood(p, x, t, n)
    return buying * nsum(lambda j: beta(g, d + n + j) / (1 + mpf(rate)) ** j, [1, inf]) / beta(g, d)


def number(value):
    return float(value)


def history_case(p, horizon, rate):
    exact = [mpf(v) for v in p]
    columns = list(zip(*HISTORIES))
    return {
        "name": f"alpha {p[0]}, beta {p[1]}, gamma {p[2]}, delta {p[3]}",
        "input": {
            "frequency": columns[0], "recency": columns[1], "opportunities": columns[2],
            "parameters": dict(zip(["alpha", "beta", "gamma", "delta"], p)), "horizon": horizon, "discount": rate,
        },
        "expected": {
            "perCustomer": [number(log(likelihood(exact, *h))) for h in HISTORIES],
            "probabilityAlive": [number(alive(exact, *h)) for h in HISTORIES],
            "expectedPurchases": [number(purchases(exact, *h, [1] * horizon)) for h in HISTORIES],
            "discountedPurchases": [number(discounted(exact, *h, rate)) for h in HISTORIES],
            "expectedPurchasesNewCustomer": number(
                exact[0] / (exact[0] + exact[1])
                * sum(beta(exact[2], exact[3] + j) for j in range(1, horizon + 1)) / beta(exact[2], exact[3])),
        },
        # Logarithms of long histories reach a thousand, whose rounding is 1e-13.
        "tolerance": 1e-11,
    }


def donor_likelihood(*logs):
    p = [exp(v) for v in logs]
    return sum(count * log(likelihood(p, x, t, 6)) for x, t, count in DONORS)


def fit_case():
    mp.dps = 30
    slopes = [lambda *v, i=i: diff(donor_likelihood, v, tuple(int(i == j) for j in range(4))) for i in range(4)]
    root = findroot(slopes, tuple(log(mpf(v)) for v in PARAMETERS[0]), tol=1e-20)
    p = [number(exp(v)) for v in root]
    columns = list(zip(*DONORS))
    data = {
        "frequency": columns[0], "recency": columns[1], "opportunities": [6] * len(DONORS), "customers": columns[2],
    }
    value = number(donor_likelihood(*root))
    return [
        {"name": "donors, estimates", "input": data, "expected": dict(zip(["alpha", "beta", "gamma", "delta"], p)),
         "tolerance": 1e-6},
        {"name": "donors, log-likelihood", "input": data, "expected": {"logLikelihood": value}, "tolerance": 1e-11},
    ]


cases = [history_case(p, horizon, rate) for p, horizon, rate in zip(PARAMETERS, [5, 26, 1, 200], [0.1, 0.01, 0.5, 0.05])]
head = {
    "schema": "verdict.reference/1", "kernel": "bg-bb",
    "source": "mpmath at 50 digits; the donors' estimates agree with Fader, Hardie & Shang (2010), section 4",
    "units": "counts of opportunities; log-likelihood natural; customers with each row, 1 where not given",
}
lines = ",\n".join(json.dumps(case) for case in cases + fit_case())
print(json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}")
