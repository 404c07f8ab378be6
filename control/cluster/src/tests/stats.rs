//! What proxies count, asked from outside of the cluster and from inside.

use rollout::drive::cluster::{Cluster, Error, Object};
use serde_json::json;

use super::server::{Server, json as answer, text};
use super::{Test, failure};
use crate::stats::read;

const PAGE: &str = "# TYPE a counter\na 1\n";

fn pod(address: &str) -> Object {
    Object::from(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "namespace": "shop", "name": "productpage-1" },
        "status": { "podIP": address },
    }))
}

#[tokio::test]
async fn from_outside_the_api_server_asks_the_pod() {
    let server = Server::new(vec![text(200, "text/plain", PAGE)]).await;
    let test = Test::impatient(&server);
    let read = test.client.stats(&pod("10.0.0.1"), "serin_|endpoint").await;
    assert_eq!(read.as_deref(), Ok(PAGE));
    let asked = server.asked().remove(0);
    let path = "/api/v1/namespaces/shop/pods/productpage%2D1:15090/proxy/stats/prometheus";
    assert_eq!(asked.line(), format!("GET {path}"));
    assert_eq!(asked.query, ["filter=serin%5F%7Cendpoint", "usedonly"]);
}

#[tokio::test]
async fn who_may_not_is_told_the_right() {
    let no = answer(403, &failure(403, "Forbidden", "pods is forbidden", &json!({})));
    let server = Server::new(vec![no]).await;
    let test = Test::impatient(&server);
    let error = test.client.stats(&pod("10.0.0.1"), "a").await.unwrap_err();
    assert!(matches!(&error, Error::Forbidden { .. }), "{error:?}");
    let (said, help) = (error.to_string(), error.help().unwrap());
    assert_eq!(said, "you are not allowed to get pods/proxy in the namespace shop");
    assert!(help.contains("resources: [pods/proxy], verbs: [get]"), "{help}");
}

#[tokio::test]
async fn from_inside_the_pod_itself_is_asked() {
    for (code, page, expected) in [
        (200, PAGE, Ok(PAGE.to_owned())),
        (503, "no", Err("status 503 Service Unavailable".to_owned())),
    ] {
        let server = Server::new(vec![text(code, "text/plain", page)]).await;
        let address = server.url.trim_start_matches("http://").parse().unwrap();
        assert_eq!(read(address, "/stats/prometheus?usedonly").await, expected);
        assert_eq!(server.asked().remove(0).line(), "GET /stats/prometheus");
    }
    let test = Test::impatient(&Server::new(vec![text(200, "text/plain", PAGE)]).await);
    let inside = crate::Client { is_inside: true, ..test.client };
    let error = inside.stats(&pod(""), "a").await.unwrap_err().to_string();
    assert_eq!(error, "productpage-1.shop:15090: it has no address");
}
