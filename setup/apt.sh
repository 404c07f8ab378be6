#!/usr/bin/env bash
# Installs Debian packages, and says so: apt.sh PACKAGE… Fails, quietly, where there is no apt or no right to use it.
# APT_UPDATE=1 refreshes the package lists first.
set -euo pipefail
cd "$(dirname "$0")/.."

log=.cache/apt.log

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$log" 2>&1
}

command -v apt-get >/dev/null || exit 1
as_root true 2>/dev/null || exit 1
mkdir -p .cache
echo "setup: installing $* with apt-get, system-wide" >&2
if [ -z "${APT_UPDATE:-}" ] && install "$@"; then
    exit 0
fi
as_root apt-get update >>"$log" 2>&1 || true
install "$@" || {
    echo "setup: apt-get could not install them (see $log)" >&2
    exit 1
}
