//! What of a file is changed at all: DestinationRules, lists of objects, and objects that are none of serin's business.

use super::*;

fn destination_rule(spec: &str) -> String {
    format!(
        "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: reviews\n  namespace: bookinfo\nspec:\n{spec}"
    )
}

fn subsets(text: &str) -> Vec<Value> {
    values(text)[0]["spec"]["subsets"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_destination_rule_gets_the_subsets_that_it_lacks() {
    for spec in [
        "  host: reviews\n",
        "  host: reviews",
        "  host: reviews  # ours\n  trafficPolicy: {tls: {mode: DISABLE}}\n",
        "  host: reviews\n  subsets:\n",
        "  host: reviews\n  subsets:   # none yet\n  exportTo: ['.']\n",
        "  host: reviews\n  subsets: []\n",
        "  subsets:\n  - name: v1\n    labels:\n      version: v1\n  # more to come\n  host: reviews\n",
        "  subsets:\n    - labels: {version: v2}\n      name: v2\n      trafficPolicy:\n        tls: {mode: DISABLE}\n  host: reviews\n",
        "  subsets: [{name: v3, labels: {version: v3}}, {name: old, labels: {version: v0}}, ]\n  host: reviews\n",
        "  {host: reviews.bookinfo.svc.cluster.local}\n",
        "  {\n    host: reviews,\n    trafficPolicy: {tls: {mode: DISABLE}},\n  }\n",
        "  host: reviews\n  subsets:\n  - {name: v1, labels: {version: v1}}\n  - {name: v2, labels: {version: v2}}\n  - {name: v3, labels: {version: v3}}\n",
    ] {
        let text = destination_rule(spec);
        for text in [text.clone(), text.replace('\n', "\r\n"), text.trim_end().to_owned()] {
            let woven = lasts(&text, &reviews(), &options(Mode::Copies));
            assert!(woven.has_destination_rule);
            let (before, after) = (subsets(&text), subsets(&woven.output));
            assert_eq!(after[..before.len()], before, "{text}");
            for name in ["v1", "v2", "v3"] {
                let own: Vec<&Value> =
                    after.iter().filter(|subset| subset["name"] == name).collect();
                assert_eq!(own.len(), 1, "{text}");
                assert_eq!(own[0]["labels"], json!({ "version": name }));
            }
        }
    }
}

#[test]
fn only_the_host_s_own_destination_rule_is_changed() {
    for (spec, has_one, note) in [
        ("  host: ratings\n", false, None),
        ("  host: reviews.other.svc.cluster.local\n", false, None),
        (
            "  host: '*.bookinfo.svc.cluster.local'\n",
            false,
            Some("it is for `*.bookinfo.svc.cluster.local`"),
        ),
    ] {
        let text = destination_rule(spec);
        let woven = lasts(&text, &reviews(), &options(Mode::Names));
        assert_eq!((&woven.output, woven.has_destination_rule), (&text, has_one));
        assert_eq!(woven.notes.len(), note.iter().len());
        assert!(note.is_none_or(|note| woven.notes[0].contains(note)), "{:?}", woven.notes);
    }
    let some = destination_rule("  host: reviews\n  workloadSelector: {matchLabels: {app: x}}\n");
    let woven = lasts(&some, &reviews(), &options(Mode::Names));
    assert_eq!((subsets(&woven.output).len(), woven.has_destination_rule), (3, false));
}

#[test]
fn a_subset_that_the_user_made_theirs_is_theirs() {
    let text = destination_rule("  host: reviews\n");
    let woven = lasts(&text, &reviews(), &options(Mode::Names)).output;
    let theirs = woven
        .replace("  - name: v2\n", "  - name: v2\n    trafficPolicy: {tls: {mode: DISABLE}}\n");
    let bare = undone(&theirs, &reviews());
    assert_eq!(subsets(&bare).len(), 1);
    assert_eq!(subsets(&bare)[0]["trafficPolicy"]["tls"]["mode"], "DISABLE");
    let again = lasts(&bare, &reviews(), &options(Mode::Names)).output;
    assert_eq!(subsets(&again).len(), 3);
}

#[test]
fn a_namespace_that_is_not_named_is_the_release_s() {
    let text = service("  - name: a\n    route: [{destination: {host: reviews}}]\n");
    for (namespace, is_meant) in
        [("", true), ("  namespace: bookinfo\n", true), ("  namespace: other\n", false)]
    {
        let text = text.replace("  namespace: bookinfo\n", namespace);
        let woven = lasts(&text, &reviews(), &options(Mode::Copies));
        assert_eq!(woven.mesh.is_some(), is_meant, "{namespace}");
    }
}

#[test]
fn lists_of_objects_are_woven_too() {
    let rule = service("  - name: a\n    route: [{destination: {host: reviews}}]\n");
    let other = destination_rule("  host: reviews\n");
    let item = |object: &str| object.trim_end().replace('\n', "\n  ");
    let text = format!(
        "apiVersion: v1\nitems:\n- {}\n- {}\nkind: List\nmetadata: {{resourceVersion: \"\"}}\n",
        item(&rule),
        item(&other)
    );
    let woven = lasts(&text, &reviews(), &options(Mode::Copies));
    let value = &values(&woven.output)[0];
    assert_eq!(value["items"][0]["spec"]["http"].as_array().unwrap().len(), 3);
    assert_eq!(value["items"][1]["spec"]["subsets"].as_array().unwrap().len(), 3);
}

#[test]
fn other_objects_are_left_alone_whatever_is_in_them() {
    let woven = service("  - name: a\n    route: [{destination: {host: reviews}}]\n");
    for other in [
        "a: !secret x\n",
        "kind: VirtualService\nspec: {http: 5}\n",
        "apiVersion: example.com/v1\nkind: VirtualService\nspec: {hosts: [reviews], http: 5}\n",
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec: {hosts: [other], http: 5}\n",
        "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: x}\nspec: {servers: !x [reviews]}\n",
        "base: &b {host: other}\n---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: x}\n\
         spec: {<<: {host: other}, subsets: 7}\n",
    ] {
        let text = format!("{other}---\n{woven}---\n{other}");
        for mode in [Mode::Names, Mode::Copies] {
            let after = lasts(&text, &reviews(), &options(mode)).output;
            assert!(after.starts_with(other) && after.ends_with(other), "{after}");
        }
    }
}

#[test]
fn a_file_without_objects_of_the_host_stays_as_it_is() {
    for text in ["", "# nothing\n", "a: 1\n", "- 1\n", "kind: List\nitems: 3\n"] {
        let woven = lasts(text, &reviews(), &options(Mode::Copies));
        let nothing = Woven {
            output: text.to_owned(),
            has_destination_rule: false,
            rules: Vec::new(),
            mesh: None,
            is_private: false,
            gateways: None,
            unrelated: Vec::new(),
            hidden: Vec::new(),
            notes: Vec::new(),
        };
        assert_eq!(woven, nothing);
    }
}
