#!/usr/bin/env bash
# Keeps paths of this machine out of what is compiled, where panic messages name source files. remap.sh SYSROOT prints
# the compiler's flags for it, as the entries of a TOML list; remap.sh SYSROOT check FILE fails if one got in.
set -euo pipefail
cd "$(dirname "$0")/.."

sysroot=$1
cargo_home=${CARGO_HOME:-${HOME:-}/.cargo}
sources=$sysroot/lib/rustlib/src/rust

flags() {
    local list registry
    list="'--remap-path-prefix=$PWD=/serin', '--remap-path-prefix=$cargo_home=/cargo'"
    list+=", '--remap-path-prefix=$sources=/rust'"
    # The registry's folder has the name of the server that it was loaded from. Of several that fit the last one counts.
    for registry in "$cargo_home"/registry/src/*; do
        [ -d "$registry" ] && list+=", '--remap-path-prefix=$registry=/cargo'"
    done
    echo "$list"
}

check() {
    local path
    for path in "$PWD" "$cargo_home" "$sources"; do
        ! LC_ALL=C grep -aqF "$path/" "$1" || {
            echo "remap: \`$path\`, a path of this machine, is in $1" >&2
            exit 1
        }
    done
}

case ${2:-flags} in
flags) flags ;;
check) check "$3" ;;
*)
    echo "remap: expected nothing or \`check FILE\`, found \`$2\`" >&2
    exit 1
    ;;
esac
