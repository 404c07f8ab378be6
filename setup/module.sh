#!/usr/bin/env bash
# Compiles the filter for the proxy with what .cache/wasm.env names: `build` leaves it at target/serin.wasm, and without
# the regex engine at target/serin-lite.wasm; `full` makes the first of these alone; `floor` the module of benches/floor
# at target/floor.wasm; `clippy` lints all for that target.
set -euo pipefail
cd "$(dirname "$0")/.."

target=wasm32-unknown-unknown
# Of its own: the compiler here may be another one than the workspace's. One for all modules, whose crates are compiled
# once: cargo gives the filter's file the same name whatever its features, so each is copied before the next is built.
folder=target/wasm

fail() {
    echo "module: $*" >&2
    exit 1
}

[ -f .cache/wasm.env ] || fail "no .cache/wasm.env: run \`make setup\` first"
# shellcheck source=/dev/null
. .cache/wasm.env

# Flags in the environment are meant for native code, and would replace those of .cargo/config.toml.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS
export RUSTC=$WASM_RUSTC WASM_LINKER CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$PWD/setup/wasm-ld.sh

remap=$(setup/remap.sh "$WASM_SYSROOT")
options=(--target "$target" --profile wasm
    --config "target.$target.rustflags=[$remap]")
if [ -n "$WASM_BUILD_STD" ]; then
    export RUSTC_BOOTSTRAP=1
    options+=("-Zbuild-std=$WASM_BUILD_STD")
fi

build() {
    full
    compile target/serin-lite.wasm serin-filter --no-default-features
}

full() {
    compile target/serin.wasm serin-filter
}

floor() {
    compile target/floor.wasm serin-floor
}

# Leaves the module of the crate $2 at $1, compiled with the options that follow.
compile() {
    local module=$1 built=$folder/$target/wasm/${2//-/_}.wasm
    "$WASM_CARGO" build "${options[@]}" --package "$2" --target-dir "$folder" "${@:3}"
    setup/remap.sh "$WASM_SYSROOT" check "$built"
    # Left alone when it is the same, so that what depends on its time is not redone.
    cmp -s "$built" "$module" && return
    cp "$built" "$module.new"
    mv "$module.new" "$module"
    echo "module: $module, $(($(wc -c <"$module") / 1024)) KiB"
}

# The linter must be the compiler's own: another version cannot read the standard library that it compiled.
clippy() {
    local linter
    linter=$(dirname "$WASM_CARGO")/cargo-clippy
    [ -x "$linter" ] || fail "no clippy beside $WASM_CARGO: install it (Debian: rust-web-clippy)"
    export CARGO=$WASM_CARGO
    "$linter" clippy "${options[@]}" --package serin-filter --package serin-floor --target-dir "$folder" -- -D warnings
    "$linter" clippy "${options[@]}" --package serin-filter --target-dir "$folder" --no-default-features -- -D warnings
}

case ${1:-} in
build | full | floor | clippy) "$1" ;;
*) fail "expected \`build\`, \`full\`, \`floor\` or \`clippy\`, found \`${1:-}\`" ;;
esac
