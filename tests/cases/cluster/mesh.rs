//! `serin mesh`: what is wrong with the files is said before a cluster is asked.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::check::program::{Run, run};

const RULE: &str = "\
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: serin-reviews
  namespace: shop
  annotations: {serin.dev/release: shop/reviews}
spec: {host: reviews, subsets: [{name: v1}]}
";

/// Runs it in a folder with these files, at no cluster.
fn mesh(files: &[(&str, &str)], arguments: &[&str]) -> Run {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(path, text).unwrap();
    }
    let arguments = [&["mesh"], arguments, &["--kubeconfig", "none"]].concat();
    run(folder.path(), &arguments, b"")
}

/// That it ends with 1 and says this.
#[track_caller]
fn refused(files: &[(&str, &str)], arguments: &[&str], texts: &[&str]) {
    let run = mesh(files, arguments);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    for text in texts {
        assert!(run.stderr.contains(text), "{text}: {}", run.shown());
    }
}

#[test]
fn an_object_is_there_once_or_twice_the_same() {
    let other = RULE.replace("v1}", "v3}");
    let files = [("mesh/10-a.yaml", RULE), ("mesh/10-b.yaml", other.as_str())];
    let clash = "DestinationRule shop/serin-reviews is in mesh/10-a.yaml and in mesh/10-b.yaml, and differs";
    refused(&files, &["apply", "mesh"], &[clash, "keep one of the two"]);
    // The cluster is asked, which is not there.
    let same = mesh(&[("mesh/a.yaml", RULE), ("mesh/b.yaml", RULE)], &["apply", "mesh"]);
    assert_eq!(same.code, Some(3), "{}", same.shown());
}

#[test]
fn what_serin_did_not_render_is_left_to_kubectl() {
    let theirs = RULE.replace("  annotations: {serin.dev/release: shop/reviews}\n", "");
    let files =
        [("theirs.yaml", theirs.as_str()), ("pod.yaml", "kind: Pod\nmetadata: {name: a}\n")];
    let rendered = "this DestinationRule was not rendered by serin";
    let apply = "apply it with `kubectl apply -f FILE`, then `serin mesh wait FILE`";
    refused(&files, &["apply", "theirs.yaml"], &[rendered, apply, "theirs.yaml:2:"]);
    refused(&files, &["delete", "theirs.yaml"], &[rendered, "kubectl delete -f FILE"]);
    refused(&files, &["apply", "pod.yaml"], &["expected an Istio object, found `Pod`"]);
    let folder = [("mesh/theirs.yaml", theirs.as_str())];
    refused(&folder, &["apply", "mesh"], &["1 other object skipped", "no Istio objects found"]);
    refused(&[("empty.yaml", "[]\n")], &["apply", "empty.yaml"], &["found none"]);
    // It may be waited for.
    let waited = mesh(&files, &["wait", "theirs.yaml"]);
    assert_eq!(waited.code, Some(3), "{}", waited.shown());
}

#[test]
fn a_name_is_needed_and_a_namespace_is_the_one_that_is_given() {
    let nameless = RULE.replace("  name: serin-reviews\n", "");
    refused(&[("a.yaml", &nameless)], &["apply", "a.yaml"], &["this object has no name"]);
    let expected = "expected the namespace `other`, found `shop`";
    refused(&[("a.yaml", RULE)], &["apply", "a.yaml", "-n", "other"], &[expected]);
    let right = mesh(&[("a.yaml", RULE)], &["apply", "a.yaml", "-n", "shop"]);
    assert_eq!(right.code, Some(3), "{}", right.shown());
}
