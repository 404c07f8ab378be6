//! Regexes where engines differ: Envoy's own routes (RE2, `safe_regex`) and Serin's automata say the same of every
//! value of tests/data/regex/envoy.yaml.

use std::net::SocketAddr;

use document::load::{self, Source};
use envoy::proxy::{Client, Envoy};
use hyper::http::{HeaderValue, Request, StatusCode};
use policy::Node;
use policy::regex::{Automaton, Case, Pattern};
use serde_json::{Value, json};

use crate::check::program::root;
use crate::envoy::stage::PATIENCE;
use crate::envoy::{binary, wait};

struct Example {
    pattern: String,
    value: Vec<u8>,
    matches: bool,
}

#[track_caller]
fn examples() -> Vec<Example> {
    let source = Source::read(root().join("data/regex/envoy.yaml").to_str().unwrap()).unwrap();
    let (documents, fault) = load::documents(&source);
    assert_eq!(fault, None);
    let Node::List(list) = &documents[0].node else { panic!("expected a list") };
    let examples: Vec<_> = list.iter().map(read).collect();
    assert!(examples.len() > 90, "{}", examples.len());
    examples
}

fn read(node: &Node) -> Example {
    let (Some(Node::String(pattern)), Some(Node::String(value)), Some(Node::Bool(matches))) =
        (node.get("pattern"), node.get("value"), node.get("matches"))
    else {
        panic!("expected `{{pattern, value, matches}}`, found {node:?}")
    };
    let value = value.chars().map(|c| u8::try_from(c).unwrap()).collect();
    Example { pattern: pattern.clone(), value, matches: *matches }
}

#[test]
fn serin_matches_what_the_table_says() {
    for Example { pattern, value, matches } in examples() {
        let parsed = Pattern::parse(&pattern, Case::Sensitive)
            .unwrap_or_else(|error| panic!("`{pattern}`: {error}"));
        let automaton = Automaton::compile(&parsed).unwrap();
        assert_eq!(automaton.is_match(&value), matches, "`{pattern}` on {}", value.escape_ascii());
    }
}

#[test]
fn envoy_matches_what_the_table_says() {
    let examples = examples();
    let folder = tempfile::tempdir().unwrap();
    wait(async {
        let mut envoy =
            Envoy::start(&binary(), &bootstrap(&examples).to_string(), folder.path()).unwrap();
        let admin = envoy.wait_ready(PATIENCE).await.unwrap_or_else(|error| panic!("{error:#}"));
        let address = admin.listeners().await.unwrap()["dialect"];
        let mut wrong = Vec::new();
        for (number, example) in examples.iter().enumerate() {
            let found = ask(address, number, example).await;
            let expected = if example.matches { StatusCode::OK } else { StatusCode::NOT_FOUND };
            if found != expected {
                wrong.push(format!(
                    "`{}` on {}: {found}",
                    example.pattern,
                    example.value.escape_ascii()
                ));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}

async fn ask(address: SocketAddr, number: usize, example: &Example) -> StatusCode {
    let mut request = Request::new(());
    let headers = request.headers_mut();
    headers.insert("host", HeaderValue::from_static("dialect"));
    headers.insert("x-example", HeaderValue::from(number));
    headers.insert("x-value", HeaderValue::from_bytes(&example.value).unwrap());
    Client::connect(address).await.unwrap().send(&request).await.unwrap().status
}

/// An Envoy that answers 200 where the pattern of the example that a request names matches its value, else 404.
fn bootstrap(examples: &[Example]) -> Value {
    let route = |(number, example): (usize, &Example)| {
        let number = number.to_string();
        json!({
            "match": {"prefix": "/", "headers": [
                {"name": "x-example", "string_match": {"exact": number}},
                {"name": "x-value", "string_match": {"safe_regex": {"regex": example.pattern}}},
            ]},
            "direct_response": {"status": 200},
        })
    };
    let mut routes: Vec<Value> = examples.iter().enumerate().map(route).collect();
    routes.push(json!({"match": {"prefix": "/"}, "direct_response": {"status": 404}}));
    let manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "dialect",
        "http_filters": [{
            "name": "envoy.filters.http.router",
            "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
        }],
        "route_config": {"virtual_hosts": [{"name": "dialect", "domains": ["*"], "routes": routes}]},
    });
    json!({"static_resources": {"listeners": [{
        "name": "dialect",
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
        "filter_chains": [{"filters": [{
            "name": "envoy.filters.network.http_connection_manager", "typed_config": manager,
        }]}],
    }]}})
}
