//! What is given beside a Release counts: what can be known to change nothing is refused, and who sees an object.

use std::fs;
use std::path::Path;

use crate::check::program::{Run, run};

/// A Release with this host and these entries of `attach`.
fn release(host: &str, attach: &str) -> String {
    format!(
        "apiVersion: serin.dev/v1alpha1\nkind: Release\nmetadata: {{name: parcels, namespace: post}}\nspec:\n  \
         host: {host}\n  port: 80\n  stable: v1\n  subsets:\n  - {{name: v1, labels: {{version: v1}}}}\n  \
         - {{name: v2, labels: {{version: v2}}}}\n  attach: [{attach}]\n  split: {{v2: 10}}\n"
    )
}

const SIDECAR: &str = "{sidecar: {labels: {app: window}}}";

fn gateway(hosts: &str) -> String {
    format!("{{gateway: {{namespace: istio-system, labels: {{istio: edge}}, hosts: {hosts}}}}}")
}

fn virtual_service(spec: &str) -> String {
    format!(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: own, namespace: post}}\n\
         spec: {spec}\n"
    )
}

/// Renders a Release beside a user's file; what the run said, and the names of the files.
#[track_caller]
fn rendered(release: &str, into: &str, more: &[&str]) -> (Run, Vec<String>, String) {
    let temporary = tempfile::tempdir().unwrap();
    let at = temporary.path();
    fs::write(at.join("release.yaml"), release).unwrap();
    fs::write(at.join("own.yaml"), into).unwrap();
    let options = ["--into", "own.yaml", "--module-file", "/serin.wasm", "--output", "mesh"];
    let arguments = [&["render", "release.yaml"], &options[..], more].concat();
    let run = run(at, &arguments, b"");
    let woven = fs::read_to_string(at.join("own.yaml")).unwrap();
    (run, names(&at.join("mesh")), woven)
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_switch_whose_host_is_the_domain_of_no_virtual_host_is_refused() {
    let route = "http: [{route: [{destination: {host: parcels}}]}]";
    for (attached, own, right) in [
        ("[post.example.com]", "['*']", "[\"*\"]"),
        ("['*']", "[post.example.com]", "[post.example.com]"),
    ] {
        let of_gateway = "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: post}\nspec: \
            {selector: {istio: edge}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}\n";
        let service = virtual_service(&format!("{{gateways: [edge], hosts: {own}, {route}}}"));
        let into = format!("{of_gateway}---\n{service}");
        let (refused, files, after) = rendered(&release("parcels", &gateway(attached)), &into, &[]);
        assert_eq!(refused.code, Some(1), "{}", refused.shown());
        let help = format!("write `hosts: {right}`");
        assert!(refused.stderr.contains(&help), "{}", refused.shown());
        assert!(files.is_empty() && after == into, "{}", refused.shown());
        let (done, files, _) = rendered(&release("parcels", &gateway(right)), &into, &[]);
        assert_eq!(done.code, Some(0), "{}", done.shown());
        assert!(files.iter().any(|name| name.starts_with("40-")), "{files:?}");
        // Istio 1.24 finds no virtual host by its domain, and the rule's name has to do.
        let old = rendered(&release("parcels", &gateway(attached)), &service, &["--istio", "1.24"]);
        assert!(!old.0.stderr.contains("no-effect"), "{}", old.0.shown());
    }
}

#[test]
fn objects_that_not_every_caller_sees_replace_none_of_ours() {
    let rule = |namespace: &str, more: &str| {
        format!(
            "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: own, namespace: {namespace}}}\n\
             spec: {{host: parcels.post.svc.cluster.local, {more}subsets: [{{name: v1, labels: {{version: v1}}}}]}}\n"
        )
    };
    for (into, is_left, ours) in [
        (rule("post", ""), false, false),
        (rule("elsewhere", "exportTo: ['.'], "), true, true),
        (rule("elsewhere", ""), true, true),
        (rule("post", "exportTo: ['.'], "), false, true),
        (rule("post", "exportTo: [other], "), true, true),
        (rule("istio-system", ""), false, false),
    ] {
        let (run, files, after) = rendered(&release("parcels", SIDECAR), &into, &[]);
        assert_eq!(run.code, Some(0), "{into}{}", run.shown());
        let has_ours = files.iter().any(|name| name.starts_with("10-"));
        assert_eq!((after == into, has_ours), (is_left, ours), "{into}{}", run.shown());
    }
    let service = |namespace: &str, more: &str| {
        let spec = "hosts: [parcels.post.svc.cluster.local], http: [{route: [{destination: {host: \
                    parcels.post.svc.cluster.local}}]}]";
        virtual_service(&format!("{{{more}{spec}}}"))
            .replace("namespace: post", &format!("namespace: {namespace}"))
    };
    for (into, is_left, ours) in [
        (service("post", ""), false, false),
        (service("elsewhere", ""), false, false),
        (service("elsewhere", "exportTo: ['.'], "), true, true),
        // The callers in `attach` go by it, all others by ours.
        (service("post", "exportTo: ['.'], "), false, true),
    ] {
        let (run, files, after) = rendered(&release("parcels", SIDECAR), &into, &[]);
        assert_eq!(run.code, Some(0), "{into}{}", run.shown());
        let has_ours = files.iter().any(|name| name.starts_with("20-"));
        assert_eq!((after == into, has_ours), (is_left, ours), "{into}{}", run.shown());
    }
    let both = format!("{SIDECAR}, {{sidecar: {{namespace: front, labels: {{app: door}}}}}}");
    let (run, files, _) =
        rendered(&release("parcels", &both), &service("post", "exportTo: ['.'], "), &[]);
    assert_eq!((run.code, files.len()), (Some(1), 0), "{}", run.shown());
    assert!(run.stderr.contains("those of `front` do not"), "{}", run.shown());
}

#[test]
fn an_object_in_which_nothing_is_woven_is_named() {
    let chosen = virtual_service(
        "{hosts: [parcels], http: [{route: [{destination: {host: parcels, subset: v2}}]}]}",
    );
    let (run, files, _) = rendered(&release("parcels", SIDECAR), &chosen, &[]);
    assert_eq!((run.code, files.len()), (Some(1), 0), "{}", run.shown());
    assert!(
        run.stderr.contains("no rule of the VirtualService for the mesh follows"),
        "{}",
        run.shown()
    );
    let other =
        virtual_service("{hosts: [letters], http: [{route: [{destination: {host: letters}}]}]}")
            .replace("name: own", "name: other");
    let own =
        virtual_service("{hosts: [parcels], http: [{route: [{destination: {host: parcels}}]}]}");
    let (run, _, _) = rendered(&release("parcels", SIDECAR), &format!("{own}---\n{other}"), &[]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(
        run.stderr.contains("nothing is woven into VirtualService post/other"),
        "{}",
        run.shown()
    );
}

#[test]
fn names_are_completed_with_the_domain_of_the_cluster() {
    let own =
        virtual_service("{hosts: [parcels], http: [{route: [{destination: {host: parcels}}]}]}");
    let temporary = tempfile::tempdir().unwrap();
    let at = temporary.path();
    fs::write(at.join("own.yaml"), &own).unwrap();
    let render = ["render", "-", "--into", "own.yaml", "--module-file", "/m.wasm", "--output", "-"];
    let options = [&render[..], &["--cluster-domain", "corp.example"]].concat();
    let done = run(at, &options, release("parcels", SIDECAR).as_bytes());
    assert_eq!(done.code, Some(0), "{}", done.shown());
    assert!(done.stdout.contains("name: parcels.post.svc.corp.example:80"), "{}", done.shown());
    assert!(!done.stdout.contains("cluster.local"), "{}", done.shown());
    assert_ne!(fs::read_to_string(at.join("own.yaml")).unwrap(), own);
    // A full name says the same.
    fs::write(at.join("own.yaml"), &own).unwrap();
    let full = release("parcels.post.svc.corp.example", SIDECAR);
    let again = run(at, &render, full.as_bytes());
    assert_eq!(again.stdout, done.stdout, "{}", again.shown());
    for domain in ["", "Corp", "a..b", "-a", "a b"] {
        let refused = run(at, &["check", "--cluster-domain", domain, "own.yaml"], b"");
        assert_eq!(refused.code, Some(2), "{domain} {}", refused.shown());
    }
}
