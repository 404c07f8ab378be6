//! What each answer that is no success is taken for.

use std::time::Duration;

use rollout::drive::cluster::{ApplyOptions, Cluster, Error, Resource};
use serde_json::{Value, json};

use super::server::{Server, json as answer, text, with};
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
async fn what_passes_is_an_outage() {
    let busy = "Too many requests, please try again later.";
    let unavailable = failure(503, "ServiceUnavailable", "starting up", &json!({}));
    let webhook = "Internal error occurred: failed calling webhook \"validation.istio.io\": connection refused";
    let webhook = failure(500, "InternalError", webhook, &json!({}));
    let leader = failure(500, "", "etcdserver: leader changed", &json!({}));
    let broken = failure(500, "InternalError", "it is broken", &json!({}));
    for (reply, said) in [
        // As the API server says it when it is overloaded: in plain words.
        (
            with(
                429,
                &format!(
                    "retry-after: 1\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n",
                    busy.len()
                ),
                busy,
            ),
            "the API server is unavailable: Too many requests, please try again later. (try again later)",
        ),
        (
            answer(
                429,
                &failure(429, "TooManyRequests", "too many", &json!({ "retryAfterSeconds": 1 })),
            ),
            "the API server is unavailable: too many (try again later)",
        ),
        (answer(503, &unavailable), "the API server is unavailable: starting up (try again later)"),
        (answer(500, &webhook), "a webhook of the API server does not answer: Internal error"),
        (
            answer(500, &leader),
            "the API server is unavailable: etcdserver: leader changed (try again later)",
        ),
        (answer(500, &broken), "the API server is unavailable: it is broken (try again later)"),
        (
            answer(503, &failure(503, "ServiceUnavailable", "", &json!({}))),
            "the API server is unavailable: ServiceUnavailable (try again later)",
        ),
        (
            text(503, "text/plain", ""),
            "the API server is unavailable: it answers with status 503 and says nothing (try again later)",
        ),
        (
            text(502, "text/plain", "no healthy upstream"),
            "the API server is unavailable: no healthy upstream (try again later)",
        ),
        (
            text(504, "application/json", r#"{"message": "upstream timed out"}"#),
            "the API server is unavailable: upstream timed out (try again later)",
        ),
        (
            text(500, "application/json", "{}"),
            "the API server is unavailable: it answers with status 500 and says nothing (try again later)",
        ),
        (
            text(599, "application/json", r#"{"kind": "Status", "message": "odd"}"#),
            "the API server is unavailable: odd (try again later)",
        ),
    ] {
        let (error, found) = applying(reply).await;
        assert!(error.is_passing(), "{error:?}");
        assert!(found.starts_with(said), "{found}");
    }
}

/// More than an answer may have, in chunks, and no end.
fn endless() -> Vec<u8> {
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 20, "[".repeat(1 << 20));
    let headers = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
    with(200, headers, &chunk.repeat(65))
}

#[tokio::test]
async fn what_is_no_api_server_is_told_from_an_outage() {
    let page = "<html><head><title>502 Bad Gateway</title></head></html>";
    for (reply, said) in [
        (
            text(500, "text/html", page),
            "it answers with a web page (status 500, titled \"502 Bad Gateway\")",
        ),
        (
            text(403, "text/html", "<!doctype html><p>Log in"),
            "it answers with a web page (status 403)",
        ),
        (text(200, "text/html", page), "its answer is not JSON"),
        (text(200, "text/plain", "hello"), "its answer is not JSON"),
        (endless(), "its answer is larger than 64 MiB"),
        (text(200, "application/json", "[5]"), "its answer is not a Kubernetes object"),
        (
            text(200, "application/json", r#"{"hello": "world"}"#),
            "its answer is not a Kubernetes object",
        ),
        (
            text(404, "application/json", r#"{"message": "no route"}"#),
            "its answer is not a Kubernetes object",
        ),
        (b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), "it does not speak HTTP"),
    ] {
        let (error, found) = applying(reply).await;
        assert!(matches!(error, Error::WrongServer { .. }), "{error:?}");
        let begin = format!(
            "the server at URL (context `shop`) is not a Kubernetes API server: {said} (a proxy, "
        );
        assert!(found.starts_with(&begin), "{found}");
    }
    let plain = text(400, "text/plain", "Client sent an HTTP request to an HTTPS server.\n");
    let (error, found) = applying(plain).await;
    assert!(matches!(error, Error::WrongServer { .. }), "{error:?}");
    assert!(found.starts_with("URL (context `shop`) expects TLS (write `https://`"), "{found}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_an_outage() {
    let body = json!({ "metadata": { "name": "serin.shop.a" } }).to_string();
    let half = &body[..body.len() / 2];
    let length = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    let chunked = "content-type: application/json\r\ntransfer-encoding: chunked\r\n";
    for reply in [
        with(200, &length, half),
        with(200, chunked, &format!("{:x}\r\n{half}\r\n", half.len())),
        with(500, &length, half),
        b"HTTP/1.1 200 OK\r\ncontent-le".to_vec(),
        Vec::new(),
    ] {
        let shown = String::from_utf8_lossy(&reply).into_owned();
        let (error, said) = applying(reply).await;
        assert!(error.is_passing(), "{shown}: {error:?}");
        assert!(
            said.starts_with("the API server at URL (context `shop`) does not answer: "),
            "{shown}: {said}"
        );
    }
}

#[tokio::test]
async fn a_port_that_unauthorized_listens_at_is_named() {
    let server = Server::new(vec![Vec::new()]).await;
    let url = server.url.clone();
    drop(server);
    // Once the task has ended the port is closed.
    tokio::task::yield_now().await;
    let test = Test::new(&url, Duration::from_mins(1), Some(Duration::from_secs(30)));
    let error = test.client.get(&Resource::POD, Some("shop"), "a").await.unwrap_err();
    assert!(error.is_passing());
    let said =
        format!("the API server at {url} (context `shop`) does not answer: connection refused");
    assert_eq!(error.to_string(), said);
    assert!(
        error.help().unwrap().starts_with("check that the cluster is running"),
        "{:?}",
        error.help()
    );
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
