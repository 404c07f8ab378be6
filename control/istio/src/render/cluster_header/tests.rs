use document::load::{self, Source};
use policy::{Path, Policy, Problems};
use serde_json::json;

use super::*;
use crate::weave::{self, Mode, Options};

fn policy() -> Policy {
    let text = "apiVersion: serin.dev/v1alpha1\nkind: Release\nmetadata: {name: reviews, namespace: bookinfo}\n\
                spec: {host: reviews, port: 9080, stable: v1, attach: [{sidecar: {labels: {app: productpage}}}],\n  \
                subsets: [{name: v1, labels: {v: v1}}, {name: v2, labels: {v: v2}}, {name: v3, labels: {v: v3}}]}\n";
    let (documents, _) = load::documents(&Source::new("release.yaml", text));
    let mut problems = Problems::default();
    policy::check(&documents[0].node, &Path::root(), &mut problems).unwrap().policy
}

/// What the rules of a VirtualService of bookinfo have in common.
fn settings(rules: &str) -> Result<Settings, Vec<String>> {
    let text = format!(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: reviews, namespace: bookinfo}}\n\
         spec:\n  hosts: [reviews]\n  http:\n{rules}"
    );
    let source = Source::new("vs.yaml", text);
    let policy = policy();
    let options = Options { mode: Mode::Names, gateways: Vec::new(), gate: None };
    let woven = weave::weave(&source, &policy, &options).unwrap();
    match of_rules(crate::render::mode::Mode::ClusterHeader, &source, &woven, &policy) {
        Ok(found) => Ok(found.mesh.unwrap()),
        Err(diagnostics) => Err(diagnostics
            .into_iter()
            .map(|found| format!("{}: {}", found.line.unwrap_or_default(), found.message))
            .collect()),
    }
}

const TO_HOST: &str = "route: [{destination: {host: reviews}}]";

#[test]
fn a_rule_that_says_nothing_has_istios_own() {
    assert_eq!(settings(&format!("  - {TO_HOST}\n")).unwrap(), Settings::default());
}

#[test]
fn time_outs_and_retries_are_the_rules_own() {
    let found =
        settings(&format!("  - timeout: 2500ms\n    retries: {{attempts: 0}}\n    {TO_HOST}\n"));
    assert_eq!(found.unwrap(), Settings { timeout: "2.5s".to_owned(), retry_policy: None });
    let found =
        settings(&format!("  - retries: {{attempts: 3, retryOn: \"reset,503\"}}\n    {TO_HOST}\n"));
    let policy = found.unwrap().retry_policy.unwrap();
    assert_eq!(policy["num_retries"], 3);
    assert_eq!(policy["retry_on"], "reset,retriable-status-codes");
    assert_eq!(policy["retriable_status_codes"], json!([503]));
}

#[test]
fn options_that_would_be_lost_are_refused_each_where_it_stands() {
    let found = settings(
        "  - match: [{uri: {prefix: /a}}]\n    rewrite: {uri: /}\n    fault: {abort: {httpStatus: 500, percentage: {value: 1}}}\n    \
         route:\n    - destination: {host: reviews}\n      headers: {request: {set: {a: b}}}\n",
    );
    assert_eq!(
        found.unwrap_err(),
        [
            "8: `--route cluster-header` would lose the option `rewrite` of this rule",
            "9: `--route cluster-header` would lose the option `fault` of this rule",
            "12: `--route cluster-header` would lose the option `headers` of this rule",
        ]
    );
}

#[test]
fn rules_that_differ_cannot_share_a_route() {
    let rule = |name: &str, timeout: &str| {
        format!(
            "  - name: {name}\n    match: [{{uri: {{prefix: /{name}}}}}]\n    timeout: {timeout}\n    {TO_HOST}\n"
        )
    };
    assert!(settings(&[rule("a", "1s"), rule("b", "1000ms")].concat()).is_ok());
    let found = settings(&[rule("a", "1s"), rule("b", "2s")].concat()).unwrap_err();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("11: timeout and retries differ from those of the rule `a`"),
        "{found:?}"
    );
}

#[test]
fn rules_to_other_hosts_may_have_any_option() {
    let rules = format!(
        "  - name: other\n    match: [{{uri: {{prefix: /ratings}}}}]\n    rewrite: {{uri: /}}\n    \
         route: [{{destination: {{host: ratings}}}}]\n  - timeout: 1s\n    {TO_HOST}\n"
    );
    assert_eq!(settings(&rules).unwrap().timeout, "1s");
}

#[test]
fn a_value_that_names_no_cluster_of_the_release_leads_nowhere() {
    let route = route(&policy(), &Settings::default());
    let regex = &route["match"]["headers"][0]["string_match"]["safe_regex"]["regex"];
    let regex = regex_automata::dfa::dense::DFA::new(&format!("^(?:{})$", regex.as_str().unwrap()))
        .unwrap();
    let takes = |value: &str| {
        use regex_automata::dfa::Automaton;
        regex.try_search_fwd(&regex_automata::Input::new(value)).unwrap().is_some()
    };
    let of = |subset: &str, host: &str| {
        format!("outbound|9080|{subset}|{host}.bookinfo.svc.cluster.local")
    };
    assert!(takes(&of("v2", "reviews")) && takes(&of("v3", "reviews")));
    for other in [
        of("v1", "reviews"),
        of("", "reviews"),
        of("v2", "ratings"),
        "v2".to_owned(),
        String::new(),
    ] {
        assert!(!takes(&other), "{other}");
    }
    assert!(!takes(&of("v2", "reviews").replace('.', "x")));
}
