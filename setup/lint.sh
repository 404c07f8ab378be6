#!/usr/bin/env bash
# `make check` needs rustfmt and clippy, and the clippy of the compiler that setup/wasm.sh chose: gets those that are
# missing from rustup or apt. Without them everything but `make check` and `make test` works, so it only says so.
set -euo pipefail
cd "$(dirname "$0")/.."

say() {
    echo "setup: $*" >&2
}

add_components() {
    command -v rustup >/dev/null || return 1
    say "installing $* into the active Rust toolchain (rustup component add)"
    setup/within.sh 120 rustup component add "$@" >.cache/rustup.log 2>&1
}

missing=()
for tool in rustfmt clippy; do
    cargo "${tool#rust}" --version >/dev/null 2>&1 || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
    add_components "${missing[@]}" ||
        { [ "$(command -v cargo)" = /usr/bin/cargo ] && setup/apt.sh rustfmt-web rust-web-clippy; } ||
        say "the active Rust toolchain has no ${missing[*]}: \`make check\` and \`make test\` need them"
fi

# shellcheck source=/dev/null
. .cache/wasm.env
linter=$(dirname "$WASM_CARGO")/cargo-clippy
if [ ! -x "$linter" ]; then
    { [ "$WASM_CARGO" = /usr/bin/cargo ] && setup/apt.sh rust-web-clippy; } ||
        say "no $linter: \`make check\` and \`make test\` need it to lint the module"
fi
