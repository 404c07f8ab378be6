//! One request and what becomes of it.

use std::fmt;

use policy::Node;

use super::value;

/// A request, and what the file says of it.
pub(crate) struct Case {
    /// The file and the request's number in it.
    pub(super) place: String,
    /// As a proxy has it: pseudo-headers first.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(super) expected: Outcome,
    /// Why the real Envoy does not see it.
    pub(super) no_envoy: Option<String>,
}

/// Where a request goes, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// `default` for none; not known where only the answer is seen.
    pub(super) rule: Option<String>,
    /// Not known where chance decides.
    pub(super) subset: Option<String>,
}

impl Outcome {
    /// Whether `found` is no contradiction.
    pub(super) fn allows(&self, found: &Self) -> bool {
        let agree = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
        agree(&self.rule, &found.rule) && agree(&self.subset, &found.subset)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |name: &Option<String>| name.clone().unwrap_or_else(|| "any".to_owned());
        write!(f, "rule {}, subset {}", shown(&self.rule), shown(&self.subset))
    }
}

impl Case {
    /// Reads the request `node`.
    pub(super) fn read(place: String, node: &Node) -> Result<Self, String> {
        let Node::Map(fields) = node else { return Err("expected a map".to_owned()) };
        let known = ["method", "path", "authority", "headers", "expect", "envoy"];
        if let Some((key, _)) = fields.iter().find(|(key, _)| !known.contains(&key.as_str())) {
            return Err(format!("unknown field `{key}`"));
        }
        let mut headers = Vec::new();
        for (field, usual) in [("method", "GET"), ("path", "/"), ("authority", "reviews")] {
            let value =
                node.get(field).map_or_else(|| Ok(usual.as_bytes().to_vec()), value::bytes)?;
            headers.push((format!(":{field}"), value));
        }
        if let Some(Node::List(list)) = node.get("headers") {
            for header in list {
                headers.push(read_header(header)?);
            }
        }
        let expected = node.get("expect").ok_or("no `expect`")?;
        let name = |field| match expected.get(field) {
            Some(Node::String(name)) => Ok(name.clone()),
            _ => Err(format!("`expect` has no `{field}`")),
        };
        let expected = Outcome {
            rule: Some(name("rule")?),
            subset: Some(name("subset")?).filter(|subset| subset != "any"),
        };
        Ok(Self { place, headers, expected, no_envoy: read_skip(node)? })
    }
}

fn read_header(node: &Node) -> Result<(String, Vec<u8>), String> {
    match node {
        Node::List(pair) => match pair.as_slice() {
            [Node::String(name), value] => Ok((name.to_ascii_lowercase(), value::bytes(value)?)),
            _ => Err("a header is `[name, value]`".to_owned()),
        },
        _ => Err("a header is `[name, value]`".to_owned()),
    }
}

fn read_skip(node: &Node) -> Result<Option<String>, String> {
    match node.get("envoy") {
        None => Ok(None),
        Some(Node::String(text)) => match text.strip_prefix("skip, because ") {
            Some(reason) => Ok(Some(reason.to_owned())),
            None => Err("expected `envoy: skip, because …`".to_owned()),
        },
        Some(other) => Err(format!("`envoy` is {}", other.describe())),
    }
}
