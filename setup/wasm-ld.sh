#!/usr/bin/env bash
# Links the module with $WASM_LINKER, leaving out the callbacks that Serin has no use for: rustc exports all that the SDK
# defines, and a proxy calls what is exported. Without them the module is 20 KiB smaller, and a proxy that is given no
# `allowed_capabilities` (a WasmPlugin has no field for them) does not call it for responses, bodies and logs as well.
#
# The name ends so that rustc knows what kind of linker this is.
set -euo pipefail

arguments=()
while [ $# -gt 0 ]; do
    if [ "$1" = --export ]; then
        case $2 in
        proxy_on_configure | proxy_on_context_create | proxy_on_request_headers | proxy_on_delete) ;;
        # How the floor's module says `malloc`.
        proxy_on_memory_allocate) ;;
        proxy_on_*)
            shift 2
            continue
            ;;
        esac
    fi
    arguments+=("$1")
    shift
done
exec "$WASM_LINKER" "${arguments[@]}"
