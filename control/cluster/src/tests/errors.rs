//! What each answer that is no success is taken for.

mod transport;

use rollout::drive::cluster::{ApplyOptions, Cluster, Error, Resource};
use serde_json::{Value, json};

use super::server::{Server, json as answer, text};
use super::{Test, failure, filter};

const OBJECT: &str = "EnvoyFilter shop/serin.shop.a";

/// What comes of applying the filter where this is answered; with the address of the server left out.
async fn applying(reply: Vec<u8>) -> (Error, String) {
    let server = Server::new(vec![reply]).await;
    let test = Test::impatient(&server);
    let how = ApplyOptions::default();
    let error = test.client.apply(&Resource::ENVOY_FILTER, &filter(), how).await.unwrap_err();
    let said = match error.help() {
        Some(help) => format!("{error} ({help})"),
        None => error.to_string(),
    };
    (error, said.replace(&server.url, "URL"))
}

/// Each failure of the API server is this error, and says that.
async fn are_told(cases: impl IntoIterator<Item = (Value, Error, &str)>) {
    for (status, error, text) in cases {
        let code = u16::try_from(status["code"].as_u64().unwrap()).unwrap();
        let (found, said) = applying(answer(code, &status)).await;
        assert_eq!(found, error, "{status}");
        assert!(said.contains(text), "{said}");
    }
}

fn object() -> String {
    OBJECT.to_owned()
}

fn refused(message: &str) -> Error {
    Error::Refused { object: object(), message: message.to_owned() }
}

#[tokio::test]
async fn what_is_not_there_is_told_apart() {
    let missing = |message: &str, details: Value| failure(404, "NotFound", message, &details);
    are_told([
        (
            missing("not found", json!({ "name": "serin.shop.a" })),
            Error::NotFound { object: object() },
            "there is no EnvoyFilter shop/serin.shop.a",
        ),
        (
            missing("not found", json!({ "name": "shop", "kind": "namespaces" })),
            Error::NotFound { object: "Namespace shop".to_owned() },
            "there is no Namespace shop",
        ),
        (
            missing("the server could not find the requested resource", json!({})),
            Error::KindMissing { resource: Resource::ENVOY_FILTER },
            "the cluster does not know the kind EnvoyFilter of networking.istio.io/v1alpha3 (check that Istio is installed",
        ),
    ])
    .await;
}

#[tokio::test]
async fn whoever_else_changed_or_manages_it_is_named() {
    let owned = |field: &str| {
        let message = "conflict with \"kubectl-edit\" using networking.istio.io/v1alpha3";
        json!({ "reason": "FieldManagerConflict", "message": message, "field": field })
    };
    let named = json!({ "name": "serin.shop.a" });
    let causes = json!({ "causes": [owned(".spec.priority"), owned(".spec.x")] });
    are_told([
        (
            failure(409, "Conflict", "the object has been modified", &named),
            Error::Conflict { object: object() },
            "EnvoyFilter shop/serin.shop.a was changed",
        ),
        (
            failure(409, "AlreadyExists", "already exists", &named),
            Error::Conflict { object: object() },
            "EnvoyFilter shop/serin.shop.a was changed",
        ),
        (
            failure(409, "Conflict", "Apply failed with 2 conflicts", &causes),
            Error::Owned {
                object: object(),
                manager: "kubectl-edit".to_owned(),
                fields: vec![".spec.priority".to_owned(), ".spec.x".to_owned()],
            },
            "`kubectl-edit` manages fields of EnvoyFilter shop/serin.shop.a: .spec.priority, .spec.x (remove them from",
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_is_refused_is_said_in_the_servers_own_words() {
    let causes = json!({ "name": "serin.shop.a", "causes": [
        { "reason": "FieldValueInvalid", "message": "Invalid value: 0", "field": "spec.priority" },
        { "reason": "FieldValueRequired", "message": "Required value", "field": "spec.match" },
    ] });
    let both = "EnvoyFilter \"serin.shop.a\" is invalid: [spec.priority: Invalid value: 0, spec.match: Required value]";
    let old = "The provided continue parameter is too old";
    let unknown = "unknown field \"spec.x\"";
    let schema = "failed to create typed patch object: .spec.x: field not declared in schema";
    let empty = "it answers with status 418 and says nothing";
    let unauthorized = Error::Unauthorized { message: "Unauthorized".to_owned() };
    let none = json!({});
    are_told([
        (
            failure(400, "BadRequest", unknown, &none),
            refused(unknown),
            "was refused: unknown field",
        ),
        (
            failure(401, "Unauthorized", "Unauthorized", &none),
            unauthorized,
            "the API server rejected your credentials: Unauthorized",
        ),
        (failure(410, "Expired", old, &none), refused(old), "was refused: The provided"),
        (
            failure(422, "Invalid", both, &causes),
            refused(both),
            "Invalid value: 0, spec.match: Required",
        ),
        (
            failure(500, "InternalError", schema, &none),
            refused(schema),
            "was refused: failed to create",
        ),
        (failure(418, "", "", &none), refused(empty), "was refused: it answers with status 418"),
    ])
    .await;
}

/// A namespace that is missing is no kind that is missing, also where the object has no name in the path.
#[tokio::test]
async fn an_object_that_is_made_in_no_namespace_is_told_so() {
    let details = json!({ "name": "shop", "kind": "namespaces" });
    let missing = failure(404, "NotFound", "namespaces \"shop\" not found", &details);
    let server = Server::new(vec![answer(404, &missing)]).await;
    let test = Test::impatient(&server);
    let how = ApplyOptions::default();
    let error = test.client.create(&Resource::ENVOY_FILTER, &filter(), how).await.unwrap_err();
    assert_eq!(error, Error::NotFound { object: "Namespace shop".to_owned() });
}

/// Whichever kind is missing, what brings it is named: Istio is to be blamed for its own alone.
#[tokio::test]
async fn a_kind_that_is_not_served_is_named_with_its_version() {
    let missing =
        failure(404, "NotFound", "the server could not find the requested resource", &json!({}));
    for reply in [answer(404, &missing), text(404, "text/plain", "404 page not found\n")] {
        for (resource, words) in [
            (Resource::CRD, "CustomResourceDefinition of apiextensions.k8s.io/v1"),
            (Resource::AUTOSCALER, "HorizontalPodAutoscaler of autoscaling/v2"),
            (Resource::WASM_PLUGIN, "WasmPlugin of extensions.istio.io/v1alpha1"),
        ] {
            let server = Server::new(vec![reply.clone()]).await;
            let test = Test::impatient(&server);
            let error = test.client.list(&resource, Some("shop"), "").await.unwrap_err();
            assert_eq!(error, Error::KindMissing { resource });
            assert_eq!(error.to_string(), format!("the cluster does not know the kind {words}"));
            let help = error.help().unwrap();
            assert_eq!(help.contains("Istio"), resource == Resource::WASM_PLUGIN, "{help}");
        }
    }
}

#[tokio::test]
async fn who_may_not_is_told_what_the_role_lacks() {
    let forbidden = failure(
        403,
        "Forbidden",
        "envoyfilters is forbidden: User \"bob\" cannot patch",
        &json!({}),
    );
    let (error, said) = applying(answer(403, &forbidden)).await;
    assert!(matches!(error, Error::Forbidden { verb: "patch", .. }), "{error:?}");
    assert_eq!(
        said,
        "you are not allowed to patch envoyfilters.networking.istio.io in the namespace shop (grant this rule in a Role: \
         `{apiGroups: [\"networking.istio.io\"], resources: [envoyfilters], verbs: [patch]}`)"
    );
    let webhook =
        "admission webhook \"validation.istio.io\" denied the request: configuration is invalid";
    let (error, _) = applying(answer(403, &failure(403, "", webhook, &json!({})))).await;
    assert_eq!(error, Error::Refused { object: OBJECT.to_owned(), message: webhook.to_owned() });
}

#[tokio::test]
async fn a_cluster_without_releases_is_told_to_install_them() {
    let missing =
        failure(404, "NotFound", "the server could not find the requested resource", &json!({}));
    let server =
        Server::new(vec![answer(404, &missing), text(404, "text/plain", "404 page not found\n")])
            .await;
    let test = Test::impatient(&server);
    let cluster: &dyn Cluster = &test.client;
    for _ in 0..2 {
        let error = cluster.release("shop", "reviews").await.unwrap_err();
        assert_eq!(error, Error::CrdMissing);
        assert_eq!(cluster.releases(None).await, Err(Error::CrdMissing));
    }
}
