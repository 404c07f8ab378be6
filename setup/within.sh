#!/usr/bin/env bash
# Runs a command for at most so many seconds: within.sh SECONDS COMMAND… (macOS has no `timeout`).
set -euo pipefail

ticks=$(($1 * 5))
shift
"$@" &
job=$!
while kill -0 "$job" 2>/dev/null; do
    ((ticks-- > 0)) || kill "$job" 2>/dev/null || true
    sleep 0.2
done
wait "$job"
