//! What a rule asks of a request: blocks of conditions, each a test of one of its inputs.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::entries::Entries;
use super::fields::{self, Fields, Shape, alternatives, optional};
use super::later;
use crate::node::Node;
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};

const INPUTS: &[&str] = &["cookies", "headers", "query", "path", "method", "authority", "caller"];
const BLOCK: Shape = Shape {
    of: "a block",
    known: &["cookies", "headers", "query", "path", "method", "authority", "caller", "without"],
    later: later::CONDITIONS,
};
const WITHOUT: Shape = Shape { of: "`without`", known: INPUTS, later: later::CONDITIONS };
const OPERATORS: &[&str] = &["exact", "prefix", "suffix", "contains", "regex", "in", "present"];
const TEST: Shape = Shape {
    of: "a test",
    known: &["exact", "prefix", "suffix", "contains", "regex", "in", "present", "ignoreCase"],
    later: &[],
};

/// Conditions that must all hold, and those of which none may.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Block {
    /// All of these.
    #[serde(flatten)]
    pub all: Conditions,
    /// None of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<Conditions>,
}

/// A test for each input that is named.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Conditions {
    /// By the cookie's name; the test sees the cookie's value alone.
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub cookies: Entries<Test>,
    /// By the header's name; `cookie` is the raw header.
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub headers: Entries<Test>,
    /// By the query parameter's name, as sent.
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub query: Entries<Test>,
    /// The path, without the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Test>,
    /// The method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Test>,
    /// The authority (the `Host` of HTTP/1.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<Test>,
    /// By the label's name: what the calling workload is, where the filter runs in its proxy.
    #[serde(skip_serializing_if = "Entries::is_empty")]
    pub caller: Entries<Test>,
}

/// A test of one value.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "camelCase"))]
pub struct Test {
    /// What is asked of it.
    #[cfg_attr(feature = "schema", schemars(flatten))]
    pub operator: Operator,
    /// Whether ASCII letters of either case are the same.
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "has_a_default"))]
    pub ignore_case: bool,
}

/// What is asked of a value.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "camelCase"))]
pub enum Operator {
    /// It is this.
    Exact(String),
    /// It starts with this.
    Prefix(String),
    /// It ends with this.
    Suffix(String),
    /// This stands somewhere in it.
    Contains(String),
    /// The whole of it matches this regular expression.
    Regex(String),
    /// It is one of these.
    In(Vec<String>),
    /// It is there (whatever its value), or is not.
    Present(bool),
}

impl Serialize for Test {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.operator {
            Operator::Exact(text) => map.serialize_entry("exact", text)?,
            Operator::Prefix(text) => map.serialize_entry("prefix", text)?,
            Operator::Suffix(text) => map.serialize_entry("suffix", text)?,
            Operator::Contains(text) => map.serialize_entry("contains", text)?,
            Operator::Regex(pattern) => map.serialize_entry("regex", pattern)?,
            Operator::In(texts) => map.serialize_entry("in", texts)?,
            Operator::Present(present) => map.serialize_entry("present", present)?,
        }
        if self.ignore_case {
            map.serialize_entry("ignoreCase", &true)?;
        }
        map.end()
    }
}

pub(super) fn read_block(node: &Node, path: &Path, problems: &mut Problems) -> Block {
    let Some(block) = fields::fields(node, path, &BLOCK, problems) else {
        return Block::default();
    };
    let without = optional(&block, "without", problems, |node, path, problems| {
        let without = fields::fields(node, path, &WITHOUT, problems)?;
        Some(read_conditions(&without, problems))
    });
    Block { all: read_conditions(&block, problems), without: without.flatten() }
}

fn read_conditions(fields: &Fields, problems: &mut Problems) -> Conditions {
    let mut by_name = |name| {
        optional(fields, name, problems, |node, path, problems| {
            fields::entries(node, path, "a map of tests by name", problems, read_test)
        })
        .unwrap_or_default()
    };
    let (cookies, headers, query) = (by_name("cookies"), by_name("headers"), by_name("query"));
    let caller = by_name("caller");
    Conditions {
        cookies,
        headers,
        query,
        path: optional(fields, "path", problems, read_test),
        method: optional(fields, "method", problems, read_test),
        authority: optional(fields, "authority", problems, read_test),
        caller,
    }
}

/// A test; where it cannot be read, one that stands in for it (the problem forbids the document anyway).
fn read_test(node: &Node, path: &Path, problems: &mut Problems) -> Test {
    let unread = Test { operator: Operator::Present(true), ignore_case: false };
    if let Node::String(text) = node {
        let message = format!("expected a test (a map), found the string `{text}`");
        let problem = Problem::error(Code::Type, path, message);
        problems
            .unread(problem.help(format!("to match exactly this value, write `exact: {text}`")));
        return unread;
    }
    let Some(test) = fields::fields(node, path, &TEST, problems) else {
        return unread;
    };
    let ignore_case = optional(&test, "ignoreCase", problems, fields::boolean).unwrap_or(false);
    let present = test.present(OPERATORS);
    if present.is_empty() && test.strange() {
        problems.known(path);
        return unread;
    }
    let [name] = present.as_slice() else {
        let quoted: Vec<_> = present.iter().map(|name| format!("`{name}`")).collect();
        let found = if present.is_empty() { "none".to_owned() } else { quoted.join(" and ") };
        let message = format!("expected exactly one of {}, found {found}", alternatives(OPERATORS));
        let problem = Problem::error(Code::OneOf, path, message);
        problems.unread(match present.as_slice() {
            [] => problem,
            _ => problem.help("keep one; if all must match, combine them in one `regex`"),
        });
        return unread;
    };
    let operator = test.get(name).map(|(node, path)| read_operator(name, node, &path, problems));
    operator.map_or(unread, |operator| Test { operator, ignore_case })
}

fn read_operator(name: &str, node: &Node, path: &Path, problems: &mut Problems) -> Operator {
    match name {
        "present" => Operator::Present(fields::boolean(node, path, problems)),
        "in" => {
            let values = fields::list(node, path, "a list of values", problems, fields::string);
            Operator::In(values)
        }
        _ => {
            let text = fields::string(node, path, problems);
            match name {
                "prefix" => Operator::Prefix(text),
                "suffix" => Operator::Suffix(text),
                "contains" => Operator::Contains(text),
                "regex" => Operator::Regex(text),
                _ => Operator::Exact(text),
            }
        }
    }
}
