use clap::Parser;

use policy::{Path, Problems};

use super::*;
use crate::load::{self, Source};

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

fn read(line: &str) -> (Option<Options>, Vec<Complaint>) {
    let line =
        Line::try_parse_from(["serin", "release.yaml"].into_iter().chain(line.split_whitespace()))
            .unwrap();
    super::read(&line.args, Some(&policy()))
}

/// What is wrong with the options, `message; help` each.
fn complaints(line: &str) -> Vec<String> {
    let (options, complaints) = read(line);
    assert!(options.is_none());
    let text = |Complaint { message, help }| {
        help.map_or_else(|| message.clone(), |help| format!("{message}; {help}"))
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
    let Some(Options::Envoy(options)) = options else { panic!() };
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
            "`--module-url` is for `--route matcher`; with `--route envoy` the module is named by `--module PATH`",
            "`--output`: expected a file that ends in `.yaml` or `.yml`, found `envoy.json`; Envoy goes by the ending",
            "`--ecds`: expected a file that ends in `.yaml` or `.yml`, found `e`; Envoy goes by the ending",
            "`--module PATH` is missing",
            "`--listen`: expected an IP address and a port, found `localhost:1`; `127.0.0.1:10000`, `0.0.0.0:80`, `[::1]:8080`",
            "`--admin`: expected an IP address and a port, found `1`; `127.0.0.1:10000`, `0.0.0.0:80`, `[::1]:8080`",
            "`--upstream canry=a:1`: there is no subset `canry`; did you mean `canary`?",
            "`--upstream prod=a:1`: there is no subset `prod`; expected `v1` or `canary`",
            "`--upstream v1=a`: there is no port; expected `SUBSET=ADDR:PORT`, as `v1=127.0.0.1:9101` or \
         `v1=reviews-v1.example.com:9080`",
            "the subset `canary` has no `--upstream`; `--upstream canary=ADDR:PORT`",
        ]
    );
}

#[test]
fn says_everything_that_is_wrong_for_a_mesh_in_one_pass() {
    assert_eq!(
        complaints("--output - --listen x --ecds y"),
        [
            "`--listen` is for `--route envoy`; a mesh has these of its own; the module: `--module-file` or `--module-url`",
            "`--ecds` is for `--route envoy`; a mesh has these of its own; the module: `--module-file` or `--module-url`",
            "`--output`: expected a folder, found `-`; there are several files, to be applied one after the other",
            "expected one of `--module-file PATH` and `--module-url URL`, found neither; where do the proxies get the module \
         from?",
        ]
    );
    assert_eq!(
        complaints("--output d --module-url oci://r/serin:1 --module-sha256 12"),
        [
            "`--module-sha256`: expected 64 hexadecimal digits, found `12`; `sha256sum serin.wasm` prints them",
            "`--module-url`: expected `https://…` or `http://…`, found `oci://r/serin:1`; images are for a later version: \
         serve the module by https",
        ]
    );
    assert_eq!(
        complaints("--output d --module-file serin.wasm"),
        [
            "`--module-file`: expected a path that begins with `/`, found `serin.wasm`; where it is in the proxies: \
         `/var/local/serin/serin.wasm`",
        ]
    );
    assert_eq!(
        complaints("--output d --module-url https://a/b"),
        ["`--module-sha256 HEX` is missing"]
    );
}

#[test]
fn a_digest_is_written_in_lower_case() {
    let digest = "AB".repeat(32);
    let (options, _) =
        read(&format!("--output d --module-url https://a/b --module-sha256 {digest}"));
    let Some(Options::Matcher(delivery)) = options else { panic!() };
    let Module::Remote { url, sha256 } = delivery.module else { panic!() };
    assert_eq!((url.as_str(), sha256), ("https://a/b", "ab".repeat(32)));
}
