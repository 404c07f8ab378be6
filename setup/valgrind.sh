#!/usr/bin/env bash
# `make bench-envoy` counts instructions with valgrind's callgrind: finds it, or installs Debian's.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "setup: $*" >&2
    exit 1
}

found() {
    command -v valgrind >/dev/null && command -v vgdb >/dev/null
}

[ "$(uname -s)" = Linux ] || fail "callgrind counts instructions of programs for Linux only"
# Twice: package lists of an old image may name a file that is gone.
found || setup/apt.sh valgrind || APT_UPDATE=1 setup/apt.sh valgrind || true
found || fail "no \`valgrind\` with \`vgdb\`: install it (Debian: apt-get install valgrind)"
