"""Writes meta-analysis.json: inverse-variance combinations by statsmodels and scipy.

DerSimonian-Laird is statsmodels' combine_effects. Paule-Mandel is the root of the generalised Q by scipy: statsmodels'
iteration agrees on all sets but "negative", where it runs into a negative variance, although Q is above its degrees of
freedom and a positive root exists. REML is the root of the slope of the restricted likelihood by scipy. The Hartung-Knapp
standard error is floored at the plain one. Trends are numpy's normal equations.

usage: python meta-analysis.py > meta-analysis.json        (numpy, scipy, statsmodels from PyPI)
"""

import json

import numpy as np
import scipy
import statsmodels
from scipy.optimize import brentq
from scipy.stats import chi2
from statsmodels.stats.meta_analysis import combine_effects

SETS = {
    "homogeneous": ([0.11, 0.09, 0.12, 0.1], [0.03, 0.04, 0.05, 0.02]),
    "spread": ([0.5, -0.2, 0.9, 0.1, 0.35, 1.2], [0.1, 0.15, 0.2, 0.12, 0.3, 0.25]),
    "one large": ([0.02, 0.4, 0.6], [0.005, 0.2, 0.3]),
    "two": ([1.0, 2.0], [0.5, 0.25]),
    "negative": ([-3.1, -2.9, -4.4, -1.0, -2.2], [0.4, 0.6, 0.5, 0.45, 0.8]),
}


def reml(y, v):
    """The root of the slope of the restricted likelihood; 0 if the slope is negative there."""

    def slope(t):
        w = 1 / (v + t)
        m = (w @ y) / w.sum()
        return (w**2 @ (y - m) ** 2 - w.sum() + (w**2).sum() / w.sum()) / 2

    if slope(0.0) <= 0:
        return 0.0
    return brentq(slope, 0, 1e3, xtol=1e-15, rtol=1e-15, maxiter=1000)


def paule_mandel(y, v):
    def excess(t):
        w = 1 / (v + t)
        return w @ (y - (w @ y) / w.sum()) ** 2 - (len(y) - 1)

    return 0.0 if excess(0.0) <= 0 else brentq(excess, 0, 1e3, xtol=1e-15, rtol=1e-15, maxiter=1000)


def random_effects(y, s, t):
    w = 1 / (s**2 + t)
    m = (w @ y) / w.sum()
    error = w.sum() ** -0.5
    q = (w @ (y - m) ** 2) / (len(y) - 1)
    z = 1.959963984540054
    return {
        "betweenVariance": float(t),
        "estimate": float(m),
        "standardError": float(error),
        "lower": float(m - z * error),
        "upper": float(m + z * error),
        "adjustedStandardError": float(error * max(1.0, q) ** 0.5),
    }


cases = []
for name, (y, s) in SETS.items():
    y, s = np.array(y), np.array(s)
    data = {"effects": y.tolist(), "standardErrors": s.tolist()}
    dl = combine_effects(y, s**2, method_re="dl", use_t=False)
    pm = combine_effects(y, s**2, method_re="iterated", use_t=False, atol=1e-14)
    assert name == "negative" or abs(max(0.0, pm.tau2) - paule_mandel(y, s**2)) < 1e-6, (name, pm.tau2)
    q = float(dl.q)
    cases.append(
        {
            "name": f"common, {name}",
            "function": "common",
            "input": data,
            "expected": {
                "estimate": float(dl.mean_effect_fe),
                "standardError": float(dl.sd_eff_w_fe),
                "q": q,
                "heterogeneityPValue": float(chi2.sf(q, len(y) - 1)),
                "iSquared": max(0.0, 1 - (len(y) - 1) / q),
            },
            "tolerance": 1e-11,
        }
    )
    for method, t, tolerance in (
        ("derSimonianLaird", max(0.0, float(dl.tau2)), 1e-11),
        ("pauleMandel", paule_mandel(y, s**2), 1e-9),
        ("reml", reml(y, s**2), 1e-9),
    ):
        cases.append(
            {
                "name": f"{method}, {name}",
                "function": "randomEffects",
                "input": {**data, "method": method},
                "expected": random_effects(y, s, t),
                "tolerance": tolerance,
            }
        )
    if len(y) >= 3:
        x = np.arange(1, len(y) + 1, dtype=float)
        design = np.column_stack([np.ones_like(x), x])
        covariance = np.linalg.inv(design.T @ np.diag(s**-2) @ design)
        beta = covariance @ design.T @ (y / s**2)
        cases.append(
            {
                "name": f"trend, {name}",
                "function": "trend",
                "input": {**data, "x": x.tolist()},
                "expected": {
                    "intercept": float(beta[0]),
                    "slope": float(beta[1]),
                    "interceptStandardError": float(covariance[0, 0] ** 0.5),
                    "slopeStandardError": float(covariance[1, 1] ** 0.5),
                },
                "tolerance": 1e-10,
                "absoluteTolerance": 1e-12,
            }
        )
print(
    json.dumps(
        {
            "schema": "verdict.reference/1",
            "kernel": "meta-analysis",
            "source": f"statsmodels {statsmodels.__version__} combine_effects, scipy {scipy.__version__}, numpy {np.__version__}",
            "units": "effects and standard errors in one unit",
            "cases": cases,
        },
        indent=1,
    )
)
