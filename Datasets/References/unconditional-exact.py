"""Writes unconditional-exact.json: Barnard's and Boschloo's tests.

Tables are put in order by exact rational numbers; the largest probability is searched on a fine grid and then by scipy's
bounded minimiser. scipy's own barnard_exact is not the source: it compares the statistics as doubles, and so leaves out
tables that are exactly as extreme as the observed one where rounding makes them a little less so (two of the tables below,
where its p-value is too small by a tenth and more). boschloo_exact agrees and is checked here.

usage: python unconditional-exact.py > unconditional-exact.json        (numpy and scipy from PyPI)
"""

import json
from fractions import Fraction
from math import comb

import numpy
import scipy
from scipy.optimize import minimize_scalar
from scipy.stats import binom, boschloo_exact

TABLES = [
    [[7, 12], [8, 3]],
    [[3, 17], [9, 16]],
    [[0, 10], [4, 8]],
    [[5, 5], [5, 5]],
    [[12, 3], [4, 14]],
    [[30, 70], [45, 55]],
    [[2, 48], [9, 41]],
]


def signed_square(x, n, y, m):
    """The pooled z statistic, squared with its sign kept."""
    gap = Fraction(x, n) - Fraction(y, m)
    if gap == 0:
        return Fraction(0)
    rate = Fraction(x + y, n + m)
    return gap * abs(gap) / (rate * (1 - rate) * (Fraction(1, n) + Fraction(1, m)))


def fisher(x, n, y, m, upwards):
    k = x + y
    places = range(x, min(n, k) + 1) if upwards else range(max(0, k - m), x + 1)
    return Fraction(sum(comb(n, i) * comb(m, k - i) for i in places), comb(n + m, k))


def largest(extreme, n, m):
    mask = numpy.array(extreme, dtype=float)

    def probability(rate):
        return binom.pmf(numpy.arange(n + 1), n, rate) @ mask @ binom.pmf(numpy.arange(m + 1), m, rate)

    grid = numpy.linspace(0, 1, 4001)
    values = numpy.array([probability(rate) for rate in grid])
    best = values.max()
    for i in numpy.argsort(values)[-20:]:
        around = (grid[max(0, i - 1)], grid[min(4000, i + 1)])
        found = minimize_scalar(lambda rate: -probability(rate), bounds=around, method="bounded", options={"xatol": 1e-12})
        best = max(best, -found.fun)
    return min(1.0, float(best))


def p_value(order, table, alternative):
    (x, not_x), (y, not_y) = table
    n, m = x + not_x, y + not_y
    cells = [[(i, j) for j in range(m + 1)] for i in range(n + 1)]
    if order == "barnard":
        sign = -1 if alternative == "less" else 1
        scale = abs if alternative == "two-sided" else (lambda value: sign * value)
        observed = scale(signed_square(x, n, y, m))
        return largest([[scale(signed_square(i, n, j, m)) >= observed for i, j in row] for row in cells], n, m)
    if alternative == "two-sided":
        return min(1.0, 2 * min(p_value(order, table, "less"), p_value(order, table, "greater")))
    upwards = alternative == "greater"
    observed = fisher(x, n, y, m, upwards)
    result = largest([[fisher(i, n, j, m, upwards) <= observed for i, j in row] for row in cells], n, m)
    theirs = boschloo_exact([list(column) for column in zip(*table)], alternative=alternative, n=256).pvalue
    assert abs(result - theirs) < 1e-6, (table, alternative, result, theirs)
    return result


cases = []
for order in ("barnard", "boschloo"):
    for table in TABLES:
        expected = {
            key: p_value(order, table, alternative)
            for key, alternative in (("pValue", "two-sided"), ("pLess", "less"), ("pGreater", "greater"))
        }
        cases.append(
            {
                "name": f"{order} {table}",
                "input": {"table": table, "order": order},
                "expected": expected,
                "tolerance": 1e-9,
            }
        )
print(
    json.dumps(
        {
            "schema": "verdict.reference/1",
            "kernel": "unconditional-exact",
            "source": f"exact rational order of the tables, numpy and scipy {scipy.__version__}; boschloo_exact agrees",
            "units": "probabilities; rows of the table are treatment and control, columns successes and failures",
            "cases": cases,
        },
        indent=1,
    )
)
