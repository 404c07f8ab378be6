#!/usr/bin/env bash
# Finds, or installs, what compiles the filter for wasm32-unknown-unknown, and records it in .cache/wasm.env.
#
# wasm32-unknown-unknown rather than wasm32-wasip1: the module then imports only what the filter itself declares
# (a WASI standard library adds `environ_get`, `fd_write`, `proc_exit` and more), and the machine needs no wasi-libc.
# Tried in order: the active toolchain's own target; `rustup target add`; a compiler with its standard library's
# sources (-Zbuild-std), among those on the machine and then from apt.
set -euo pipefail
cd "$(dirname "$0")/.."

target=wasm32-unknown-unknown
packages=(rustc-web cargo-web rust-web-src rust-web-clippy lld)
record=.cache/wasm.env
log=.cache/rustup.log

say() {
    echo "setup: $*" >&2
}

# Sets sysroot, libs and linker for the compiler $1; fails if it is too old, or has no linker for the target.
inspect() {
    local host candidate
    setup/rust.sh "$1" || return 1
    { read -r sysroot && read -r libs && read -r host; } < <("$1" --target "$target" \
        --print sysroot --print target-libdir --print host-tuple 2>/dev/null) || return 1
    linker=
    for candidate in "$sysroot/lib/rustlib/$host/bin/rust-lld" "$sysroot/bin/rust-lld" "$(command -v wasm-ld)"; do
        if [ -x "$candidate" ]; then
            linker=$candidate
            return 0
        fi
    done
    return 1
}

# Records the compiler $1 with the standard library at $2, built from its sources if $3 names crates.
remember() {
    local cargo
    cargo=$(dirname "$1")/cargo
    [ -x "$cargo" ] || cargo=$(command -v cargo)
    {
        echo "# Written by setup/wasm.sh"
        printf 'WASM_%s=%q\n' RUSTC "$1" CARGO "$cargo" LINKER "$linker" SYSROOT "$sysroot" STD "$2" BUILD_STD "$3"
    } >"$record.new"
    mv "$record.new" "$record"
}

# Uses the compiler $1 if the target's compiled standard library is in it.
use_compiled() {
    local core
    inspect "$1" || return 1
    for core in "$libs"/libcore-*.rlib; do
        [ -f "$core" ] || return 1
    done
    remember "$1" "$libs" ""
}

# Uses the compiler $1 if its standard library's sources are beside it.
use_sources() {
    inspect "$1" || return 1
    local library=$sysroot/lib/rustlib/src/rust/library
    [ -f "$library/Cargo.lock" ] || return 1
    remember "$1" "$library" std,panic_abort
}

# Whether what an earlier run recorded is still there.
use_record() {
    [ -f "$record" ] || return 1
    # shellcheck source=/dev/null
    . "$record"
    [ -x "$WASM_RUSTC" ] && [ -x "$WASM_CARGO" ] && [ -x "$WASM_LINKER" ] && [ -d "$WASM_STD" ]
}

# Adds the target, if rustup is what provides the active compiler.
use_rustup() {
    command -v rustup >/dev/null || return 1
    [ "$(rustup which rustc 2>/dev/null)" = "$(rustc --print sysroot)/bin/rustc" ] || return 1
    say "installing target $target into the active Rust toolchain (rustup target add)"
    if setup/within.sh 120 rustup target add "$target" >"$log" 2>&1 && use_compiled "$active"; then
        return 0
    fi
    say "\`rustup target add\` did not work (see $log): looking for another compiler"
    return 1
}

use_any_compiler() {
    local rustc
    for rustc in $(type -ap rustc); do
        if use_compiled "$rustc" || use_sources "$rustc"; then
            return 0
        fi
    done
    return 1
}

# Twice: package lists of an old image may offer only a compiler that is too old.
use_apt() {
    setup/apt.sh "${packages[@]}" || return 1
    use_any_compiler || { APT_UPDATE=1 setup/apt.sh "${packages[@]}" && use_any_compiler; }
}

mkdir -p .cache
active=$(command -v rustc)
use_compiled "$active" || use_record || use_rustup || use_any_compiler || use_apt || {
    say "no standard library for $target: run \`rustup target add $target\`, or install a Rust compiler that" \
        "Cargo.toml accepts together with its sources and lld (Debian: apt-get install ${packages[*]})"
    exit 1
}
