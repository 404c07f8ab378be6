#!/usr/bin/env bash
# Makes dist/: the program and its manual pages, both modules, a bill of materials of each, each module and (on Linux,
# where it is static) the program as container images (a folder in the OCI's layout, and the same as one file), and the
# checksums of all. The same sources and the same toolchain give the same bytes, wherever they stand.
# `build` makes it; `verify` compares what is there with its checksums; `reproduce` makes it twice from nothing, in
# copies of this folder at different places, and compares the two.
set -euo pipefail
cd "$(dirname "$0")/.."

wasm=wasm32-unknown-unknown

say() {
    echo "dist: $*" >&2
}

fail() {
    say "$@"
    exit 1
}

# macOS has no sha256sum.
sha256() {
    if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

# The files of the folder $1, without the list of their checksums.
files() {
    (cd "$1" && find . -type f ! -path ./SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort)
}

# The bill of materials of the artifact $1, which the cargo $3 and the compiler $4 made of the crate $2 for $5, with the
# options that follow.
bill() {
    local sum rust
    sum=$(sha256 "$1")
    rust=$("$4" --version)
    rust=${rust#rustc }
    RUSTC=$4 "$3" tree --locked --package "$2" --target "$5" "${@:6}" --edges normal,no-proc-macro \
        --prefix depth --format $'\t{p}\t{f}\t{l}\t{r}' |
        target/release/serin-sbom Cargo.lock "$(basename "$1")" "${sum%% *}" "$5" "${rust%% *}" >"$1.cdx.json"
}

build() {
    [ -f .cache/wasm.env ] || fail "no .cache/wasm.env: run \`make setup\` first"
    # shellcheck source=/dev/null
    . .cache/wasm.env
    # Flags in the environment are the user's own, and would replace those given here.
    unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS
    local rustc host sysroot target new=target/dist.new file name image images
    rustc=$(command -v rustc)
    { read -r host && read -r sysroot; } < <("$rustc" --print host-tuple --print sysroot)
    # First, since the folders of what it loads are among those that are kept out.
    cargo fetch --locked
    cargo test --quiet --locked --release --package serin-sbom
    cargo build --locked --release --package serin-sbom
    target=$host images=("serin serin.wasm" "serin-lite serin-lite.wasm")
    if [[ $host == *-linux-* ]]; then
        target=$(setup/static.sh)
        images+=("serin-controller serin")
    else
        say "no image of the controller: that is a program for Linux"
    fi
    [[ $target != *-musl ]] || export "CC_${target//-/_}=musl-gcc"
    cargo build --locked --profile dist --package serin --target "$target" \
        --config "target.$target.rustflags=[$(setup/remap.sh "$sysroot")]"
    setup/remap.sh "$sysroot" check "target/$target/dist/serin"
    setup/module.sh build

    rm -rf "$new"
    mkdir "$new"
    install -m 755 "target/$target/dist/serin" "$new/serin"
    install -m 644 target/serin.wasm target/serin-lite.wasm "$new"
    "$new/serin" man "$new/man" >/dev/null
    bill "$new/serin" serin cargo "$rustc" "$target"
    bill "$new/serin.wasm" serin-filter "$WASM_CARGO" "$WASM_RUSTC" "$wasm"
    bill "$new/serin-lite.wasm" serin-filter "$WASM_CARGO" "$WASM_RUSTC" "$wasm" --no-default-features
    for image in "${images[@]}"; do
        read -r name file <<<"$image"
        "$new/serin" image "$new/$file" --output "$new/$name-image.tar" >/dev/null
        "$new/serin" image "$new/$file" --output "$new/$name-image" >"target/dist.$name-image"
    done
    files "$new" | while read -r file; do (cd "$new" && sha256 "$file"); done >"$new/SHA256SUMS"
    rm -rf dist
    mv "$new" dist

    sed 's|  |  dist/|' dist/SHA256SUMS
    for image in "${images[@]}"; do
        read -r name file <<<"$image"
        echo "image  $(sed -n 's/^  image *//p' "target/dist.$name-image")  $file"
    done
}

verify() {
    [ -f dist/SHA256SUMS ] || fail "no dist/SHA256SUMS: run \`make dist\` first"
    diff <(files dist) <(sed 's/^[^ ]* *//' dist/SHA256SUMS) >&2 || fail "dist/ has other files than it was made with"
    (cd dist && sha256 --check --quiet SHA256SUMS) || fail "dist/ is not as it was made"
    say "all files are as they were made"
}

reproduce() {
    local work place file
    work=$(mktemp -d)
    # shellcheck disable=SC2064  # the folder's name as it is now
    trap "rm -rf '$work'" EXIT
    # What git would take, as it stands here; a file may have gone.
    git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
        [ ! -e "$file" ] || printf '%s\0' "$file"
    done | tar --create --null --files-from=- --file "$work/sources.tar"
    for place in here "there and/deeper"; do
        say "building in $work/$place"
        mkdir -p "$work/$place"
        tar --extract --file "$work/sources.tar" --directory "$work/$place"
        (cd "$work/$place" && setup/wasm.sh && setup/dist.sh build) >"$work/log" 2>&1 || {
            tail -n 20 "$work/log" >&2
            fail "could not build in $work/$place"
        }
    done
    diff "$work/here/dist/SHA256SUMS" "$work/there and/deeper/dist/SHA256SUMS" >&2 ||
        fail "two builds of the same sources differ"
    cat "$work/here/dist/SHA256SUMS"
    say "two builds from nothing, in different folders, gave the same bytes"
}

case ${1:-} in
build | verify | reproduce) "$1" ;;
*) fail "expected \`build\`, \`verify\` or \`reproduce\`, found \`${1:-}\`" ;;
esac
