//! What changes nothing is known by the objects beside a Release, and only by those.

use document::load::{self, Source};
use policy::{Path, Problems};

use super::*;
use crate::host::CLUSTER_DOMAIN;

const SUBSETS: &str =
    "stable: v1, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]";

fn release(attach: &str) -> Policy {
    let text = format!(
        "apiVersion: serin.dev/v1alpha1\nkind: Release\nmetadata: {{name: cart, namespace: shop}}\n\
         spec: {{host: cart, port: 80, {SUBSETS}, attach: [{attach}]}}\n"
    );
    let (documents, _) = load::documents(&Source::new("release.yaml", text));
    let mut problems = Problems::default();
    policy::check(&documents[0].node, &Path::root(), &mut problems).unwrap().policy
}

fn gateway(hosts: &str) -> String {
    format!("{{gateway: {{namespace: istio-system, labels: {{istio: edge}}, hosts: {hosts}}}}}")
}

fn said(attach: &str, objects: &[String]) -> Vec<(String, String, String)> {
    let (documents, fault) = load::documents(&Source::new("objects.yaml", objects.join("---\n")));
    assert_eq!(fault, None);
    let mut around = Surroundings::default();
    around.add(&documents, "shop", CLUSTER_DOMAIN);
    lacking(&release(attach), &around, &Options::default())
        .into_iter()
        .map(|problem| {
            let place = problem.place.path.to_string();
            (place, problem.message, problem.help.unwrap_or_default())
        })
        .collect()
}

fn virtual_service(hosts: &str) -> String {
    format!(
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: web}}\nspec: {{gateways: [edge], \
         hosts: {hosts}, http: [{{route: [{{destination: {{host: cart}}}}]}}]}}\n"
    )
}

fn edge(selector: &str, servers: &str) -> String {
    format!(
        "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {{name: edge}}\nspec: {{selector: {{{selector}}}, \
         servers: [{servers}]}}\n"
    )
}

fn http(hosts: &str) -> String {
    edge(
        "istio: edge",
        &format!("{{port: {{number: 80, name: a, protocol: HTTP}}, hosts: {hosts}}}"),
    )
}

#[test]
fn a_host_is_that_of_a_virtual_host_or_is_told_which_are() {
    for (attached, of_service, of_gateway, right) in [
        ("[a.com]", "[a.com]", Some("['*']"), None),
        ("[a.com]", "['*']", Some("[a.com]"), None),
        ("['*']", "['*']", Some("['*']"), None),
        ("[a.com]", "['*']", None, None),
        ("['*.b.com']", "['*.b.com']", None, None),
        ("[a.b.com]", "['*.b.com']", None, None),
        ("[a.com]", "['*']", Some("['*']"), Some("\"*\"")),
        ("['*']", "[a.com]", Some("['*']"), Some("a.com")),
        ("['*']", "[a.com]", None, Some("a.com")),
        ("['*.b.com']", "[a.b.com]", None, Some("a.b.com")),
        ("['*.b.com']", "['*.b.com']", Some("[x.b.com, y.b.com]"), Some("x.b.com, y.b.com")),
        ("[a.b.com]", "['*']", Some("['*.b.com']"), Some("\"*.b.com\"")),
    ] {
        let mut objects = vec![virtual_service(of_service)];
        objects.extend(of_gateway.map(http));
        let found = said(&gateway(attached), &objects);
        let case = format!("{attached} {of_service} {of_gateway:?}: {found:?}");
        match right {
            None => assert!(found.is_empty(), "{case}"),
            Some(right) => {
                assert_eq!(found.len(), 1, "{case}");
                assert_eq!(found[0].0, "spec.attach[0].gateway.hosts[0]", "{case}");
                let help = format!("write `hosts: [{right}]`: istiod compares it as it is written");
                assert_eq!(found[0].2, help, "{case}");
            }
        }
    }
}

#[test]
fn a_gateway_that_does_not_route_the_host_is_named_with_the_reason() {
    let passes =
        "{port: {number: 443, name: a, protocol: TLS}, hosts: [a.com], tls: {mode: PASSTHROUGH}}";
    let tcp = "{port: {number: 443, name: a, protocol: TCP}, hosts: ['*']}";
    for (objects, reason) in [
        (
            edge("istio: edge", passes),
            "no HTTP server of the Gateway `shop/edge` has a.com: TLS is passed through for them",
        ),
        (
            edge("istio: edge", tcp),
            "no HTTP server of the Gateway `shop/edge` has a.com: its server for them is for TCP",
        ),
        (http("[b.com]"), "no HTTP server of the Gateway `shop/edge` has a.com: it has `b.com`"),
        (
            http("['other/*']"),
            "no HTTP server of the Gateway `shop/edge` has a.com: it has them for VirtualServices of the namespace `other` only",
        ),
        (edge("istio: inner", ""), "the Gateway `shop/edge` is for pods with istio=inner"),
    ] {
        let found = said(&gateway("[a.com]"), &[virtual_service("[a.com]"), objects]);
        let message = format!("no virtual host of the gateway has the domain `a.com`: {reason}");
        assert_eq!(found.iter().map(|found| &found.1).collect::<Vec<_>>(), [&message]);
    }
    // What is of no other service's says nothing.
    let other = virtual_service("[a.com]").replace("host: cart", "host: other");
    assert!(said(&gateway("[a.com]"), &[other, http("[b.com]")]).is_empty());
}

fn service(spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: cart, namespace: shop}}\nspec: {spec}\n"
    )
}

#[test]
fn the_service_has_the_port_and_speaks_http_there() {
    let sidecar = "{sidecar: {labels: {app: web}}}";
    for (spec, message) in [
        ("{ports: [{port: 80, name: http}]}", None),
        ("{ports: []}", None),
        (
            "{ports: [{port: 8080}, {port: 9090}]}",
            Some("the Service `shop/cart` has no port 80; it has 8080, 9090"),
        ),
        (
            "{ports: [{port: 80, name: tcp}]}",
            Some("port 80 of the Service `shop/cart` is for tcp: sidecars do not read it as HTTP"),
        ),
        (
            "{type: ExternalName, externalName: a.com}",
            Some(
                "the Service `shop/cart` is of type ExternalName: it has no pods that subsets could select",
            ),
        ),
    ] {
        let found = said(sidecar, &[service(spec)]);
        assert_eq!(found.first().map(|found| found.1.as_str()), message, "{spec}");
    }
    let found = said(sidecar, &[service("{ports: [{port: 8000, targetPort: 80}]}")]);
    assert_eq!(found[0].2, "write `port: 8000`: 80 is the port of its pods");
    // At a gateway the Gateway's server says the protocol.
    assert!(said(&gateway("[a.com]"), &[service("{ports: [{port: 80, name: tcp}]}")]).is_empty());
}

#[test]
fn the_pods_of_a_subset_are_endpoints_of_the_service() {
    let sidecar = "{sidecar: {labels: {app: web}}}";
    for selector in ["{app: cart}", "{}", "{app: cart, tier: front}"] {
        assert!(said(sidecar, &[service(&format!("{{selector: {selector}}}"))]).is_empty());
    }
    let found =
        said(sidecar, &[service("{selector: {app: cart, version: v1}, ports: [{port: 81}]}")]);
    let messages: Vec<&str> = found.iter().map(|found| found.1.as_str()).collect();
    assert_eq!(
        messages,
        [
            "no pod of `v2` is an endpoint of the Service `shop/cart`: its selector asks for version=v1, found version=v2",
            "the Service `shop/cart` has no port 80; it has 81",
        ]
    );
}

#[test]
fn callers_see_the_service() {
    let own = service("{}").replace(
        "namespace: shop",
        "namespace: shop, annotations: {networking.istio.io/exportTo: '.'}",
    );
    let sidecar =
        |namespace: &str| format!("{{sidecar: {{namespace: {namespace}, labels: {{app: web}}}}}}");
    assert!(said(&sidecar("shop"), std::slice::from_ref(&own)).is_empty());
    assert_eq!(
        said(&sidecar("front"), &[own])[0].1,
        "sidecars of `front` do not see the Service `shop/cart`: it is exported to ."
    );
    let resource = |namespace: &str, selector: &str, hosts: &str| {
        format!(
            "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {{name: own, namespace: {namespace}}}\n\
             spec: {{{selector}egress: [{{hosts: {hosts}}}]}}\n"
        )
    };
    let labelled = |labels: &str| format!("workloadSelector: {{labels: {{{labels}}}}}, ");
    for (sidecars, is_hidden) in [
        (vec![resource("front", "", "['./*']")], true),
        (vec![resource("front", "", "['./*', 'shop/*']")], false),
        (vec![resource("other", "", "['./*']")], false),
        (vec![resource("istio-system", "", "['./*']")], true),
        (vec![resource("istio-system", "", "['./*']"), resource("front", "", "['*/*']")], false),
        (vec![resource("front", &labelled("app: web"), "['./*']")], true),
        (vec![resource("front", &labelled("app: other"), "['./*']")], false),
        // Only some of the pods go by it.
        (vec![resource("front", &labelled("version: v1"), "['./*']")], false),
    ] {
        let found = said(&sidecar("front"), &sidecars);
        assert_eq!(!found.is_empty(), is_hidden, "{sidecars:?} {found:?}");
    }
}

#[test]
fn sidecars_go_by_one_virtual_service_of_a_host() {
    let service = |name: &str, more: &str| {
        format!(
            "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: {name}}}\n\
             spec: {{hosts: [cart], {more}http: [{{route: [{{destination: {{host: cart}}}}]}}]}}\n"
        )
    };
    let sidecar = "{sidecar: {labels: {app: web}}}";
    let [a, b] = ["a", "b"].map(|name| service(name, ""));
    assert!(said(sidecar, std::slice::from_ref(&a)).is_empty());
    let found = said(sidecar, &[a.clone(), b.clone()]);
    assert_eq!(
        found[0].1,
        "VirtualService shop/a and VirtualService shop/b are for cart.shop.svc.cluster.local in the mesh: Istio uses only \
         the oldest of them (IST0109)"
    );
    assert!(said(&gateway("[a.com]"), &[a.clone(), b]).is_empty());
    // Those of gateways are merged, and one may be for other namespaces.
    assert!(said(sidecar, &[a.clone(), service("b", "gateways: [edge], ")]).is_empty());
    assert!(said(sidecar, &[a, service("b", "exportTo: [other], ")]).is_empty());
}
