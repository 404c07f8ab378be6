SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# `make build` promises where it leaves things: nothing in the environment moves them.
unexport CARGO_TARGET_DIR CARGO_BUILD_TARGET CARGO_BUILD_TARGET_DIR

SERIN := $(CURDIR)/target/release/serin
MODULE := $(CURDIR)/target/serin.wasm
LITE := $(CURDIR)/target/serin-lite.wasm
FLOOR := $(CURDIR)/target/floor.wasm

# Cargo joins the features of what is selected: with the tests' own package always among it, the program, the tests and
# the benches ask for the same ones, and each crate is compiled once, whichever is made first.
SERIN_PACKAGES := --package serin --package serin-tests
RESULTS = benches/results/$(shell date -u +%F)

.PHONY: help setup build demo dist test test-mesh fuzz bench bench-envoy bench-controller check clean clean-cache

help: ## Print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | awk -F '\t' '{ printf "make %-12s %s\n", $$1, $$2 }'

setup: ## Find or install what is needed: Rust for wasm32, Envoy
	@setup/rust.sh
	@setup/wasm.sh
	@setup/lint.sh
	@setup/envoy.sh

build: setup ## Build target/release/serin, target/serin.wasm and target/serin-lite.wasm
	@cargo build --release $(SERIN_PACKAGES) --bin serin
	@setup/module.sh build

# Without the client of clusters, which is a third of what is compiled, unless it was compiled before.
demo: setup ## Route users through a real Envoy and print their shares
	@cargo build --release $(SERIN_PACKAGES) --bin serin $(if $(wildcard target/release/deps/libkube_client-*.rlib),,--no-default-features)
	@setup/module.sh full
	@. .cache/envoy.env; "$(SERIN)" demo --envoy "$$ENVOY" --module "$(MODULE)"

dist: setup ## Make dist/: the program, its manual, the modules and their images, checksums, bills of materials
	@setup/dist.sh build

check: setup ## Formatting, clippy, licences of dependencies, and no unfinished business
	@cargo fmt --all --check
	@cargo clippy --release --workspace --exclude serin-filter --exclude serin-floor --all-targets -- -D warnings
	@cargo clippy --release --package serin-tests --test mesh -- -D warnings
	@setup/module.sh clippy
	@if grep -rnE 'dbg!|todo!|FIXME' --include='*.rs' policy filter control tests benches; then exit 1; fi
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --locked check licenses bans; \
		else echo "check: cargo-deny is not installed, so that licences and bans are not checked"; fi

test: setup ## Every test that needs no Go build; `make check` lints
	@setup/module.sh build
	@cargo build --release --bin serin --tests
	@. .cache/envoy.env; export ENVOY SERIN_BIN="$(SERIN)" SERIN_MODULE="$(MODULE)"; cargo test --release

test-mesh: setup ## Every test of a mesh; ONLY=word those with it in their names (Go builds Istio and Kubernetes once)
	@setup/mesh.sh
	@setup/module.sh build
	@cargo build --release --bin serin --tests
	@. .cache/envoy.env; . .cache/mesh.env; export ENVOY SERIN_MESH_ISTIO SERIN_MESH_KUBE SERIN_MESH_HELM SERIN_MESH_PROMETHEUS SERIN_BIN="$(SERIN)" SERIN_MODULE="$(MODULE)"; \
		cargo test --release $(SERIN_PACKAGES) --test mesh --config "target.'cfg(unix)'.runner='$(CURDIR)/setup/apart.sh'" -- --test-threads=3 $(ONLY)

fuzz: ## Fuzz targets, each for T=60 seconds; TARGET=decide that one, SEEDS=DIR more inputs to start from (needs a C++ compiler)
	@setup/rust.sh
	@T='$(or $(T),60)' TARGET='$(TARGET)' SEEDS='$(SEEDS)' setup/fuzz.sh

# A run of some of them leaves the results of all alone.
bench: setup ## How long deciding takes, in the program alone and in wasmtime; ONLY=cookie those with it in their names
	@setup/module.sh build
	@export SERIN_MODULE="$(MODULE)" CRITERION_HOME="$(CURDIR)/target/criterion" $(if $(ONLY),,SERIN_BENCH_OUTPUT="$(CURDIR)/$(RESULTS)/criterion.csv"); \
		cargo bench --package serin-benches $(SERIN_PACKAGES) --bench criterion -- $(if $(ONLY),'$(ONLY)')

bench-envoy: setup ## What a request costs in a real Envoy, by callgrind; ONLY=regex those rows, and nothing is written
	@setup/valgrind.sh
	@setup/module.sh build
	@setup/module.sh floor
	@cargo test --quiet --release --package serin-benches
	@cargo build --release --package serin-benches $(SERIN_PACKAGES) --bin bench-envoy
	@. .cache/envoy.env; target/release/bench-envoy --envoy "$$ENVOY" --module "$(MODULE)" --lite-module "$(LITE)" \
		--floor "$(FLOOR)" $(if $(ONLY),--only '$(ONLY)',--output $(RESULTS))

bench-controller: setup ## What a controller costs a real Kubernetes API with 1000 Releases; N=100 with as many, and nothing is written
	@setup/mesh.sh
	@setup/module.sh build
	@cargo build --release --package serin-benches $(SERIN_PACKAGES) --bin serin --bin bench-controller
	@. .cache/mesh.env; . .cache/envoy.env; export ENVOY SERIN_MESH_ISTIO SERIN_MESH_KUBE SERIN_MESH_HELM SERIN_MESH_PROMETHEUS SERIN_BIN="$(SERIN)" SERIN_MODULE="$(MODULE)"; \
		setup/apart.sh target/release/bench-controller $(if $(N),--releases $(N),--output $(RESULTS))

clean: ## Remove what was built
	@rm -rf target dist

clean-cache: ## Remove what setup fetched and recorded
	@rm -rf .cache
