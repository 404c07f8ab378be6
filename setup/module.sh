#!/usr/bin/env bash
# Compiles the filter for the proxy with what .cache/wasm.env names: `build` leaves it at target/serin.wasm, and without
# the regex engine at target/serin-lite.wasm; `clippy` lints both for that target. With `floor` behind that: the module
# of benches/floor instead, at target/floor.wasm.
set -euo pipefail
cd "$(dirname "$0")/.."

target=wasm32-unknown-unknown
# Of its own: the compiler here may be another one than the workspace's. One for each build of the filter: cargo gives
# the file the same name whatever its features.
folder=target/wasm
lite=target/wasm-lite

fail() {
    echo "module: $*" >&2
    exit 1
}

case ${2:-filter} in
filter) crate=serin-filter ;;
floor) crate=serin-floor ;;
*) fail "expected \`filter\` or \`floor\`, found \`$2\`" ;;
esac

[ -f .cache/wasm.env ] || fail "no .cache/wasm.env: run \`make setup\` first"
# shellcheck source=/dev/null
. .cache/wasm.env

# Flags in the environment are meant for native code, and would replace those of .cargo/config.toml.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS
export RUSTC=$WASM_RUSTC CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$WASM_LINKER

remap=$(setup/remap.sh "$WASM_SYSROOT")
options=(--package "$crate" --target "$target" --profile wasm
    --config "target.$target.rustflags=[$remap]")
if [ -n "$WASM_BUILD_STD" ]; then
    export RUSTC_BOOTSTRAP=1
    options+=("-Zbuild-std=$WASM_BUILD_STD")
fi

build() {
    if [ "$crate" = serin-floor ]; then
        compile target/floor.wasm "$folder"
        return
    fi
    compile target/serin.wasm "$folder"
    compile target/serin-lite.wasm "$lite" --no-default-features
}

# Leaves the module at $1, compiled in the folder $2 with the options that follow.
compile() {
    local module=$1 built=$2/$target/wasm/${crate//-/_}.wasm
    "$WASM_CARGO" build "${options[@]}" --target-dir "$2" "${@:3}"
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
    "$linter" clippy "${options[@]}" --target-dir "$folder" -- -D warnings
    [ "$crate" = serin-floor ] && return
    "$linter" clippy "${options[@]}" --target-dir "$lite" --no-default-features -- -D warnings
}

case ${1:-} in
build | clippy) "$1" ;;
*) fail "expected \`build\` or \`clippy\`, found \`${1:-}\`" ;;
esac
