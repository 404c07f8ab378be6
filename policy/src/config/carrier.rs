//! How a decision leaves the filter.

use serde::Serialize;

use crate::node::Node;
use crate::path::Path;
use crate::policy::Policy;
use crate::problem::{Code, Problem, Problems};
use crate::spec::Entries;

/// How a decision leaves the filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carrier {
    /// As filter state, which no client can set (Envoy >= 1.34).
    #[default]
    FilterState,
    /// As a header of the request, for older proxies and for routes that match headers.
    Header {
        /// The header's name, in lower case.
        name: String,
        /// What it says, by the name of the subset; the stable one needs nothing.
        values: Entries<String>,
    },
}

impl Carrier {
    pub(super) fn read(node: Option<&Node>, path: &Path, problems: &mut Problems) -> Option<Self> {
        match node {
            Some(Node::String(name)) if name == "filter-state" => Some(Self::FilterState),
            Some(Node::Map(entries))
                if let [(key, header)] = entries.as_slice()
                    && key == "header" =>
            {
                read_header(header, &path.key(key), problems)
            }
            other => {
                expected("`filter-state` or `header` (a map)", other, path, problems);
                None
            }
        }
    }

    /// Whether there is something to write for every subset that is not stable.
    pub(super) fn check(&self, policy: &Policy, path: &Path, problems: &mut Problems) {
        let Self::Header { values, .. } = self else { return };
        let path = path.key("header").key("values");
        let subsets = policy.subsets();
        let stable = policy.subset_name(policy.stable());
        for subset in subsets.iter().filter(|subset| subset.name != stable) {
            if values.get(&subset.name).is_none() {
                let message = format!("the subset `{}` has no value", subset.name);
                problems.add(Problem::error(Code::MissingField, &path, message));
            }
        }
        for (name, _) in values.iter() {
            if subsets.iter().all(|subset| subset.name != name) {
                let message = format!("the subset `{name}` is not declared in the Release");
                problems.add(Problem::error(Code::UnknownSubset, &path.key(name), message));
            }
        }
    }
}

fn read_header(node: &Node, path: &Path, problems: &mut Problems) -> Option<Carrier> {
    let at = path.key("name");
    let name = match node.get("name") {
        Some(Node::String(name)) if is_name(name) => Some(name.clone()),
        other => {
            expected("a header's name in lower case", other, &at, problems);
            None
        }
    };
    let at = path.key("values");
    let Some(Node::Map(entries)) = node.get("values") else {
        expected("a map", node.get("values"), &at, problems);
        return None;
    };
    let mut values = Vec::with_capacity(entries.len());
    for (subset, value) in entries {
        match value {
            Node::String(value) if is_value(value) => values.push((subset.clone(), value.clone())),
            other => expected("a header's value", Some(other), &at.key(subset), problems),
        }
    }
    let is_whole = values.len() == entries.len();
    name.filter(|_| is_whole)
        .map(|name| Carrier::Header { name, values: values.into_iter().collect() })
}

fn expected(what: &str, found: Option<&Node>, path: &Path, problems: &mut Problems) {
    let found = found.map_or_else(|| "none".to_owned(), Node::describe);
    problems.add(Problem::error(Code::Type, path, format!("expected {what}, found {found}")));
}

/// Ordinary names only: no `:authority`, and nothing that a proxy would write differently.
fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    !name.is_empty() && name.bytes().all(plain)
}

/// Nothing that could end the header or be trimmed.
fn is_value(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Config;
    use super::*;
    use crate::Spec;

    fn release() -> Value {
        json!({
            "apiVersion": "serin.dev/v1alpha1",
            "kind": "Release",
            "metadata": {"name": "reviews"},
            "spec": {
                "host": "reviews", "port": 9080, "stable": "v1",
                "subsets": [
                    {"name": "v1", "labels": {"version": "v1"}},
                    {"name": "v2", "labels": {"version": "v2"}},
                    {"name": "v3", "labels": {"version": "v3"}},
                ],
            },
        })
    }

    fn read(carrier: &Value) -> Result<Carrier, String> {
        let config = json!({"version": 1, "carrier": carrier, "release": release()});
        let node: Node = serde_json::from_value(config).unwrap();
        let mut problems = Problems::default();
        let loaded = Config::read(&node, &mut problems);
        loaded.map(|loaded| loaded.carrier).ok_or_else(|| problems.to_string())
    }

    fn header(name: &str, values: &Value) -> Value {
        json!({"header": {"name": name, "values": values}})
    }

    #[test]
    fn a_carrier_is_read_as_it_was_written() {
        let values = [("v2", "a/v2"), ("v3", "outbound|80|v3|a")]
            .map(|(subset, value)| (subset.to_owned(), value.to_owned()));
        let header =
            Carrier::Header { name: "x-a".to_owned(), values: values.into_iter().collect() };
        for carrier in [Carrier::FilterState, header] {
            let node: Node = serde_json::from_value(release()).unwrap();
            let spec = Spec::read(&node, &Path::root(), &mut Problems::default()).unwrap();
            let written = serde_json::to_value(Config::new(spec, carrier.clone())).unwrap();
            assert_eq!(read(&written["carrier"]).unwrap(), carrier);
        }
    }

    #[test]
    fn what_cannot_be_written_into_requests_is_refused() {
        let values = json!({"v2": "2", "v3": "3"});
        let cases = [
            (json!("header"), "`filter-state` or `header` (a map), found the string `header`"),
            (json!({"header": {}, "more": 1}), "`filter-state` or `header` (a map), found a map"),
            (header(":authority", &values), "a header's name in lower case, found the string"),
            (header("X-A", &values), "a header's name in lower case"),
            (header("", &values), "a header's name in lower case"),
            (header("x-a", &json!([])), "`carrier.header.values`: expected a map, found a list"),
            (header("x-a", &json!({"v2": "a\r\nb", "v3": "3"})), "`carrier.header.values.v2`"),
            (header("x-a", &json!({"v2": "2", "v3": ""})), "`carrier.header.values.v3`"),
            (header("x-a", &json!({"v2": 2, "v3": "3"})), "a header's value, found the number `2`"),
            (header("x-a", &json!({"v2": "2"})), "the subset `v3` has no value"),
            (
                header("x-a", &json!({"v2": "2", "v3": "3", "v4": "4"})),
                "the subset `v4` is not declared",
            ),
        ];
        for (carrier, expected) in cases {
            let found = read(&carrier).unwrap_err();
            assert!(found.contains(expected), "{carrier}: {found}");
        }
    }

    #[test]
    fn the_stable_subset_needs_no_value() {
        assert!(read(&header("x-a", &json!({"v2": "2", "v3": "3"}))).is_ok());
    }
}
