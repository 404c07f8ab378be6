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

#[test]
fn every_document_of_a_named_file_is_to_be_a_release() {
    let text = format!("{}---\nkind: Service\n---\n{}", release("a"), release("b"));
    let review = Reviewer::default().review(&Source::new("x.yaml", text));
    assert_eq!(review.releases.len(), 2);
    assert_eq!(said(&review), [("kind", Some(11))]);
    assert_eq!(review.count(), (1, 0));
}

#[test]
fn problems_are_in_the_order_of_their_places_with_what_ended_the_reading() {
    let text = format!("{}---\n[\n", release("a").replace("port: 80", "port: 0\n  hots: x"));
    let review = Reviewer::default().review(&Source::new("x.yaml", text));
    assert_eq!(
        said(&review),
        [("out-of-range", Some(6)), ("unknown-field", Some(7)), ("syntax", Some(12))]
    );
}

#[test]
fn a_release_is_in_one_file_only() {
    let mut reviewer = Reviewer::default();
    let first = reviewer.review(&Source::new("x.yaml", release("a")));
    assert_eq!(said(&first), []);
    let second = reviewer.review(&Source::new("y.yaml", release("a")));
    assert_eq!(said(&second), [("duplicate-name", Some(3))]);
    let help = second.diagnostics[0].help.as_deref().unwrap();
    assert!(help.contains("x.yaml:3:18"), "{help}");
    assert!(second.releases.is_empty());
}

#[test]
fn files_of_a_folder_count_when_they_hold_releases() {
    let found = |text: &str| {
        let review = Reviewer::default().review_found(&Source::new("x.yaml", text));
        review.map(|review| said(&review))
    };
    assert_eq!(found(&format!("kind: Service\n---\n{}", release("a"))), Some(vec![]));
    assert_eq!(found("kind: Service\n"), None);
    assert_eq!(found(""), None);
    assert_eq!(found("apiVersion: helm.crossplane.io/v1beta1\nkind: Release\n"), None);
    assert_eq!(found("{{ if x }}\nkind: Deployment\n"), None);
    assert_eq!(found("\"kind\": \"Release\",\n]\n"), Some(vec![("syntax", Some(1))]));
}

#[test]
fn what_cannot_be_read_is_said_once() {
    let text = release("a").replace("port: 80", "port: !env PORT");
    let review = Reviewer::default().review(&Source::new("x.yaml", text));
    assert_eq!(said(&review), [("syntax", Some(6))]);
    let text = release("a") + "  attach: &x [{a: 1}]\n  rules: *x\n";
    let review = Reviewer::default().review(&Source::new("x.yaml", text));
    let places: BTreeSet<_> =
        review.diagnostics.iter().map(|d| (d.span.start, d.message.clone())).collect();
    assert_eq!(places.len(), review.diagnostics.len());
}
