#!/usr/bin/env bash
# Checks that cargo and rustc are here and as new as Cargo.toml's `rust-version`; installs nothing.
# With a compiler's path as argument: only the exit status, for that compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=$(sed -n 's/^rust-version *= *"\([0-9.]*\)".*/\1/p' Cargo.toml)

fail() {
    echo "setup: $*" >&2
    exit 1
}

# Whether the version in `rustc 1.96.0 (…)`, $1, is at least $wanted, by its first two numbers.
new_enough() {
    local found=${1#rustc } major minor
    major=${found%%.*} minor=${found#*.} minor=${minor%%.*}
    [[ $major =~ ^[0-9]+$ && $minor =~ ^[0-9]+$ ]] || return 1
    local want_major=${wanted%%.*} want_minor=${wanted#*.}
    want_minor=${want_minor%%.*}
    ((major > want_major || (major == want_major && minor >= want_minor)))
}

if [ $# -gt 0 ]; then
    new_enough "$("$1" --version 2>/dev/null)"
    exit
fi

for tool in cargo rustc; do
    command -v "$tool" >/dev/null ||
        fail "no \`$tool\` on PATH: install Rust $wanted or later (rustup is the usual way), then run make again"
done
version=$(rustc --version 2>&1) || fail "\`rustc --version\` fails: ${version%%$'\n'*}"
new_enough "$version" ||
    fail "found $version, but Cargo.toml asks for Rust $wanted or later: update it (\`rustup update stable\`)"
