use clap::Parser;
use document::load::{self, Source};

use policy::{Path, Problems};

use super::*;

mod module;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn policy() -> Policy {
    let text = "apiVersion: serin.dev/v1alpha1\nkind: Release\nmetadata: {name: reviews}\nspec: {host: a, port: 80, \
                stable: v1, subsets: [{name: v1, labels: {v: v1}}, {name: canary, labels: {v: v2}}]}\n";
    let (documents, _) = load::documents(&Source::new("x", text));
    policy::check(&documents[0].node, &Path::root(), &mut Problems::default()).unwrap().policy
}

fn read(line: &str) -> (Option<Options>, Vec<Message>) {
    let line =
        Line::try_parse_from(["serin", "release.yaml"].into_iter().chain(line.split_whitespace()))
            .unwrap();
    let read = super::read(&line.args, Some(&policy()));
    (read.options, read.complaints)
}

/// What is wrong with the options, `message; help` each.
fn complaints(line: &str) -> Vec<String> {
    let (options, complaints) = read(line);
    assert!(options.is_none());
    let text = |Message { text, help, .. }| {
        help.map_or_else(|| text.clone(), |help| format!("{text}; {help}"))
    };
    complaints.into_iter().map(text).collect()
}

#[test]
fn reads_endpoints_by_subset() {
    let (options, complaints) = read(
        "--route envoy --module m.wasm --listen 127.0.0.1:0 --output - --carrier header --fail-policy reload \
         --upstream canary=b:2 --upstream v1=a:1 --upstream canary=c:3",
    );
    assert_eq!(complaints, []);
    let Some(Options::Envoy(options, _)) = options else { panic!() };
    let endpoints: Vec<Vec<String>> = options
        .upstreams
        .iter()
        .map(|subset| subset.iter().map(ToString::to_string).collect())
        .collect();
    assert_eq!(endpoints, [vec!["a:1"], vec!["b:2", "c:3"]]);
}

#[test]
fn says_everything_that_is_wrong_for_envoy_in_one_pass() {
    let found = complaints(
        "--route envoy --output envoy.json --module-url x --listen localhost:1 --upstream canry=a:1 --upstream prod=a:1 \
         --upstream v1=a --ecds e --admin 1",
    );
    assert_eq!(
        found,
        [
            "`--module-url` is for a mesh; with `--route envoy` use `--module PATH`",
            "`--output`: expected a file that ends in `.yaml` or `.yml`, found `envoy.json`; Envoy chooses the parser \
             by the extension",
            "`--ecds`: expected a file that ends in `.yaml` or `.yml`, found `e`; Envoy chooses the parser by the \
             extension",
            "`--module PATH` is missing",
            "`--listen`: expected an IP address and a port, found `localhost:1`; `127.0.0.1:10000`, `0.0.0.0:80`, `[::1]:8080`",
            "`--admin`: expected an IP address and a port, found `1`; `127.0.0.1:10000`, `0.0.0.0:80`, `[::1]:8080`",
            "`--upstream canry=a:1`: the Release has no subset `canry`; did you mean `canary`?",
            "`--upstream prod=a:1`: the Release has no subset `prod`; expected `v1` or `canary`",
            "`--upstream v1=a`: there is no port; expected `SUBSET=ADDR:PORT`, such as `v1=127.0.0.1:9101` or \
             `v1=reviews-v1.example.com:9080`; with HTTP/2 (gRPC) `v1=127.0.0.1:9101,h2`",
            "the subset `canary` has no `--upstream`; `--upstream canary=ADDR:PORT`",
        ]
    );
}

#[test]
fn the_endpoints_of_a_subset_speak_one_protocol() {
    let upstreams = "--upstream v1=a:1,h2 --upstream canary=b:2,h2 --upstream canary=c:3";
    let options = "--route envoy --output e.yaml --module m --listen 127.0.0.1:1";
    assert_eq!(
        complaints(&format!("{options} {upstreams}")),
        [
            "the subset `canary` has an `--upstream` with `,h2` and one without; all endpoints of a subset speak the \
             same protocol",
        ]
    );
    let (_, found) = read(&format!("{options} {upstreams},h2"));
    assert_eq!(found, []);
}

#[test]
fn says_everything_that_is_wrong_for_a_mesh_in_one_pass() {
    assert_eq!(
        complaints("--output - --listen x --ecds y"),
        [
            "`--listen` is for `--route envoy`; a mesh has its own; name the module with `--module-file` or \
             `--module-url`",
            "`--ecds` is for `--route envoy`; a mesh has its own; name the module with `--module-file` or \
             `--module-url`",
            "expected one of `--module-file PATH` and `--module-url URL`, found neither; say where the proxies get \
             the module",
        ]
    );
    assert_eq!(
        complaints("--output d --module-url ftp://r/serin --module-sha256 12"),
        [
            "a SHA-256 has 64 hexadecimal digits, found `12`; `sha256sum serin.wasm` prints them",
            "`--module-url`: expected a URL with `https` or `oci`, found `ftp://r/serin`; \
             such as `https://example.com/serin.wasm`",
        ]
    );
    assert_eq!(
        complaints("--output d --module-file serin.wasm"),
        [
            "`--module-file`: expected a path that begins with `/`, found `serin.wasm`; write its path in the \
             proxies, such as `/var/local/serin/serin.wasm`",
        ]
    );
    assert_eq!(
        complaints("--output d --module-url https://a/b"),
        ["`--module-sha256 HEX` is missing"]
    );
}

/// The route mode of a mesh, and why.
fn mode(line: &str) -> (Mode, Option<String>) {
    let (options, complaints) = read(&format!("--output d --module-file /m {line}"));
    assert_eq!(complaints, [], "{line}");
    let Some(Options::Mesh(mesh)) = options else { panic!() };
    (mesh.options.mode, mesh.reason)
}

#[test]
fn the_version_of_the_mesh_picks_the_route_mode_and_says_why() {
    assert_eq!(mode(""), (Mode::Matcher, None));
    assert_eq!(mode("--route cluster-header"), (Mode::ClusterHeader, None));
    assert_eq!(mode("--route virtual-service --istio 1.29"), (Mode::VirtualService, None));
    let (picked, reason) = mode("--istio 1.24.3");
    assert_eq!(picked, Mode::VirtualService);
    assert!(reason.unwrap().starts_with("routes of Istio 1.24 can match headers"));
    let (picked, reason) = mode("--istio 1.29.1");
    assert_eq!(picked, Mode::Matcher);
    assert!(
        reason.unwrap().starts_with("routes of Istio 1.29 can read decisions from filter state")
    );
}

#[test]
fn a_version_that_cannot_do_what_is_asked_is_refused() {
    let refused = |line: &str| complaints(&format!("--output d --module-file /m {line}"));
    assert_eq!(
        refused("--route matcher --istio 1.24"),
        [
            "`--route matcher` needs Istio 1.27 or newer, found 1.24: routes cannot read filter state before Envoy \
             1.35; `--route virtual-service` keeps every option of your routes"
        ]
    );
    assert_eq!(
        refused("--istio 1.21"),
        [
            "Istio 1.21 is too old: its proxies cannot protect decisions from headers that clients set; expected 1.22 \
             or newer"
        ]
    );
    assert_eq!(
        refused("--istio latest"),
        [
            "`--istio`: expected a version of Istio, found `latest`; write it as `istioctl version` prints it: \
             `1.24`, `1.29.1`"
        ]
    );
    assert_eq!(
        refused("--istio 1.24 --fail-policy reload"),
        [
            "`--fail-policy reload` needs Istio 1.25 or newer (Envoy 1.33); for older proxies use `open` or `closed`"
        ]
    );
}

#[test]
fn files_of_ones_own_are_files_each_once() {
    assert_eq!(
        complaints("--output d --module-file /m --into - --into a --into b --into a --gateway x"),
        [
            "`--into`: expected a file, found `-`; it is changed in place",
            "`--into a` is given twice",
            "`--gateway`: expected `NAMESPACE/NAME`, found `x`; of the Gateway object: `istio-system/public`",
        ]
    );
    assert_eq!(
        complaints("--output d --module-file /m --gateway a/b"),
        [
            "`--gateway` is for files of `--into`; `attach` of the Release selects the pods of gateways"
        ]
    );
}

#[test]
fn undoing_needs_nothing_else() {
    let (options, complaints) = read("--undo --into a --into b");
    assert!(matches!(options, Some(Options::Undo)), "{complaints:?}");
    assert_eq!(
        self::complaints("--undo --into a --output d --route envoy --module-file m"),
        [
            "`--route` cannot be used with `--undo`",
            "`--output` cannot be used with `--undo`",
            "`--module-file` cannot be used with `--undo`",
        ]
    );
}
