//! What the API server's refusals mean.

use kube::core::Status;
use rollout::drive::cluster::{Error, Resource, title};

use super::Subject;

/// What the refusal of a request means.
pub(super) fn error(status: &Status, subject: &Subject<'_>) -> Error {
    let object = subject.title();
    let message = words(status);
    match (status.code, status.reason.as_str()) {
        // It would say the same again.
        (500.., _) if is_final(&message) => Error::Refused { object, message },
        (401, _) => Error::Unauthorized { message },
        (403, _) if is_judged(&message) => Error::Refused { object, message },
        (403, _) if is_ending(status) => Error::Refused { object, message },
        (403, _) => forbidden(subject),
        (404, _) if is_kind(status) => Error::KindMissing { resource: *subject.resource },
        (404, _) => Error::NotFound { object: absent(status).unwrap_or(object) },
        (409, _) => owned(status, &object).unwrap_or(Error::Conflict { object }),
        (500, _) if message.contains("failed calling webhook") => Error::WebhookDown { message },
        (429 | 500.., _) => Error::Unreachable {
            what: format!("the API server is unavailable: {message}"),
            help: "try again later".to_owned(),
        },
        _ => Error::Refused { object, message },
    }
}

/// The server's own words, or what else it says.
fn words(status: &Status) -> String {
    // A reason is one word, such as `ServiceUnavailable`.
    let reason = if status.reason.contains(' ') { "" } else { &status.reason };
    match [status.message.trim(), reason].into_iter().find(|words| !words.is_empty()) {
        Some(words) => words.to_owned(),
        None => format!("it answers with status {} and says nothing", status.code),
    }
}

/// Whether a webhook or a policy refuses what was written: no rule of RBAC would change that.
fn is_judged(message: &str) -> bool {
    let is_policy =
        message.contains("ValidatingAdmissionPolicy '") && message.contains("' denied request: ");
    message.contains("admission webhook") || is_policy
}

/// Whether the namespace is being deleted, in which nothing can be created: no rule of RBAC would change that.
fn is_ending(status: &Status) -> bool {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    causes.into_iter().any(|cause| cause.reason == "NamespaceTerminating")
}

/// Whether it is about the object, for which the API server has a code of its own failures.
fn is_final(message: &str) -> bool {
    let is_denied = message.contains("admission webhook") && message.contains("denied the request");
    let is_undeclared = message.contains("failed to create typed patch object")
        || message.contains("field not declared in schema");
    is_denied || is_undeclared
}

/// The namespace, if that is what is missing.
fn absent(status: &Status) -> Option<String> {
    let details = status.details.as_ref().filter(|details| details.kind == "namespaces")?;
    Some(title("Namespace", None, Some(&details.name)))
}

/// Whether the kind is missing, not an object: the answer names none.
fn is_kind(status: &Status) -> bool {
    status.details.as_ref().is_none_or(|details| details.name.is_empty())
}

/// The error for a missing right, with the RBAC rule that grants it.
pub(super) fn forbidden(subject: &Subject<'_>) -> Error {
    let Resource { group, plural, .. } = subject.resource;
    let plural = match subject.part {
        Some(part) => format!("{plural}/{part}"),
        None => (*plural).to_owned(),
    };
    let resource = if group.is_empty() { plural.clone() } else { format!("{plural}.{group}") };
    let kind = if subject.namespace.is_some() { "Role" } else { "ClusterRole" };
    let help = format!(
        "grant this rule in a {kind}: `{{apiGroups: [\"{group}\"], resources: [{plural}], verbs: [{}]}}`",
        subject.verb
    );
    let namespace = subject.namespace.map(str::to_owned);
    Error::Forbidden { verb: subject.verb, resource, namespace, help }
}

/// A conflict of server-side apply: its causes name the manager in their texts, and the fields.
fn owned(status: &Status, object: &str) -> Option<Error> {
    let causes = &status.details.as_ref()?.causes;
    let causes: Vec<_> =
        causes.iter().filter(|cause| cause.reason == "FieldManagerConflict").collect();
    let first = causes.first()?;
    // `conflict with "kubectl-edit" using networking.istio.io/v1`
    let manager = first.message.split('"').nth(1).unwrap_or(&first.message).to_owned();
    let fields = causes.iter().map(|cause| cause.field.clone()).collect();
    Some(Error::Owned { object: object.to_owned(), manager, fields })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(status: Value, name: Option<&str>) -> Error {
        let status: Status = serde_json::from_value(status).unwrap();
        let subject = Subject {
            verb: "patch",
            resource: &Resource::ENVOY_FILTER,
            part: None,
            namespace: Some("shop"),
            name,
        };
        error(&status, &subject)
    }

    #[test]
    fn a_field_of_another_manager_is_named_with_the_manager() {
        // As kube-apiserver 1.36 answers a server-side apply.
        let status = json!({
            "code": 409, "reason": "Conflict",
            "message": "Apply failed with 1 conflict: conflict with \"kubectl-edit\" using networking.istio.io/v1alpha3: .spec.priority",
            "details": { "causes": [{
                "reason": "FieldManagerConflict",
                "message": "conflict with \"kubectl-edit\" using networking.istio.io/v1alpha3",
                "field": ".spec.priority",
            }] },
        });
        assert_eq!(
            of(status, Some("a")),
            Error::Owned {
                object: "EnvoyFilter shop/a".to_owned(),
                manager: "kubectl-edit".to_owned(),
                fields: vec![".spec.priority".to_owned()],
            }
        );
        let changed =
            json!({ "code": 409, "reason": "Conflict", "message": "the object has been modified" });
        assert_eq!(
            of(changed, Some("a")),
            Error::Conflict { object: "EnvoyFilter shop/a".to_owned() }
        );
    }

    #[test]
    fn who_may_not_is_told_the_rule() {
        let error = of(json!({ "code": 403, "reason": "Forbidden", "message": "…" }), Some("a"));
        assert_eq!(
            error.to_string(),
            "you are not allowed to patch envoyfilters.networking.istio.io in the namespace shop"
        );
        assert_eq!(
            error.help().unwrap(),
            "grant this rule in a Role: `{apiGroups: [\"networking.istio.io\"], resources: [envoyfilters], verbs: [patch]}`"
        );
    }

    #[test]
    fn a_policy_that_refuses_has_its_own_words() {
        // As kube-apiserver 1.36 answers.
        let words = "releases.serin.dev \"reviews\" is forbidden: ValidatingAdmissionPolicy 'serin-releases' with \
                     binding 'serin-releases' denied request: carol lacks the verb `approve` on releases.serin.dev in \
                     the namespace bookinfo";
        let status = json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403, "reason": "Forbidden",
            "message": words,
            "details": { "name": "reviews", "group": "serin.dev", "kind": "releases" },
        });
        let refused = of(status, Some("reviews"));
        assert!(
            matches!(&refused, Error::Refused { message, .. } if message == words),
            "{refused:?}"
        );
        assert!(refused.to_string().contains("carol lacks the verb `approve`"), "{refused}");
        // A namespace that is being deleted takes nothing new, whatever the rights.
        let ending = json!({
            "code": 403, "reason": "Forbidden", "message": "events \"a\" is forbidden: unable to create new content",
            "details": { "causes": [{ "reason": "NamespaceTerminating", "message": "namespace shop is being terminated" }] },
        });
        assert!(matches!(of(ending, Some("a")), Error::Refused { .. }));
        // One that is said of a right, whatever the object is called.
        let name = "ValidatingAdmissionPolicy 'a'";
        let right = json!({ "code": 403, "reason": "Forbidden", "message": format!("you cannot patch {name}") });
        assert!(matches!(of(right, Some("a")), Error::Forbidden { .. }));
    }

    #[test]
    fn a_kind_that_is_missing_is_told_from_an_object() {
        let object = json!({ "code": 404, "reason": "NotFound", "details": { "name": "a" } });
        assert_eq!(
            of(object, Some("a")),
            Error::NotFound { object: "EnvoyFilter shop/a".to_owned() }
        );
        let namespace = json!({
            "code": 404, "reason": "NotFound", "details": { "name": "shop", "kind": "namespaces" },
        });
        assert_eq!(
            of(namespace, Some("a")),
            Error::NotFound { object: "Namespace shop".to_owned() }
        );
        let kind = json!({ "code": 404, "reason": "NotFound", "message": "the server could not find the requested resource", "details": {} });
        assert_eq!(
            of(kind.clone(), Some("a")),
            Error::KindMissing { resource: Resource::ENVOY_FILTER }
        );
        assert_eq!(of(kind, None), Error::KindMissing { resource: Resource::ENVOY_FILTER });
    }

    #[test]
    fn what_passes_is_told_from_what_does_not() {
        let status = |code: u16, message: &str| json!({ "code": code, "message": message });
        for passing in [
            status(503, "starting"),
            status(429, "too many"),
            status(
                500,
                "Internal error occurred: failed calling webhook \"validation.istio.io\": connection refused",
            ),
            status(500, "etcdserver: leader changed"),
            status(500, "it is broken"),
            status(500, ""),
            status(599, "?"),
        ] {
            assert!(of(passing.clone(), Some("a")).is_passing(), "{passing}");
        }
        for lasting in [
            status(422, "spec.priority: Invalid value"),
            status(500, "admission webhook \"validation.istio.io\" denied the request"),
            status(500, "failed to create typed patch object: field not declared in schema"),
            status(403, "admission webhook \"validation.istio.io\" denied the request"),
            status(400, "admission webhook \"validation.istio.io\" denied the request: bad"),
        ] {
            assert!(matches!(of(lasting.clone(), Some("a")), Error::Refused { .. }), "{lasting}");
        }
    }
}
