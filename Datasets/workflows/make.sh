#!/bin/sh
# Makes the logs of this folder again: sh Datasets/workflows/make.sh [path of verdict]
set -eu
verdict=${1:-verdict}
cd "$(dirname "$0")"

# simulate MODEL CASES SEED CHANGE
simulate() {
  "$verdict" flow simulate "$1" --cases "$2" --seed "$3" --arrivals 10m \
    --arm control --arm "treatment:$4" --format csv | gzip -n9 > "$1.csv.gz"
}

simulate ab-test 4000 101 n16:Yes=0.45
simulate cohort 3000 102 n5:Yes=0.48
simulate account_deletion 4000 103 n4:Yes=0.23
simulate api_key_rotation 5000 104 n9:Yes=0.985
simulate billing_dispute 6000 105 n4:Yes=0.88
simulate content_moderation 6000 106 n9:Clear=0.94
simulate oauth_fixed 3000 107 n14:Yes=0.87
