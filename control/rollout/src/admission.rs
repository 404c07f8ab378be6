//! What the API server itself refuses of a Release's status: a `ValidatingAdmissionPolicy`, in CEL.
//!
//! Who drives a rollout has to write its status, and so could write anything into it. With the policy each entry of the
//! history is by its writer, the state changes only as far as that entry allows, and what is written without one does
//! no more than the step at work. Every verb is a right of its own, a virtual verb of RBAC on `releases.serin.dev`, so
//! that approving can be granted apart from driving.
//!
//! Whatever the status was, a rollback passes: `true || error` is true in CEL, and what a rollback needs is asked for
//! first, of the new status alone.

mod rules;
mod variables;

use policy::spec::API_VERSION;
use serde_json::{Value, json};

use crate::crd::VERSION_ANNOTATION;
use crate::drive::lease;

/// The name of the policy, and of its binding.
pub const NAME: &str = "serin-releases";
/// The revision of the policy: raised whenever it changes.
pub const REVISION: u32 = 2;
/// The annotation of the policy that has it.
pub const REVISION_ANNOTATION: &str = "serin.dev/policy-revision";
/// The right to do what the step at work asks for, and to begin the next one.
pub const DRIVE: &str = "drive";

/// The policy, for a controller in this namespace, and the binding without which it holds nowhere.
#[must_use]
pub fn objects(namespace: &str) -> Vec<Value> {
    let (group, _) = API_VERSION.split_once('/').unwrap_or_default();
    let annotations = json!({
        REVISION_ANNOTATION: REVISION.to_string(),
        VERSION_ANNOTATION: env!("CARGO_PKG_VERSION"),
    });
    let object = |kind: &str, spec: Value| {
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": kind,
            "metadata": {"name": NAME, "annotations": annotations},
            "spec": spec,
        })
    };
    let controller = json!({
        "name": "controller",
        "expression": format!("request.userInfo.username == '{}'", controller(namespace)),
    });
    let mut variables = vec![controller];
    variables.extend(variables::VARIABLES.iter().map(variables::Variable::to_value));
    let policy = json!({
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [{
            "apiGroups": [group],
            "apiVersions": ["*"],
            "operations": ["CREATE", "UPDATE"],
            "resources": ["releases/status"],
        }]},
        "variables": variables,
        "validations": rules::RULES.iter().map(rules::Rule::to_value).collect::<Vec<_>>(),
    });
    let binding = json!({"policyName": NAME, "validationActions": ["Deny"]});
    vec![
        object("ValidatingAdmissionPolicy", policy),
        object("ValidatingAdmissionPolicyBinding", binding),
    ]
}

/// The user name of the controller in this namespace.
fn controller(namespace: &str) -> String {
    format!("system:serviceaccount:{namespace}:{}", lease::NAME)
}

/// An expression as one line: its lines are broken for those who read the source.
fn line(expression: &str) -> String {
    expression.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use policy::rollout::Verb;

    use super::*;

    /// Whatever an expression names of `variables`.
    fn named(text: &str) -> impl Iterator<Item = &str> {
        text.split("variables.").skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            &rest[..end]
        })
    }

    fn policy() -> Value {
        objects(lease::NAMESPACE).swap_remove(0)
    }

    fn expressions(policy: &Value, list: &str) -> Vec<(String, String)> {
        let items = policy["spec"][list].as_array().unwrap();
        let text = |item: &Value, field: &str| item[field].as_str().unwrap_or_default().to_owned();
        items.iter().map(|item| (text(item, "name"), text(item, "expression"))).collect()
    }

    #[test]
    fn a_variable_is_there_before_it_is_used_and_each_is_used() {
        let policy = policy();
        let mut known = BTreeSet::new();
        let mut used = BTreeSet::new();
        for (name, expression) in expressions(&policy, "variables") {
            for other in named(&expression) {
                assert!(known.contains(other), "{name} names {other}");
                used.insert(other.to_owned());
            }
            assert!(known.insert(name.clone()), "{name} is there twice");
        }
        for rule in policy["spec"]["validations"].as_array().unwrap() {
            for field in ["expression", "messageExpression"] {
                for other in named(rule[field].as_str().unwrap_or_default()) {
                    assert!(known.contains(other), "no {other}: {rule}");
                    used.insert(other.to_owned());
                }
            }
        }
        assert_eq!(known, used);
    }

    #[test]
    fn brackets_and_quotes_are_closed() {
        let policy = policy();
        let all = [expressions(&policy, "variables"), expressions(&policy, "validations")].concat();
        for (_, expression) in all {
            for pair in ["()", "[]", "{}"] {
                let [open, close] = [0, 1].map(|at| expression.matches(&pair[at..=at]).count());
                assert_eq!(open, close, "{pair}: {expression}");
            }
            assert_eq!(expression.matches('\'').count() % 2, 0, "{expression}");
            assert!(!expression.contains('\n'), "{expression}");
        }
    }

    #[test]
    fn every_refusal_is_a_403_that_says_why() {
        for rule in policy()["spec"]["validations"].as_array().unwrap() {
            assert_eq!(rule["reason"], "Forbidden");
            assert!(rule["message"].as_str().is_some_and(|message| !message.is_empty()), "{rule}");
        }
    }

    #[test]
    fn every_verb_of_a_rollout_has_its_rule() {
        let verbs = [
            Verb::Apply,
            Verb::Start { image: None },
            Verb::Approve,
            Verb::Reject,
            Verb::Pause,
            Verb::Resume,
            Verb::Step,
            Verb::Promote(None),
            Verb::Rollback,
            Verb::Retire(None),
        ];
        let rules = policy()["spec"]["validations"].to_string();
        for verb in verbs {
            let name = verb.name();
            assert!(rules.matches(&format!("'{name}'")).count() >= 2, "{name}");
        }
    }

    #[test]
    fn the_policy_is_bound_and_has_a_revision_of_its_own() {
        let [policy, binding] = &objects(lease::NAMESPACE)[..] else { panic!("two objects") };
        assert_eq!(policy["metadata"]["name"], binding["spec"]["policyName"]);
        assert_eq!(policy["metadata"]["annotations"][REVISION_ANNOTATION], REVISION.to_string());
        assert_eq!(policy["spec"]["failurePolicy"], "Fail");
        assert_eq!(binding["spec"]["validationActions"], json!(["Deny"]));
        let controller = "'system:serviceaccount:serin-system:serin-controller'";
        assert!(policy.to_string().contains(controller));
    }

    #[test]
    fn an_entry_by_itself_has_the_name_that_serin_writes() {
        let itself = expressions(&policy(), "variables");
        let (_, itself) = itself.into_iter().find(|(name, _)| name == "itself").unwrap();
        assert!(itself.contains(&format!("'{}'", crate::history::ITSELF)), "{itself}");
        let rules = policy()["spec"]["validations"].to_string();
        assert!(rules.contains(&format!("history of {}", crate::KEPT)), "{rules}");
    }
}
