//! Where routes switch a filter on, and whether they heed what it decides.

use serde::Serialize;
use serde_json::Value;

use super::configuration::{Configuration, Decision};
use super::dump::Host;

/// Where a filter is switched on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Switched {
    /// In how many routes.
    pub routes: usize,
    /// The virtual hosts of these routes.
    pub hosts: Vec<String>,
    /// Those of them in which no route asks what was decided: there it changes nothing.
    pub heedless: Vec<String>,
    /// The virtual hosts with routes to the service of the Release, none of which is among these.
    pub unswitched: Vec<String>,
}

impl Switched {
    /// What virtual hosts say about the filter `name`. If it `is_always_on`, those count that ask what it decided.
    pub(super) fn read(
        name: &str,
        is_always_on: bool,
        configuration: Option<&Configuration>,
        hosts: &[Host],
    ) -> Self {
        let decision = configuration.and_then(Configuration::decision);
        let decision = decision.as_ref();
        let mut switched = Self::default();
        for host in hosts {
            let heeds = decision.map(|decision| heeds(host.body, decision));
            let routes = match switched_on(name, *host) {
                0 if is_always_on && heeds == Some(true) => routes(*host).len(),
                0 => {
                    if configuration.is_some_and(|configuration| leads(host.body, configuration)) {
                        add(
                            &mut switched.unswitched,
                            host.body["name"].as_str().unwrap_or_default(),
                        );
                    }
                    continue;
                }
                routes => routes,
            };
            switched.routes += routes;
            let name = host.body["name"].as_str().unwrap_or_default();
            add(&mut switched.hosts, name);
            if heeds == Some(false) {
                add(&mut switched.heedless, name);
            }
        }
        switched
    }
}

/// A virtual host may be in several tables.
fn add(names: &mut Vec<String>, name: &str) {
    if names.iter().all(|known| known != name) {
        names.push(name.to_owned());
    }
}

fn routes(host: Host<'_>) -> &[Value] {
    host.body["routes"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// How many routes of the host have the filter `name` on because they, or what is around them, say so.
fn switched_on(name: &str, host: Host) -> usize {
    let is_on = |route: &&Value| {
        // The innermost that says something counts.
        let said = [route, host.body].map(|inner| &inner["typed_per_filter_config"]);
        let said = said.into_iter().chain([host.filters]).find_map(|filters| filters.get(name));
        said.is_some_and(|said| said["disabled"] != true)
    };
    routes(host).iter().filter(is_on).count()
}

/// Whether some route of the host leads to the service.
fn leads(host: &Value, configuration: &Configuration) -> bool {
    any(&host["routes"], &mut |_, value| configuration.is_of_service(value))
}

/// Whether some route of the host depends on the decision.
fn heeds(host: &Value, decision: &Decision) -> bool {
    let mentions = |text: &str| any(host, &mut |_, value| value == text);
    match decision {
        Decision::FilterState(key) => mentions(key),
        Decision::Header(name, values) => {
            any(host, &mut |key, value| key == "cluster_header" && value == *name)
                || mentions(name) && values.iter().any(|value| mentions(value))
        }
    }
}

/// Whether some text in `value` is `sought`, given with its key.
fn any(value: &Value, sought: &mut impl FnMut(&str, &str) -> bool) -> bool {
    fn below(key: &str, value: &Value, sought: &mut impl FnMut(&str, &str) -> bool) -> bool {
        match value {
            Value::String(text) => sought(key, text),
            Value::Array(list) => list.iter().any(|value| below(key, value, sought)),
            Value::Object(map) => map.iter().any(|(key, value)| below(key, value, sought)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    below("", value, sought)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NAME: &str = "bookinfo/serin.reviews";

    fn read(is_always_on: bool, decision: &Decision, body: &Value) -> (usize, usize, usize) {
        let none = Value::Null;
        let hosts = [Host { filters: &none, body }];
        let configuration = configuration(decision);
        let switched = Switched::read(NAME, is_always_on, Some(&configuration), &hosts);
        (switched.routes, switched.hosts.len(), switched.heedless.len())
    }

    /// One whose decisions are told like this.
    fn configuration(decision: &Decision) -> Configuration {
        let carrier = match decision {
            Decision::FilterState(_) => json!("filterState"),
            Decision::Header(name, values) => {
                let values: serde_json::Map<String, Value> = values
                    .iter()
                    .enumerate()
                    .map(|(position, value)| (format!("v{position}"), json!(value)))
                    .collect();
                json!({ "header": { "name": name, "values": values } })
            }
        };
        let release = json!({
            "kind": "Release",
            "metadata": { "namespace": "bookinfo", "name": "reviews" },
            "spec": { "host": "reviews", "port": 9080 },
        });
        let text = json!({ "carrier": carrier, "release": release }).to_string();
        Configuration::read(&json!({ "config": { "configuration": { "value": text } } }))
    }

    #[test]
    fn a_host_that_leads_to_the_service_and_is_not_switched_is_named() {
        let host = |name: &str, cluster: &str, filters: &Value| {
            let route =
                json!({ "route": { "cluster": cluster }, "typed_per_filter_config": filters });
            json!({ "name": name, "routes": [route] })
        };
        let none = json!({});
        let of = |host: &str| format!("outbound|9080|v1|{host}");
        let bodies = [
            host("a", &of("reviews.bookinfo.svc.cluster.local"), &on(false)),
            host("b", &of("reviews.bookinfo.svc.cluster.local"), &none),
            host("c", &of("reviews.bookinfo.svc.corp.example"), &none),
            host("d", &of("ratings.bookinfo.svc.cluster.local"), &none),
            host("e", "outbound|80|v1|reviews.bookinfo.svc.cluster.local", &none),
            host("f", "inbound|9080||", &none),
        ];
        let hosts: Vec<Host<'_>> =
            bodies.iter().map(|body| Host { filters: &Value::Null, body }).collect();
        let configuration = configuration(&filter_state());
        let switched = Switched::read(NAME, false, Some(&configuration), &hosts);
        assert_eq!(
            (switched.hosts, switched.unswitched),
            (vec!["a".to_owned()], vec!["b".to_owned(), "c".to_owned()])
        );
    }

    fn filter_state() -> Decision<'static> {
        Decision::FilterState("wasm.serin.bookinfo.reviews".to_owned())
    }

    fn on(disabled: bool) -> Value {
        json!({ NAME: { "@type": "…FilterConfig", "disabled": disabled } })
    }

    fn asking() -> Value {
        json!({ "inline_cluster_specifier_plugin": { "key": "wasm.serin.bookinfo.reviews" } })
    }

    #[test]
    fn routes_are_on_where_they_or_their_host_say_so() {
        let plain = json!({ "name": "plain", "route": asking() });
        let enabled =
            json!({ "name": "enabled", "route": asking(), "typed_per_filter_config": on(false) });
        let disabled = json!({ "name": "disabled", "typed_per_filter_config": on(true) });
        let routes = json!([plain, enabled, disabled]);
        let by_route = json!({ "name": "host", "routes": routes });
        assert_eq!(read(false, &filter_state(), &by_route), (1, 1, 0));
        let by_host =
            json!({ "name": "host", "routes": routes, "typed_per_filter_config": on(false) });
        assert_eq!(read(false, &filter_state(), &by_host), (2, 1, 0));
    }

    #[test]
    fn a_host_where_nothing_asks_what_was_decided_is_heedless() {
        let route = json!({ "route": { "cluster": "v1" }, "typed_per_filter_config": on(false) });
        let host = json!({ "name": "host", "routes": [route] });
        assert_eq!(read(false, &filter_state(), &host), (1, 1, 1));
    }

    #[test]
    fn a_filter_that_is_always_on_counts_where_it_is_heeded() {
        let heeding = json!({ "name": "a", "routes": [{ "route": asking() }, { "route": {} }] });
        let other = json!({ "name": "b", "routes": [{ "route": {} }] });
        assert_eq!(read(true, &filter_state(), &heeding), (2, 1, 0));
        assert_eq!(read(true, &filter_state(), &other), (0, 0, 0));
        assert_eq!(read(false, &filter_state(), &heeding), (0, 0, 0));
    }

    #[test]
    fn headers_are_heeded_by_routes_that_match_them_or_take_the_cluster_from_them() {
        let decision = Decision::Header("x-serin-subset", vec!["reviews.bookinfo/v2"]);
        let matching = |value: &str| {
            let header = json!({ "name": "x-serin-subset", "string_match": { "exact": value } });
            let route =
                json!({ "match": { "headers": [header] }, "typed_per_filter_config": on(false) });
            json!({ "name": "host", "routes": [route] })
        };
        assert_eq!(read(false, &decision, &matching("reviews.bookinfo/v2")), (1, 1, 0));
        assert_eq!(read(false, &decision, &matching("ratings.bookinfo/v2")), (1, 1, 1));
        let decision = Decision::Header("x-serin-cluster", vec!["outbound|9080|v2|reviews"]);
        let route = json!({ "route": { "cluster_header": "x-serin-cluster" }, "typed_per_filter_config": on(false) });
        assert_eq!(
            read(false, &decision, &json!({ "name": "host", "routes": [route] })),
            (1, 1, 0)
        );
    }
}
