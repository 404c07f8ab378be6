#!/usr/bin/env bash
# `make fuzz`: builds the targets of tests/fuzz with what libFuzzer needs, and runs each for $T seconds ($TARGET: that one
# alone; $SEEDS: a folder with more inputs to start from). What a run learns is kept in target/fuzz/corpus for the next.
# `fuzz.sh build` builds only.
#
# The flags are those of cargo-fuzz without a sanitizer, which any compiler has: Serin's code has no `unsafe`.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${T:-60}
TIMEFORMAT=%U
only=${TARGET:-}
folder=${CARGO_TARGET_DIR:-target/fuzz}
host=$(rustc -vV | sed -n 's/^host: //p')
programs=$folder/$host/release

fail() {
    echo "fuzz: $*" >&2
    exit 1
}

coverage() {
    local flags=(-Cpasses=sancov-module --cfg fuzzing -Ccodegen-units=1)
    local option
    for option in level=4 inline-8bit-counters pc-table trace-compares; do
        flags+=("-Cllvm-args=-sanitizer-coverage-$option")
    done
    echo "${flags[*]}"
}

build() {
    # The runtime is written in C++.
    command -v c++ >/dev/null || setup/apt.sh g++ || APT_UPDATE=1 setup/apt.sh g++ || true
    command -v c++ >/dev/null || fail "no \`c++\`: install a C++ compiler (Debian: apt-get install g++)"
    # The versions of the workspace; cargo adds the runtime.
    [ tests/fuzz/Cargo.lock -nt Cargo.lock ] || cp Cargo.lock tests/fuzz/Cargo.lock
    RUSTFLAGS=$(coverage) cargo build --release --manifest-path tests/fuzz/Cargo.toml --target "$host" \
        --target-dir "$folder" ${only:+--bin "$only"}
}

targets() {
    if [ -n "$only" ]; then echo "$only"; else ls tests/fuzz/fuzz_targets | sed "s/\.rs$//"; fi
}

# The value of a line `stat::NAME: VALUE` of the log $1.
stat() {
    sed -n "s/^stat::$2: *//p" "$1"
}

# What came of the target $1, by its log $2: inputs, of which so many in a second of processor time; the edges of the
# program that they went through, of all with their dependencies; the inputs that were kept, since each led to more.
row() {
    local last executed
    last=$(grep -E '^#[0-9]+.* cov: ' "$2" | tail -n 1)
    executed=$(stat "$2" number_of_executed_units)
    printf '%-14s %9s inputs %7s/s %6s of %6s edges %5s kept' "$1" "$executed" \
        "$(awk -v inputs="$executed" '{ printf "%.0f", inputs / ($1 + 0.001) }' "$2.time")" \
        "$(sed 's/.* cov: \([0-9]*\) .*/\1/' <<<"$last")" \
        "$(sed -n 's/.*Loaded 1 modules *(\([0-9]*\) inline.*/\1/p' "$2")" \
        "$(sed 's/.* corp: \([0-9]*\).*/\1/' <<<"$last")"
}

# Runs the target $1.
run() {
    local name=$1 log=$folder/logs/$1.txt corpus=$folder/corpus/$1 artifacts=$folder/artifacts/$1
    local known status=0 place seeds=()
    mkdir -p "$corpus" "$artifacts" "${log%/*}"
    known=$(sed -n "s/^$name: //p" tests/fuzz/seeds.txt)
    for place in "tests/fuzz/corpus/$name" "tests/fuzz/regressions/$name" $known ${SEEDS:+"$SEEDS"}; do
        # git keeps no empty folder.
        if [ -d "$place" ]; then seeds+=("$place"); fi
    done
    [ -z "${SEEDS:-}" ] || [ -d "$SEEDS" ] || fail "SEEDS: no folder \`$SEEDS\`"
    # Seconds of the clock, on a machine that may be busy: an input that takes 25 counts as a fault.
    { time "$programs/$name" "$corpus" "${seeds[@]}" -max_total_time="$seconds" -max_len=8192 -len_control=0 \
        -timeout=25 -rss_limit_mb=2048 -dict=tests/fuzz/words.dict -artifact_prefix="$artifacts/" -print_final_stats=1 \
        >"$log" 2>&1; } 2>"$log.time" || status=$?
    row "$name" "$log"
    if [ "$status" = 0 ]; then
        echo ", no faults"
        return
    fi
    echo ", FAILED"
    explain "$name" "$log"
    return 1
}

# Says what failed, with which input, and what to do with it.
explain() {
    local name=$1 log=$2 input
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    sed -n '/panicked at/,/^note: run with/p; /^==[0-9]*== *ERROR/p' "$log" | cut -c 1-2000 | head -n 40
    if [ -z "$input" ]; then
        tail -n 20 "$log"
        echo "see $log"
        return
    fi
    cat <<END
The input:    $input
Run it again: $programs/$name $input
Make it less: $programs/$name -minimize_crash=1 -max_total_time=60 -exact_artifact_path=$input.small $input
Keep it:      cp $input tests/fuzz/regressions/$name/WHAT-IT-SHOWS
              Then \`make test\` fails until the fault is mended, and looks for it from then on.
END
}

build
[ "${1:-}" = build ] && exit
failed=0
for name in $(targets); do
    run "$name" || failed=1
done
exit "$failed"
