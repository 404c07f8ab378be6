//! What deciding does without, and a mesh does not: the service's port, the labels of its pods.

use super::*;
use crate::weave::{self, Woven};

const WITHOUT: &str = "apiVersion: serin.dev/v1alpha1\nkind: Release\nmetadata: {name: reviews, namespace: bookinfo}\n\
    spec: {host: reviews, stable: v1, subsets: [{name: v1}, {name: v2}], split: {v2: 10}, \
    attach: [{sidecar: {labels: {app: productpage}}}]}\n";

fn read(text: &str) -> Checked {
    let (documents, _) = load::documents(&Source::new("release.yaml", text.to_owned()));
    let mut problems = Problems::default();
    let checked = policy::check(&documents[0].node, &Path::root(), &mut problems);
    checked.unwrap_or_else(|| panic!("{problems}"))
}

fn refused(release: &Checked, given: &Given) -> String {
    mesh::render(release, &options(Mode::Matcher), given).unwrap_err().to_string()
}

#[test]
fn an_envoy_without_a_mesh_needs_neither() {
    let rendered = envoy(&read(WITHOUT), &Carrier::FilterState, None);
    let text = rendered.bootstrap.text().unwrap();
    assert!(text.contains("outbound|0|v2|reviews.bookinfo.svc.cluster.local"), "{text}");
}

#[test]
fn a_mesh_asks_for_both() {
    let message = refused(&read(WITHOUT), &Given::default());
    assert!(
        message.contains(
            "at `spec.port`: missing field `port`: a mesh needs to know the port of the service"
        ),
        "{message}"
    );
    let release = read(&WITHOUT.replace("stable", "port: 9080, stable"));
    let message = refused(&release, &Given::default());
    for subset in
        ["`spec.subsets[0].labels`: the DestinationRule needs the labels of `v1`", "of `v2`"]
    {
        assert!(message.contains(subset), "{message}");
    }
    let given = Given { has_destination_rule: true, ..Given::default() };
    assert!(mesh::render(&release, &options(Mode::Matcher), &given).is_ok());
}

#[test]
fn a_destination_rule_has_the_labels_or_says_which_it_lacks() {
    let release = read(&WITHOUT.replace("stable", "port: 9080, stable"));
    let weave = |subsets: &str| -> Result<Woven, String> {
        let text = format!(
            "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {{name: reviews, namespace: bookinfo}}\n\
             spec: {{host: reviews, subsets: [{subsets}]}}\n"
        );
        let options = weave::Options { mode: weave::Mode::Names, gateways: Vec::new(), gate: None };
        let source = Source::new("dr.yaml", text.clone());
        let woven = weave::weave(&source, &release.policy, &options);
        woven.inspect(|woven| assert_eq!(woven.output, text)).map_err(|found| format!("{found:?}"))
    };
    assert!(
        weave("{name: v1, labels: {a: b}}, {name: v2, labels: {a: c}}")
            .unwrap()
            .has_destination_rule
    );
    let message = weave("{name: v1, labels: {a: b}}").unwrap_err();
    assert!(message.contains("nor the Release has labels for `v2`"), "{message}");
}
