//! Envoy's own routes for a VirtualService, as istiod 1.29 makes them for a sidecar (pilot/pkg/networking/core/route:
//! `TranslateRoute`, `TranslateRouteMatch`, `translateHeaderMatch`).

use serde_json::{Value, json};

/// The response header that says which rule of the VirtualService took a request.
pub const RULE: &str = "x-rule";

/// The virtual host. `cluster` names the cluster of a subset.
#[must_use]
pub fn virtual_host(rules: &[Value], cluster: impl Fn(&str) -> String) -> Value {
    let routes: Vec<Value> = rules
        .iter()
        .enumerate()
        .flat_map(|(index, rule)| {
            let matches = match rule["match"].as_array() {
                None => vec![json!({"prefix": "/"})],
                Some(entries) => entries.iter().map(route_match).collect(),
            };
            let action = action(&rule["route"], &cluster);
            matches.into_iter().map(move |matched| {
                json!({
                    "match": matched,
                    "route": action,
                    "response_headers_to_add": [{"header": {"key": RULE, "value": index.to_string()}}],
                })
            })
        })
        .collect();
    json!({"name": "native", "domains": ["*"], "routes": routes})
}

fn action(route: &Value, cluster: impl Fn(&str) -> String) -> Value {
    let name = |to: &Value| cluster(to["destination"]["subset"].as_str().unwrap_or_default());
    match route.as_array().map(Vec::as_slice).unwrap_or_default() {
        [only] => json!({"cluster": name(only)}),
        several => {
            let weighted = several.iter().filter(|to| to["weight"] != 0);
            let clusters: Vec<Value> =
                weighted.map(|to| json!({"name": name(to), "weight": to["weight"]})).collect();
            json!({"weighted_clusters": {"clusters": clusters}})
        }
    }
}

fn route_match(entry: &Value) -> Value {
    let mut headers = Vec::new();
    for (name, test) in entries(&entry["headers"]) {
        headers.push(header(name, test));
    }
    for (name, test) in entries(&entry["withoutHeaders"]) {
        let mut inverted = header(name, test);
        inverted["invert_match"] = true.into();
        if inverted.get("present_match").is_none() {
            inverted["treat_missing_header_as_empty"] = true.into();
        }
        headers.push(inverted);
    }
    for (field, name) in [("method", ":method"), ("authority", ":authority")] {
        if let Some(test) = entry.get(field) {
            headers.push(header(name, test));
        }
    }
    let query: Vec<Value> = entries(&entry["queryParams"])
        .map(|(name, test)| {
            let mut matcher = json!({"name": name});
            put(&mut matcher, test);
            matcher
        })
        .collect();
    let ignores_case = entry["ignoreUriCase"] == true;
    let mut matched =
        json!({"headers": headers, "query_parameters": query, "case_sensitive": !ignores_case});
    let uri = &entry["uri"];
    if let Some(text) = uri.get("exact") {
        matched["path"] = text.clone();
    } else if let Some(pattern) = uri.get("regex") {
        matched["safe_regex"] = json!({"regex": pattern});
    } else {
        matched["prefix"] = uri.get("prefix").cloned().unwrap_or_else(|| "/".into());
    }
    matched
}

fn entries(map: &Value) -> impl Iterator<Item = (&String, &Value)> {
    map.as_object().into_iter().flatten()
}

fn header(name: &str, test: &Value) -> Value {
    let mut matcher = json!({"name": name});
    put(&mut matcher, test);
    matcher
}

/// A test of a header or query parameter; Istio takes none as a question for presence.
fn put(matcher: &mut Value, test: &Value) {
    if test.as_object().is_none_or(serde_json::Map::is_empty) {
        matcher["present_match"] = true.into();
    } else if let Some(pattern) = test.get("regex") {
        matcher["string_match"] = json!({"safe_regex": {"regex": pattern}});
    } else {
        matcher["string_match"] = test.clone();
    }
}
