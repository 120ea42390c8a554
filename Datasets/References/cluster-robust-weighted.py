"""Writes cluster-robust-weighted.json: cluster-robust errors of weighted least squares by the definition.

Whole hat matrices and dense inverse roots, as Pustejovsky & Tipton (2018) write them, with the identity as working model;
nothing is simplified. Weights vary within clusters, are equal within clusters, or are all equal.

usage: python cluster-robust-weighted.py > cluster-robust-weighted.json        (numpy and scipy from PyPI)
"""

import json

import numpy as np
import scipy
from scipy.stats import t

rng = np.random.default_rng(18)


def definition(X, y, w, labels):
    n, p = X.shape
    groups = [np.where(labels == g)[0] for g in np.unique(labels)]
    k = len(groups)
    bread = np.linalg.inv(X.T @ (w[:, None] * X))
    beta = bread @ (X.T @ (w * y))
    residual = y - X @ beta
    left = np.eye(n) - X @ bread @ X.T @ np.diag(w)
    model = left @ left.T
    roots = []
    for rows in groups:
        values, vectors = np.linalg.eigh(model[np.ix_(rows, rows)])
        inverse = np.where(values > 1e-10, 1 / np.sqrt(np.maximum(values, 1e-300)), 0)
        roots.append(vectors @ np.diag(inverse) @ vectors.T)

    def errors(adjust):
        meat = np.zeros((p, p))
        for rows, root in zip(groups, roots):
            score = X[rows].T @ (w[rows] * ((root if adjust else np.eye(len(rows))) @ residual[rows]))
            meat += np.outer(score, score)
        return np.sqrt(np.diag(bread @ meat @ bread))

    degrees = []
    for j in range(p):
        influence = np.zeros((k, n))
        for g, (rows, root) in enumerate(zip(groups, roots)):
            influence[g, rows] = root @ (w[rows] * (X[rows] @ bread[:, j]))
        P = influence @ model @ influence.T
        degrees.append(np.trace(P) ** 2 / np.sum(P * P))
    plain, cr2 = errors(False), errors(True)
    return {
        "coefficients": list(beta), "CR0": list(plain), "CR1": list(plain * np.sqrt(k / (k - 1))),
        "CR1S": list(plain * np.sqrt(k / (k - 1) * (n - 1) / (n - p))), "CR2": list(cr2), "CR2df": degrees,
        "CR2p": [2 * t(d).sf(abs(b / s)) for d, b, s in zip(degrees, beta, cr2)], "clusters": k,
    }


def case(name, weigh, arms_by_cluster=False):
    n, k = int(rng.integers(30, 60)), int(rng.integers(6, 13))
    labels = rng.integers(0, k, n)
    arm = (labels % 2 if arms_by_cluster else rng.uniform(size=n) < 0.5).astype(float)
    x = np.round(rng.normal(size=n), 4)
    y = np.round(1 + arm + x + rng.normal(size=n) * (1 + abs(x)) + rng.normal(size=k)[labels], 4)
    w = weigh(labels)
    data = {"y": list(y), "arm": list(arm), "x": list(x), "weight": list(w), "cluster": [int(v) for v in labels]}
    return {
        "name": name, "function": "clustered", "tolerance": 1e-8,
        "input": {"data": data, "design": ["arm", "x"], "weights": "weight", "cluster": "cluster"},
        "expected": definition(np.column_stack([np.ones(n), arm, x]), y, w, labels),
    }


def any_weights(labels):
    return np.round(rng.uniform(0.2, 4, len(labels)), 3)


print(json.dumps({
    "schema": "verdict.reference/1", "kernel": "cluster-robust",
    "title": "Cluster-robust errors of weighted least squares",
    "source": f"the definition with whole hat matrices, numpy {np.__version__} and scipy {scipy.__version__}",
    "units": "as the response", "cases": [
        case("weights that vary within clusters", any_weights),
        case("weights that vary, more rows", any_weights),
        case("arms by cluster", any_weights, True),
        case("one weight a cluster", lambda labels: np.round(rng.uniform(0.2, 4, 20), 3)[labels]),
        case("weights from 0.01 to 1000", lambda labels: np.round(10 ** rng.uniform(-2, 3, len(labels)), 4)),
        case("equal weights", lambda labels: np.full(len(labels), 2.5)),
    ],
}, indent=1))
