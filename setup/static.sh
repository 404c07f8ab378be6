#!/usr/bin/env bash
# Finds, or installs, what builds a program for Linux that needs no other file: the standard library for musl, and a C
# compiler for it. Prints the target. Without a libc beside it `serin` runs on every Linux, and alone in an image.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "setup: $*" >&2
    exit 1
}

host=$(rustc --print host-tuple)
[[ $host == *-linux-* ]] || fail "a static program can be built on Linux only"
target=${host%%-*}-unknown-linux-musl
log=.cache/rustup.log

# Whether the target's compiled standard library is in the active toolchain.
has_library() {
    compgen -G "$(rustc --target "$target" --print target-libdir)/libcore-*.rlib" >/dev/null
}

if ! has_library && command -v rustup >/dev/null; then
    echo "setup: installing target $target into the active Rust toolchain (rustup target add)" >&2
    mkdir -p .cache
    setup/within.sh 120 rustup target add "$target" >"$log" 2>&1 || true
fi
has_library || fail "no standard library for $target: install it (rustup target add $target)"

found() {
    command -v musl-gcc >/dev/null
}

# Twice: package lists of an old image may name a file that is gone.
found || setup/apt.sh musl-tools || APT_UPDATE=1 setup/apt.sh musl-tools || true
found || fail "no \`musl-gcc\`: install it (Debian: apt-get install musl-tools)"
echo "$target"
