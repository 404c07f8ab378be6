//! What the team of a service has already: a VirtualService with options of all kinds, and a DestinationRule.

use crate::place::Place;
use crate::scene::{SHOP, Scene};

/// The rule that a request for this path meets has a rewrite, a time-out of 1 s and two retries.
pub(crate) const API: &str = "/api/list";
/// This one another service.
pub(crate) const AWAY: &str = "/ratings/1";
/// This one a redirect.
pub(crate) const MOVED: &str = "/old/1";
/// This one a rule without a name, which leaves the subset open.
pub(crate) const REST: &str = "/";

/// The Gateways: one that is attached, one that is not.
pub(crate) fn gateways(scene: &Scene) -> String {
    let ingress = scene.ingress();
    let gateway = |name: &str, app: &str, port: u16| {
        format!(
            "
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {{name: {name}, namespace: {ingress}}}
spec:
  selector: {{app: {app}, namespace: {ingress}}}
  servers:
  - port: {{number: {port}, name: http, protocol: HTTP}}
    hosts: [\"*\"]
---"
        )
    };
    let attached = gateway("web", "ingress", scene.gateway_port());
    attached + &gateway("other", "other", scene.other_gateway_port())
}

/// The team's file. Where `is_plain`, its rules have no options but a time-out and retries.
pub(crate) fn objects(scene: &Scene, place: Place, is_plain: bool) -> String {
    let namespace = &scene.namespace;
    let place = match place {
        Place::Sidecar => "hosts: [reviews]".to_owned(),
        Place::Gateway => {
            let ingress = scene.ingress();
            format!("hosts: [{SHOP}]\n  gateways: [{ingress}/web, {ingress}/other]")
        }
    };
    let options = if is_plain {
        ""
    } else {
        "
    rewrite: {uri: /}
    headers: {request: {add: {x-team: reviews}}}  # who is asked"
    };
    // One route of `cluster-header` serves all rules: they must agree.
    let rest = if is_plain {
        "
    timeout: 1s
    retries: {attempts: 2, perTryTimeout: 900ms, retryOn: 5xx}"
    } else {
        ""
    };
    format!(
        "\
# The team's own. Ask #reviews before you change it.
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: {namespace}
spec:
  {place}
  http:
  - name: away
    match: [{{uri: {{prefix: /ratings/}}}}]
    route: [{{destination: {{host: ratings}}}}]
  - name: moved
    match: [{{uri: {{prefix: /old/}}}}]
    redirect: {{uri: /new}}
  - name: api
    match:
    - uri: {{prefix: /api/}}
    - uri: {{exact: /api}}
      method: {{exact: GET}}
    timeout: 1s{options}
    retries: {{attempts: 2, perTryTimeout: 900ms, retryOn: 5xx}}
    route:
    - destination:
        host: reviews
        subset: v1
  # everything else
  - route:
    - destination: {{host: reviews}}{rest}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: reviews, namespace: {namespace}}}
spec:
  host: reviews
  trafficPolicy: {{connectionPool: {{http: {{maxRetries: 7}}}}}}
  subsets:
  - name: v1
    labels: {{version: v1}}
"
    )
}
