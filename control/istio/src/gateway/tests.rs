//! What of a Gateway becomes virtual hosts.

use document::load::{self, Source};

use super::*;
use crate::object::roots;

fn gateway(servers: &str) -> Gateway {
    let text = format!(
        "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {{name: edge, namespace: gw}}\nspec:\n  \
         selector: {{istio: edge}}\n  servers:\n{servers}"
    );
    let (documents, _) = load::documents(&Source::new("gateway.yaml", text));
    let root = roots(&documents[0].node).remove(0);
    Gateway::read(&root, "default").unwrap()
}

fn domains(servers: &str, hosts: &[&str]) -> Vec<String> {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    gateway(servers).domains(&hosts, "shop")
}

fn server(protocol: &str, hosts: &str, tls: &str) -> String {
    format!("  - {{port: {{number: 80, name: a, protocol: {protocol}}}, hosts: {hosts}{tls}}}\n")
}

#[test]
fn a_virtual_host_has_the_narrower_name_of_both() {
    for (own, of_service, expected) in [
        ("['*']", &["*"][..], &["*"][..]),
        ("['*']", &["shop.example.com"], &["shop.example.com"]),
        ("[a.example.com, b.example.com]", &["*.example.com"], &["a.example.com", "b.example.com"]),
        ("['*.example.com']", &["*"], &["*.example.com"]),
        ("[A.example.com]", &["a.example.com"], &["a.example.com"]),
        ("['shop/*']", &["a.com"], &["a.com"]),
        ("['*/a.com']", &["a.com"], &["a.com"]),
        ("['./a.com']", &["a.com"], &[]),
        ("['other/a.com']", &["a.com"], &[]),
    ] {
        assert_eq!(domains(&server("HTTP", own, ""), of_service), expected, "{own}");
    }
}

#[test]
fn only_servers_that_read_http_route() {
    for (protocol, tls, expected) in [
        ("HTTP", "", Serves::Routes),
        ("http2", "", Serves::Routes),
        ("GRPC", "", Serves::Routes),
        ("HTTPS", ", tls: {mode: SIMPLE}", Serves::Routes),
        ("HTTPS", ", tls: {mode: PASSTHROUGH}", Serves::PassesThrough),
        ("TLS", ", tls: {mode: PASSTHROUGH}", Serves::PassesThrough),
        ("TLS", ", tls: {mode: SIMPLE}", Serves::Other("TLS".to_owned())),
        ("TCP", "", Serves::Other("TCP".to_owned())),
        ("HTTP", ", tls: {httpsRedirect: true}", Serves::Redirects),
    ] {
        let gateway = gateway(&server(protocol, "['*']", tls));
        assert_eq!(gateway.servers[0].serves, expected, "{protocol}{tls}");
    }
}

#[test]
fn why_there_is_no_virtual_host_is_said() {
    let hosts = ["shop.example.com".to_owned()];
    let passes = ", tls: {mode: PASSTHROUGH}";
    for (servers, expected) in [
        (server("TLS", "[shop.example.com]", passes), "TLS is passed through for them"),
        (server("TCP", "['*']", ""), "its server for them is for TCP"),
        (
            server("HTTP", "['./*']", ""),
            "it has them for VirtualServices of the namespace `gw` only",
        ),
        (server("HTTP", "[other.example.com]", ""), "it has `other.example.com`"),
        (String::new() + "    []\n", "it has none"),
    ] {
        assert_eq!(gateway(&servers).reason(&hosts, "shop"), expected, "{servers}");
    }
}

#[test]
fn labels_that_differ_are_those_of_other_pods() {
    let gateway = gateway("    []\n");
    let labels = |key: &str, value: &str| vec![(key.to_owned(), value.to_owned())];
    assert!(gateway.may_be_of(&labels("istio", "edge")));
    assert!(gateway.may_be_of(&labels("app", "x")));
    assert!(!gateway.may_be_of(&labels("istio", "ingressgateway")));
}
