#!/usr/bin/env bash
# usage: calibration.sh RUNS TABLE    the table of `verdict kernels calibrate` with what it means above it
set -euo pipefail
cat <<END
# Calibration

How often each procedure errs over $1 simulated experiments, all with a nominal rate of 5 %: how often a test rejects a true
hypothesis, and how often an interval misses the true value. \`make calibrate\` writes this page; a fast version is part of the tests.

*Allowed* is the 99.9 % binomial band around the nominal rate. *At most*: the procedure is exact or always valid and may err less.
A wider band says behind the colon where the procedure's range of validity ends.

END
cat "$2"
