//! What each verb sends.

use rollout::drive::cluster::{ApplyOptions, Cluster, Error, Object, Resource};
use serde_json::{Value, json};

use super::server::{Asked, Server, json as answer};
use super::{Test, failure, filter};

const HOW: ApplyOptions = ApplyOptions { force: false, dry_run: false };
const FORCED: ApplyOptions = ApplyOptions { force: true, dry_run: false };
const TRIED: ApplyOptions = ApplyOptions { force: false, dry_run: true };

const FILTERS: &str = "/apis/networking.istio.io/v1alpha3/namespaces/shop/envoyfilters";

/// What was asked of a server that answers with this, and what came of it.
async fn ask<T>(
    code: u16,
    body: &Value,
    question: impl AsyncFnOnce(&dyn Cluster) -> T,
) -> (Asked, T) {
    let server = Server::new(vec![answer(code, body)]).await;
    let test = Test::impatient(&server);
    let came = question(&test.client).await;
    let mut asked = server.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    (asked.remove(0), came)
}

fn deployment() -> Object {
    Object::from(json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "namespace": "shop", "name": "reviews-v2", "uid": "u-2", "resourceVersion": "9" },
    }))
}

#[tokio::test]
async fn items_that_are_no_list_are_not_taken_for_none() {
    for items in [serde_json::json!({}), serde_json::json!("a"), serde_json::json!(3)] {
        let answer = serde_json::json!({ "kind": "PodList", "items": items });
        let server = Server::new(vec![super::server::json(200, &answer)]).await;
        let test = Test::impatient(&server);
        let error = test.client.list(&Resource::POD, None, "").await.unwrap_err();
        assert!(error.to_string().ends_with("its answer is not a Kubernetes object"), "{error}");
    }
}

#[tokio::test]
async fn whoami_is_a_review_of_who_asks() {
    let review = json!({ "status": { "userInfo": { "username": "alice@example.com" } } });
    let (asked, name) = ask(201, &review, async |cluster| cluster.whoami().await).await;
    assert_eq!(name.as_deref(), Ok("alice@example.com"));
    assert_eq!(asked.line(), "POST /apis/authentication.k8s.io/v1/selfsubjectreviews");
    assert_eq!(asked.header("content-type"), "application/json");
    let expected = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview" });
    assert_eq!((asked.body, asked.query), (expected, vec![]));
}

#[tokio::test]
async fn get_reads_one_object_or_none() {
    let there = filter();
    let get = async |cluster: &dyn Cluster| {
        cluster.get(&Resource::ENVOY_FILTER, Some("shop"), "serin.shop.a").await
    };
    let (asked, found) = ask(200, there.value(), get).await;
    assert_eq!(asked.line(), format!("GET {FILTERS}/serin%2Eshop%2Ea"));
    assert_eq!((asked.query, found), (vec![], Ok(Some(there))));
    let missing = failure(404, "NotFound", "not found", &json!({ "name": "serin.shop.a" }));
    assert_eq!(ask(404, &missing, get).await.1, Ok(None));
    let of_cluster = async |cluster: &dyn Cluster| {
        cluster.get(&Resource::NAMESPACE, None, "../shop?x").await.map(drop)
    };
    let (asked, _) = ask(200, &json!({}), of_cluster).await;
    assert_eq!(asked.line(), "GET /api/v1/namespaces/%2E%2E%2Fshop%3Fx");
}

#[tokio::test]
async fn list_asks_for_labels_and_says_what_items_are() {
    let found = json!({ "kind": "PodList", "items": [{ "metadata": { "name": "a" } }] });
    for (namespace, selector, path, query) in [
        (Some("shop"), "", "/api/v1/namespaces/shop/pods", vec![]),
        (None, "a=b", "/api/v1/pods", vec!["labelSelector=a%3Db"]),
        (
            None,
            "app.kubernetes.io/managed-by!=serin",
            "/api/v1/pods",
            vec!["labelSelector=app.kubernetes.io%2Fmanaged-by%21%3Dserin"],
        ),
    ] {
        let list = async |cluster: &dyn Cluster| {
            cluster.list(&Resource::POD, namespace, selector).await.unwrap()
        };
        let (asked, pods) = ask(200, &found, list).await;
        assert_eq!(
            (asked.line(), asked.query.iter().map(String::as_str).collect()),
            (format!("GET {path}"), query)
        );
        let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" } });
        assert_eq!(pods, [Object::from(pod)]);
    }
    let empty = async |cluster: &dyn Cluster| cluster.list(&Resource::POD, None, "").await;
    assert_eq!(ask(200, &json!({ "items": null }), empty).await.1, Ok(vec![]));
}

/// The verbs that write an object whole: where to, and with which conditions.
#[tokio::test]
async fn create_replace_and_replace_status_send_the_object_as_it_was_read() {
    let object = filter();
    let manager = "fieldManager=serin".to_owned();
    for how in [HOW, TRIED] {
        let mut query = vec![manager.clone()];
        if how.dry_run {
            query.insert(0, "dryRun=All".to_owned());
        }
        let create = async |cluster: &dyn Cluster| {
            cluster.create(&Resource::ENVOY_FILTER, &object, how).await.unwrap()
        };
        let (asked, created) = ask(201, object.value(), create).await;
        assert_eq!((asked.line(), &asked.query), (format!("POST {FILTERS}"), &query));
        assert_eq!((&asked.body, &created), (object.value(), &object));
        let replace = async |cluster: &dyn Cluster| {
            cluster.replace(&Resource::ENVOY_FILTER, &object, how).await.unwrap()
        };
        let (asked, _) = ask(200, object.value(), replace).await;
        assert_eq!(
            (asked.line(), &asked.query),
            (format!("PUT {FILTERS}/serin%2Eshop%2Ea"), &query)
        );
        assert_eq!(asked.header("content-type"), "application/json");
        // Without it the API server would take it whatever the object is by now.
        assert_eq!(asked.body["metadata"]["resourceVersion"], "7");
    }
    let status = async |cluster: &dyn Cluster| {
        cluster.replace_status(&Resource::ENVOY_FILTER, &object).await.unwrap()
    };
    let (asked, _) = ask(200, object.value(), status).await;
    let line = format!("PUT {FILTERS}/serin%2Eshop%2Ea/status");
    assert_eq!((asked.line(), asked.query), (line, vec![manager]));
    assert_eq!(asked.body["metadata"]["resourceVersion"], "7");
}

#[tokio::test]
async fn apply_is_server_side_apply_with_strict_fields() {
    let object = filter();
    for (how, more) in [(HOW, None), (FORCED, Some("force=true")), (TRIED, Some("dryRun=All"))] {
        let apply = async |cluster: &dyn Cluster| {
            cluster.apply(&Resource::ENVOY_FILTER, &object, how).await.unwrap()
        };
        let (asked, _) = ask(200, object.value(), apply).await;
        assert_eq!(asked.line(), format!("PATCH {FILTERS}/serin%2Eshop%2Ea"));
        assert_eq!(asked.header("content-type"), "application/apply-patch+yaml");
        let mut query = vec!["fieldManager=serin", "fieldValidation=Strict"];
        query.extend(more);
        query.sort_unstable();
        assert_eq!(asked.query, query);
        assert_eq!(&asked.body, object.value());
    }
}

#[tokio::test]
async fn scale_changes_the_number_of_pods_and_nothing_else() {
    for how in [HOW, TRIED] {
        let scale = async |cluster: &dyn Cluster| {
            cluster.scale(&Resource::DEPLOYMENT, &deployment(), 3, how).await
        };
        let (asked, came) = ask(200, &json!({}), scale).await;
        assert_eq!(came, Ok(()));
        let line = "PATCH /apis/apps/v1/namespaces/shop/deployments/reviews%2Dv2/scale";
        assert_eq!(
            (asked.line().as_str(), asked.header("content-type")),
            (line, "application/merge-patch+json")
        );
        assert_eq!(asked.body, json!({ "spec": { "replicas": 3 } }));
        assert_eq!(asked.query.contains(&"dryRun=All".to_owned()), how.dry_run);
    }
}

#[tokio::test]
async fn delete_removes_the_object_that_was_read_and_no_other() {
    for (resource, object, policy) in [
        (Resource::ENVOY_FILTER, filter(), "Background"),
        // It is there as long as its pods are.
        (Resource::DEPLOYMENT, deployment(), "Foreground"),
    ] {
        for how in [HOW, TRIED] {
            let delete =
                async |cluster: &dyn Cluster| cluster.delete(&resource, &object, how).await;
            let (asked, came) =
                ask(200, &json!({ "kind": "Status", "status": "Success" }), delete).await;
            assert_eq!(came, Ok(()));
            assert!(asked.line().starts_with("DELETE /apis/"), "{}", asked.line());
            assert_eq!(asked.header("content-type"), "application/json");
            assert_eq!(asked.body["preconditions"], json!({ "uid": object.uid() }));
            assert_eq!(asked.body["propagationPolicy"], policy);
            assert_eq!(asked.body.get("dryRun"), how.dry_run.then_some(&json!(["All"])));
        }
    }
}

#[tokio::test]
async fn what_is_gone_already_is_removed_and_what_has_its_name_now_is_not() {
    let delete =
        async |cluster: &dyn Cluster| cluster.delete(&Resource::ENVOY_FILTER, &filter(), HOW).await;
    let gone = failure(404, "NotFound", "not found", &json!({ "name": "serin.shop.a" }));
    assert_eq!(ask(404, &gone, delete).await.1, Ok(()));
    let other = "Precondition failed: UID in precondition: u-1, UID in object meta: u-3";
    let other = failure(409, "Conflict", other, &json!({ "name": "serin.shop.a" }));
    let object = "EnvoyFilter shop/serin.shop.a".to_owned();
    assert_eq!(ask(409, &other, delete).await.1, Err(Error::Conflict { object }));
}

#[tokio::test]
async fn the_client_says_in_which_namespace_it_is() {
    let server = Server::new(vec![answer(200, &json!({}))]).await;
    assert_eq!(Cluster::namespace(&Test::impatient(&server).client), "shop");
    assert!(server.asked().is_empty());
}
