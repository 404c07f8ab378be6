use std::collections::BTreeSet;

use super::*;

/// A Release that is well.
fn release(name: &str) -> String {
    format!(
        "\
apiVersion: serin.dev/v1alpha1
kind: Release
metadata: {{name: {name}, namespace: shop}}
spec:
  host: {name}.shop.svc.cluster.local
  port: 80
  stable: v1
  subsets:
  - {{name: v1, labels: {{version: v1}}}}
"
    )
}

fn said(review: &Review) -> Vec<(&'static str, Option<usize>)> {
    review.diagnostics.iter().map(|diagnostic| (diagnostic.code, diagnostic.line)).collect()
}

/// The file as one that was named.
fn named(text: impl Into<String>) -> Review {
    Reviewer::default().review(&Source::new("x.yaml", text), Origin::Named)
}

fn labels(review: &Review) -> Vec<(&str, usize)> {
    review.others.iter().map(|other| (other.label.as_str(), other.line)).collect()
}

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";

#[test]
fn every_document_of_a_named_file_is_to_be_an_object() {
    let text = format!("{}---\nkind: Service\n---\n{}", release("a"), release("b"));
    let review = named(text);
    assert_eq!(review.releases.len(), 2);
    assert_eq!(said(&review), [("kind", Some(11))]);
    assert_eq!(review.count(), (1, 0));
}

#[test]
fn other_objects_are_passed_over_and_counted() {
    let review = named(format!("{SERVICE}---\n{}---\n{SERVICE}", release("a")));
    assert_eq!((review.releases.len(), review.count()), (1, (0, 0)));
    assert_eq!(labels(&review), [("Service a", 1), ("Service a", 15)]);
    assert!(review.nothing.is_none());
    let review = named(format!("{SERVICE}---\n{SERVICE}"));
    let nothing = review.nothing.unwrap();
    assert_eq!(
        (nothing.message.as_str(), nothing.line),
        ("none of the 2 objects in this file is a Release", Some(2))
    );
    // A file with a VirtualService has something to be checked, but nothing to be explained.
    let service = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\n\
                   spec: {hosts: [a], http: [{route: [{destination: {host: a}}]}]}\n";
    assert_eq!(named(service).services, [("VirtualService default/a".to_owned(), 1)]);
    let source = Source::new("x.yaml", service);
    let review = Reviewer::of(Subject::Releases).review(&source, Origin::Named);
    let help = review.nothing.unwrap().help.unwrap();
    assert_eq!(help, "`serin import` creates a Release from a VirtualService");
}

#[test]
fn a_release_with_a_mistake_in_its_first_lines_is_one_still() {
    let of = |version: &str, kind: &str| {
        let text = release("a").replace("serin.dev/v1alpha1", version);
        text.replace("kind: Release", &format!("kind: {kind}"))
    };
    for (version, kind, message, help) in [
        (
            "serin.dev/v1alpha1",
            "Relase",
            "expected the kind `Release`, found `Relase`",
            Some("did you mean `Release`?"),
        ),
        (
            "serin.dev/v1alpha1",
            "releases",
            "expected the kind `Release`, found `releases`",
            Some("did you mean `Release`?"),
        ),
        (
            "serin.dev/v1alpha1",
            "Canary",
            "expected the kind `Release`, found `Canary`",
            Some("`serin.dev` has no other kind"),
        ),
        (
            "serin.dev/v2",
            "Release",
            "expected `serin.dev/v1alpha1`, found the string `serin.dev/v2`",
            None,
        ),
        (
            "Serin.dev",
            "Release",
            "expected `serin.dev/v1alpha1`, found the string `Serin.dev`",
            None,
        ),
        (
            "sering.dev/v1alpha1",
            "Release",
            "expected `serin.dev/v1alpha1`, found the string `sering.dev/v1alpha1`",
            None,
        ),
    ] {
        for origin in [Origin::Named, Origin::Found] {
            let source = Source::new("x.yaml", of(version, kind));
            let review = Reviewer::default().review(&source, origin);
            let found: Vec<_> = review
                .diagnostics
                .iter()
                .map(|found| (found.message.as_str(), found.help.as_deref()))
                .collect();
            assert_eq!(found, [(message, help)], "{version} {kind} {origin:?}");
        }
    }
    let twice = release("a").replace("kind:", "kind: Service\nkind:");
    assert_eq!(said(&named(twice)).first(), Some(&("kind", Some(2))));
    // Other projects have Releases, too.
    let review = named(of("helm.crossplane.io/v1beta1", "Release"));
    assert_eq!(
        review.nothing.unwrap().message,
        "expected `serin.dev/v1alpha1`, found `helm.crossplane.io/v1beta1`"
    );
}

#[test]
fn a_virtual_service_with_a_typo_in_its_kind_is_not_passed_over() {
    let text = "apiVersion: networking.istio.io/v1\nkind: VirtualServce\nmetadata: {name: a}\n";
    assert_eq!(said(&named(text)), [("kind", Some(2))]);
    let other = text.replace("VirtualServce", "ServiceEntry");
    assert_eq!(labels(&named(other)), [("ServiceEntry a", 1)]);
}

#[test]
fn lists_are_read_item_by_item() {
    let item = |text: &str| {
        let lines = text.lines().enumerate();
        let lines =
            lines.map(|(at, line)| format!("{}{line}\n", if at == 0 { "- " } else { "  " }));
        lines.collect::<String>()
    };
    let list = |items: &[&str]| {
        let items: String = items.iter().map(|text| item(text)).collect();
        format!("apiVersion: v1\nkind: List\nitems:\n{items}")
    };
    let wrong = release("b").replace("port: 80", "port: 0");
    let review = named(list(&[&release("a"), SERVICE, &wrong]));
    assert_eq!(review.releases.len(), 1);
    assert_eq!(review.releases[0].path.to_string(), "items[0]");
    assert_eq!(labels(&review), [("Service a", 13)]);
    assert_eq!(said(&review), [("out-of-range", Some(21))]);
    assert_eq!(review.diagnostics[0].path.as_deref(), Some("items[2].spec.port"));
    // The places that the Release itself knows begin at the Release.
    let attached = release("a") + "  attach:\n  - sidecar: {labels: {app: a}}\n";
    let review = named(list(&[&attached]));
    assert_eq!(review.releases[0].release.policy.attach()[0].path.to_string(), "spec.attach[0]");
    let unread = release("a").replace("port: 80", "port: !env PORT");
    assert_eq!(said(&named(list(&[&unread, &release("c")]))), [("syntax", Some(9))]);
    for empty in ["[]", "null"] {
        let review = named(format!("apiVersion: v1\nkind: List\nitems: {empty}\n"));
        assert_eq!(said(&review), []);
        assert!(review.is_empty_list);
        assert_eq!(
            review.nothing.map(|nothing| (nothing.code, nothing.span.start)),
            Some(("empty", 33))
        );
    }
}

#[test]
fn problems_are_in_the_order_of_their_places_with_what_ended_the_reading() {
    let text = format!("{}---\n[\n", release("a").replace("port: 80", "port: 0\n  hots: x"));
    let review = named(text);
    assert_eq!(
        said(&review),
        [("out-of-range", Some(6)), ("unknown-field", Some(7)), ("syntax", Some(12))]
    );
}

#[test]
fn a_release_is_in_one_file_only() {
    let mut reviewer = Reviewer::default();
    let first = reviewer.review(&Source::new("x.yaml", release("a")), Origin::Named);
    assert_eq!(said(&first), []);
    let second = reviewer.review(&Source::new("y.yaml", release("a")), Origin::Named);
    assert_eq!(said(&second), [("duplicate-name", Some(3))]);
    let help = second.diagnostics[0].help.as_deref().unwrap();
    assert!(help.contains("x.yaml:3:18"), "{help}");
    assert!(second.releases.is_empty());
}

#[test]
fn files_of_a_folder_count_when_they_hold_releases() {
    let found = |text: &str| {
        let review = Reviewer::default().review(&Source::new("x.yaml", text), Origin::Found);
        review.nothing.is_none().then(|| said(&review))
    };
    assert_eq!(found(&format!("kind: Service\n---\n{}", release("a"))), Some(vec![]));
    assert_eq!(found("kind: Service\n"), None);
    assert_eq!(found(""), None);
    assert_eq!(found("apiVersion: helm.crossplane.io/v1beta1\nkind: Release\n"), None);
    assert_eq!(found("{{ if x }}\nkind: Deployment\n"), None);
    assert_eq!(found("\"kind\": \"Release\",\n]\n"), Some(vec![("syntax", Some(1))]));
    let template = "{{ if x }}\n- apiVersion: serin.dev/v1alpha1\n";
    assert_eq!(found(template).map(|said| said.len()), Some(1));
}

#[test]
fn a_release_that_is_not_read_is_not_passed_over() {
    let json = r#"{"apiVersion": "serin.dev/v1alpha1", "kind": "Release", "metadata": {"name": "a"}, "spec": {}}"#;
    let found = |text: String| {
        let review = Reviewer::default().review(&Source::new("x.yaml", text), Origin::Found);
        assert!(!review.diagnostics.is_empty());
        review.diagnostics[0].message.clone()
    };
    let inside = "this Release is inside another object, where it is ignored";
    for text in [
        format!("[{json}]"),
        format!(r#"{{"apiVersion": "v1", "kind": "list", "items": [{json}]}}"#),
        format!(r#"{{"apiVersion": "v1", "kind": "List", "items": {{"a": {json}}}}}"#),
        format!(
            r#"{{"apiVersion": "template.openshift.io/v1", "kind": "Template", "objects": [{json}]}}"#
        ),
    ] {
        assert_eq!(found(text), inside);
    }
    // Its items need not say what they are; what is wrong with them counts.
    let list = r#"{"apiVersion": "serin.dev/v1alpha1", "kind": "ReleaseList", "items": [{"spec": {"stable": "v9"}}]}"#;
    found(list.to_owned());
    // Cut in the middle.
    found(format!(r#"{{"apiVersion": "v1", "kind": "List", "items": [{}"#, &json[..60]));
    // Who owns an object is not in it.
    let owned = r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"ownerReferences": [{"apiVersion": "serin.dev/v1alpha1", "kind": "Release", "spec": 1}]}}"#;
    let review = Reviewer::default().review(&Source::new("x.yaml", owned), Origin::Found);
    assert!(review.diagnostics.is_empty());
}

#[test]
fn what_cannot_be_read_is_said_once() {
    let text = release("a").replace("port: 80", "port: !env PORT");
    let review = named(text);
    assert_eq!(said(&review), [("syntax", Some(6))]);
    let text = release("a") + "  attach: &x [{a: 1}]\n  rules: *x\n";
    let review = named(text);
    let places: BTreeSet<_> =
        review.diagnostics.iter().map(|d| (d.span.start, d.message.clone())).collect();
    assert_eq!(places.len(), review.diagnostics.len());
}
