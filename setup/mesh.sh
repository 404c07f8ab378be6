#!/usr/bin/env bash
# Finds or builds what the mesh tests run: Istio's istiod, istioctl and pilot-agent, and a Kubernetes API (etcd,
# kube-apiserver, kube-controller-manager, kubectl, and kwok in the place of kubelets), Helm and Prometheus.
# setup/mesh/{istio,kube,helm,prometheus} pin each by Go module; the programs go to .cache/mesh/, in folders named by content, and
# are never built twice.
# .cache/mesh.env names the folders.
set -euo pipefail
cd "$(dirname "$0")/.."

programs_istio=(istio.io/istio/pilot/cmd/pilot-discovery istio.io/istio/istioctl/cmd/istioctl
    istio.io/istio/pilot/cmd/pilot-agent)
programs_kube=(k8s.io/kubernetes/cmd/kube-apiserver k8s.io/kubernetes/cmd/kube-controller-manager
    k8s.io/kubernetes/cmd/kubectl sigs.k8s.io/kwok/cmd/kwok go.etcd.io/etcd/server/v3)
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOWORK=off

say() {
    echo "setup: $*" >&2
}

fail() {
    say "$@"
    exit 1
}

# The file that the package $1 is built to.
program() {
    case $1 in
    go.etcd.io/etcd/server/v3) echo etcd ;;
    *) basename "$1" ;;
    esac
}

# The folder for the module $1: named by its pins, since they decide what is built.
folder() {
    echo "$PWD/.cache/mesh/$1-$(cat "setup/mesh/$1/go.mod" "setup/mesh/$1/go.sum" | sha256sum | cut -c1-12)"
}

# The version of the module $2 that the module $1 pins.
version() {
    go -C "setup/mesh/$1" list -m -f '{{.Version}}' "$2"
}

source_of() {
    go -C "setup/mesh/$1" list -m -f '{{.Dir}}' "$2"
}

need_go() {
    local wanted
    wanted=$(sed -n 's/^go //p' setup/mesh/*/go.mod | sort -V | tail -n 1)
    command -v go >/dev/null ||
        fail "no \`go\` on PATH: install Go $wanted or later (go.dev/dl), which the mesh tests build Istio and Kubernetes with"
    { go -C setup/mesh/kube list -m && go -C setup/mesh/prometheus list -m; } >/dev/null 2>&1 ||
        fail "found $(go version), but the mesh tests build Kubernetes and Prometheus, which ask for Go $wanted or later: update it"
}

# Builds the package $2 of the module $1 into the folder $3, with linker flags $4 and tags $5.
compile() {
    local name start=$SECONDS
    name=$(program "$2")
    [ -x "$3/$name" ] && return
    say "building $name (of $2)"
    go -C "setup/mesh/$1" build -trimpath -tags="${5:-}" -ldflags="-s -w $4" -o "$3/$name.new" "$2" >"$3/$name.log" 2>&1 || {
        tail -n 6 "$3/$name.log" >&2
        fail "could not build $2 (see $3/$name.log)"
    }
    mv "$3/$name.new" "$3/$name"
    say "built $name in $((SECONDS - start)) s"
}

istio() {
    local into package
    into=$(folder istio)
    [ -f "$into/complete" ] && return
    need_go
    mkdir -p "$into"
    say "building Istio into ${into#"$PWD/"}: 10 to 20 minutes the first time"
    for package in "${programs_istio[@]}"; do
        compile istio "$package" "$into" ""
    done
    install -m 644 "$(source_of istio istio.io/istio)/manifests/charts/base/files/crd-all.gen.yaml" "$into/crds.yaml"
    touch "$into/complete"
}

# The Kubernetes Gateway API's CRDs, of the version that Istio is built with.
gateway_api() {
    local into
    into=$(folder istio)/gateway-api.yaml
    [ -f "$into" ] && return
    need_go
    awk 'FNR == 1 { print "---" } { print }' \
        "$(source_of istio sigs.k8s.io/gateway-api)"/config/crd/standard/gateway.networking.k8s.io_*.yaml >"$into.new"
    mv "$into.new" "$into"
}

kube() {
    local into package stages kubernetes minor flags
    into=$(folder kube)
    [ -f "$into/complete" ] && return
    need_go
    mkdir -p "$into"
    say "building the Kubernetes API into ${into#"$PWD/"}: 10 to 20 minutes the first time"
    kubernetes=$(version kube k8s.io/kubernetes)
    minor=${kubernetes#v1.}
    flags="-X k8s.io/component-base/version.gitVersion=$kubernetes"
    flags+=" -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=${minor%%.*}"
    for package in "${programs_kube[@]}"; do
        compile kube "$package" "$into" "$flags"
    done
    # How kwok moves nodes and pods along; each file is one or more documents without a leading separator.
    stages=$(source_of kube sigs.k8s.io/kwok)/kustomize/stage
    for package in "$stages"/node/fast/*.yaml "$stages"/node/heartbeat-with-lease/*.yaml "$stages"/pod/fast/*.yaml; do
        case $package in
        */kustomization.yaml) ;;
        *) cat "$package" && echo --- ;;
        esac
    done >"$into/kwok-stages.yaml"
    touch "$into/complete"
}

# Two minutes at most: most of it is what kubectl is built of, too.
helm() {
    local into
    into=$(folder helm)
    [ -x "$into/helm" ] && return
    need_go
    mkdir -p "$into"
    compile helm helm.sh/helm/v3/cmd/helm "$into" ""
}

# Without what finds its targets in clouds: most of what it is built of.
prometheus() {
    local into
    into=$(folder prometheus)
    [ -x "$into/prometheus" ] && return
    need_go
    mkdir -p "$into"
    compile prometheus github.com/prometheus/prometheus/cmd/prometheus "$into" "" remove_all_sd
}

mkdir -p .cache/mesh
istio
gateway_api
kube
helm
prometheus
{
    echo "# Written by setup/mesh.sh"
    printf 'SERIN_MESH_%s=%q\n' ISTIO "$(folder istio)" KUBE "$(folder kube)" HELM "$(folder helm)" \
        PROMETHEUS "$(folder prometheus)"
} >.cache/mesh.env.new
mv .cache/mesh.env.new .cache/mesh.env
