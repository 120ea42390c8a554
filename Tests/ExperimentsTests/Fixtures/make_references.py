"""Makes actg175.json: the expected numbers of the analysis of Datasets/actg175/actg175.csv.

Run from this folder: python make_references.py > actg175.json   (statsmodels 0.15, scipy 1.17, numpy, pandas)
Each block names the function that made it; the formulas that are not in a package are written out.
"""
import json
import sys

import numpy as np
import pandas as pd
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

frame = pd.read_csv("../../../Datasets/actg175/actg175.csv")
ARMS = ["zdv_ddi", "zdv_zal", "ddi"]
ALPHA = 0.05


def of(arm):
    return frame[frame.variant == arm]


def arms(control, treatment):
    return {"control": control, "treatment": treatment}


def delta_lift(treatment, control, treatment_variance, control_variance, covariance=0.0):
    """Lift t/c - 1 and its standard error by the delta method."""
    ratio = treatment / control
    variance = (treatment_variance - 2 * ratio * covariance + ratio**2 * control_variance) / control**2
    return ratio - 1, float(np.sqrt(variance))


def welch(column, arm):
    y, x = of(arm)[column].to_numpy(float), of("control")[column].to_numpy(float)
    comparison = CompareMeans(DescrStatsW(y), DescrStatsW(x))
    statistic, p, df = comparison.ttest_ind(usevar="unequal")
    lower, upper = comparison.tconfint_diff(alpha=ALPHA, usevar="unequal")
    check = stats.ttest_ind(y, x, equal_var=False)
    assert abs(check.pvalue / p - 1) < 1e-9
    vy, vx = y.var(ddof=1) / len(y), x.var(ddof=1) / len(x)
    lift, error = delta_lift(y.mean(), x.mean(), vy, vx)
    critical = stats.t.ppf(1 - ALPHA / 2, df)
    return {
        "variant": arm, "control": [x.mean(), float(np.sqrt(vx))], "treatment": [y.mean(), float(np.sqrt(vy))],
        "difference": [y.mean() - x.mean(), float(np.sqrt(vx + vy)), lower, upper],
        "lift": [lift, lift - critical * error, lift + critical * error],
        "statistic": statistic, "degreesOfFreedom": df, "pValue": p,
    }


def cuped(column, covariates, arm):
    """theta pooled within arms (statsmodels OLS with arm indicators); then Welch's test of y - theta x."""
    both = frame[frame.variant.isin(["control", arm])]
    design = np.column_stack(
        [(both.variant == arm).to_numpy(float), np.ones(len(both)), both[covariates].to_numpy(float)])
    theta = sm.OLS(both[column].to_numpy(float), design).fit().params[2:]
    adjusted = lambda group: group[column].to_numpy(float) - group[covariates].to_numpy(float) @ theta
    y, x = adjusted(of(arm)), adjusted(of("control"))
    comparison = CompareMeans(DescrStatsW(y), DescrStatsW(x))
    statistic, p, df = comparison.ttest_ind(usevar="unequal")
    lower, upper = comparison.tconfint_diff(alpha=ALPHA, usevar="unequal")
    raw_y, raw_x = of(arm)[column].to_numpy(float), of("control")[column].to_numpy(float)
    raw = raw_y.var(ddof=1) / len(y) + raw_x.var(ddof=1) / len(x)
    new = y.var(ddof=1) / len(y) + x.var(ddof=1) / len(x)
    effect, mean, variance = y.mean() - x.mean(), raw_x.mean(), raw_x.var(ddof=1) / len(x)
    # lift = effect / unadjusted control mean; cov(effect, mean) = -cov(adjusted, raw) / n in the control arm
    covariance = -np.cov(x, raw_x, ddof=1)[0, 1] / len(x)
    lift = effect / mean
    error = float(np.sqrt((new - 2 * lift * covariance + lift**2 * variance) / mean**2))
    critical = stats.t.ppf(1 - ALPHA / 2, df)
    return {
        "variant": arm, "control": [raw_x.mean(), float(np.sqrt(variance))],
        "treatment": [raw_y.mean(), float(np.sqrt(raw_y.var(ddof=1) / len(y)))],
        "difference": [effect, float(np.sqrt(new)), lower, upper],
        "lift": [lift, lift - critical * error, lift + critical * error],
        "statistic": statistic, "degreesOfFreedom": df, "pValue": p, "varianceReduction": 1 - new / raw,
    }


def proportion(column, arm):
    """Wald test with the unpooled standard error, so that p-value and interval agree."""
    y, x = of(arm)[column].to_numpy(float), of("control")[column].to_numpy(float)
    vy, vx = y.mean() * (1 - y.mean()) / len(y), x.mean() * (1 - x.mean()) / len(x)
    difference, error = y.mean() - x.mean(), float(np.sqrt(vx + vy))
    critical = stats.norm.isf(ALPHA / 2)
    lift, lift_error = delta_lift(y.mean(), x.mean(), vy, vx)
    return {
        "variant": arm, "control": [x.mean(), float(np.sqrt(vx))], "treatment": [y.mean(), float(np.sqrt(vy))],
        "difference": [difference, error, difference - critical * error, difference + critical * error],
        "lift": [lift, lift - critical * lift_error, lift + critical * lift_error],
        "statistic": difference / error, "pValue": 2 * stats.norm.sf(abs(difference / error)),
    }


def ratio(numerator, denominator, arm):
    """Ratio of sums, delta method on unit-level covariances (numpy.cov)."""
    def one(group):
        a, b = group[numerator].to_numpy(float), group[denominator].to_numpy(float)
        value, cov = a.mean() / b.mean(), np.cov(a, b, ddof=1)
        return value, (cov[0, 0] - 2 * value * cov[0, 1] + value**2 * cov[1, 1]) / (len(a) * b.mean() ** 2)
    (y, vy), (x, vx) = one(of(arm)), one(of("control"))
    error, critical = float(np.sqrt(vy + vx)), stats.norm.isf(ALPHA / 2)
    lift, lift_error = delta_lift(y, x, vy, vx)
    return {
        "variant": arm, "control": [x, float(np.sqrt(vx))], "treatment": [y, float(np.sqrt(vy))],
        "difference": [y - x, error, y - x - critical * error, y - x + critical * error],
        "lift": [lift, lift - critical * lift_error, lift + critical * lift_error],
        "statistic": (y - x) / error, "pValue": 2 * stats.norm.sf(abs((y - x) / error)),
    }


metrics = {
    "cd4 = mean(cd420)": [welch("cd420", arm) for arm in ARMS],
    "cd4_cuped1 = mean(cd420, covariates: cd40)": [cuped("cd420", ["cd40"], arm) for arm in ARMS],
    "cd4_cuped3 = mean(cd420, covariates: cd40+age+wtkg)": [cuped("cd420", ["cd40", "age", "wtkg"], arm) for arm in ARMS],
    "progression = proportion(event) | direction: down": [proportion("event", arm) for arm in ARMS],
    "cd4_per_cd8 = ratio(cd420, cd820)": [ratio("cd420", "cd820", arm) for arm in ARMS],
}
family = [comparison["pValue"] for rows in metrics.values() for comparison in rows]
corrections = {"holm": "holm", "hochberg": "simes-hochberg", "hommel": "hommel", "bonferroni": "bonferroni",
               "bh": "fdr_bh", "by": "fdr_by"}
counts = [int((frame.variant == arm).sum()) for arm in ["control"] + ARMS]
chi = stats.chisquare(counts)
json.dump({
    "source": f"statsmodels {statsmodels.__version__}, scipy {scipy.__version__}, numpy {np.__version__}; make_references.py",
    "metrics": [{"spec": spec, "comparisons": rows} for spec, rows in metrics.items()],
    "adjusted": {ours: multipletests(family, ALPHA, theirs)[1].tolist() for ours, theirs in corrections.items()},
    "sampleRatio": {"counts": counts, "pValue": chi.pvalue},
}, sys.stdout, indent=1)
print()
