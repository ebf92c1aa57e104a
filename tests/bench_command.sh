#!/bin/sh
# What the command weighs and how long it takes to begin: its stripped size, and the median of 200 runs of
# `shutterkey --version`. The aims are below 8 MB and below 10 ms; this reports, and never fails on them.
#
# Usage: tests/bench_command.sh [RUNS]      Needs GNU date (nanoseconds) and strip.
set -eu

cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
runs=${1:-200}

cargo build --quiet --release --package shutterkey-cli

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
strip -o "$work/shutterkey" "$target/release/shutterkey"

# The median time of a command, in nanoseconds. `date` runs twice around each, so its own start is in every figure.
median() {
    for _ in $(seq "$runs"); do
        began=$(date +%s%N)
        "$@" >/dev/null
        ended=$(date +%s%N)
        echo $((ended - began))
    done | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

# What starting any process costs on this machine at this moment, to be read beside the other figure.
least=$(median /bin/true)
start=$(median "$work/shutterkey" --version)
size=$(wc -c <"$work/shutterkey")

"$work/shutterkey" --version
awk -v start="$start" -v least="$least" -v size="$size" -v runs="$runs" 'BEGIN {
    printf "start-up       %6.2f ms  median of %d runs (aim: below 10); /bin/true takes %.2f\n", start / 1e6, runs, least / 1e6
    printf "stripped size  %6.2f MB  (aim: below 8)\n", size / 1e6
}'
