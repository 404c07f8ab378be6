#!/usr/bin/env bash
# Runs a command in network, process and mount namespaces of its own: apart.sh COMMAND…
# Its network has nothing but loopback, and when it ends, whatever it started is killed.
set -euo pipefail

fail() {
    echo "setup: $*" >&2
    exit 1
}

command -v unshare >/dev/null || fail "no \`unshare\`: the mesh tests need Linux with util-linux (Debian: apt-get install util-linux)"
for tool in ip mount openssl; do
    command -v "$tool" >/dev/null || fail "no \`$tool\`: install it (Debian: apt-get install iproute2 mount openssl)"
done
options=(--net --pid --fork --kill-child --mount-proc)
[ "$(id -u)" = 0 ] || options+=(--map-root-user)
unshare "${options[@]}" true 2>/dev/null ||
    fail "this machine does not let \`unshare ${options[*]}\` make namespaces: run it as root, or allow unprivileged user namespaces"
exec unshare "${options[@]}" "$@"
