//! What is asked of the candidate before a rollout goes on, and while it does.

use serde::Serialize;

use super::fields::{self, Shape, one_of, optional, required_text};
use super::number;
use crate::node::Node;
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};

const ANALYZE: Shape = Shape {
    of: "`analyze`",
    known: &["for", "every", "checks", "inconclusive", "dryRun"],
    later: &[],
};
const CHECK: Shape = Shape { of: "a check", known: &["errors", "duration", "query"], later: &[] };
const ERRORS: Shape = Shape { of: "`errors`", known: &["worseThanStable", "atMost"], later: &[] };
const DURATION: Shape = Shape { of: "`duration`", known: &["worseThanStable"], later: &[] };
const COMPARISON: Shape = Shape { of: "`worseThanStable`", known: &["alpha"], later: &[] };
const QUERY: Shape = Shape { of: "`query`", known: &["promql", "atMost", "atLeast"], later: &[] };

/// A step that waits until the candidate is shown to be healthy.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Analyze {
    /// How long at most: `10m`. A candidate that is worse is rolled back sooner; one that is shown to be healthy goes
    /// on sooner.
    #[serde(rename = "for")]
    pub length: String,
    /// How often it is looked at, at least one second; `15s` where none is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// What is asked. It is worse by one of them, and healthy by all.
    pub checks: Vec<Check>,
    /// What is done at the end of the time if neither is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inconclusive: Option<Inconclusive>,
    /// Whether it is only said what would be done: the rollout goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
}

/// What is done where it is not shown whether the candidate is healthy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Inconclusive {
    /// It waits for an approval.
    #[default]
    Hold,
    /// It goes on.
    Proceed,
    /// All users go back to stable.
    Rollback,
}

/// One question about the candidate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Check {
    /// How many of its requests fail.
    Errors(ErrorsCheck),
    /// How long its requests take.
    Duration(DurationCheck),
    /// What a query of Prometheus returns.
    Query(QueryCheck),
}

/// How many requests of the candidate may fail.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum ErrorsCheck {
    /// No more than of stable's at the same time.
    WorseThanStable(Comparison),
    /// At most this percentage, as written: `1%`.
    AtMost(String),
}

/// How long requests of the candidate may take.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum DurationCheck {
    /// No longer than stable's at the same time.
    WorseThanStable(Comparison),
}

/// A comparison with stable.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// How often a healthy candidate may be rolled back, however often it is looked at; 0.01 where none is written: at
    /// most once in a hundred steps.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number::maybe")]
    pub alpha: Option<f64>,
}

/// A query of Prometheus, and what it may return.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct QueryCheck {
    /// The query; it returns one number.
    pub promql: String,
    /// The highest number that is allowed.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number::maybe")]
    pub at_most: Option<f64>,
    /// The lowest number that is allowed.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "number::maybe")]
    pub at_least: Option<f64>,
}

pub(super) fn read(node: &Node, path: &Path, problems: &mut Problems) -> Analyze {
    let Some(analyze) = fields::fields(node, path, &ANALYZE, problems) else {
        return Analyze::default();
    };
    let length = analyze.require("for", problems);
    let length = length.map(|(node, path)| fields::duration(node, &path, problems));
    let every = optional(&analyze, "every", problems, fields::duration);
    let checks = analyze.require("checks", problems);
    let checks = checks.map(|(node, path)| read_checks(node, &path, problems));
    let words = [
        ("hold", Inconclusive::Hold),
        ("proceed", Inconclusive::Proceed),
        ("rollback", Inconclusive::Rollback),
    ];
    let inconclusive = optional(&analyze, "inconclusive", problems, |node, path, problems| {
        fields::word(node, path, &words, problems)
    });
    Analyze {
        length: length.unwrap_or_default(),
        every,
        checks: checks.unwrap_or_default(),
        inconclusive: inconclusive.flatten(),
        dry_run: optional(&analyze, "dryRun", problems, fields::boolean),
    }
}

pub(super) fn read_checks(node: &Node, path: &Path, problems: &mut Problems) -> Vec<Check> {
    fields::list(node, path, "a list of checks", problems, read_check)
}

/// A check; where it cannot be read, one that keeps its place in the list.
fn read_check(node: &Node, path: &Path, problems: &mut Problems) -> Check {
    let check = fields::fields(node, path, &CHECK, problems);
    match check.and_then(|check| one_of(&check, CHECK.known, problems)) {
        Some(("errors", node, path)) => Check::Errors(read_errors(node, &path, problems)),
        Some(("duration", node, path)) => {
            let comparison = read_one_of(node, &path, &DURATION, problems);
            let comparison = comparison
                .map(|(_, node, path)| read_comparison(node, &path, problems))
                .unwrap_or_default();
            Check::Duration(DurationCheck::WorseThanStable(comparison))
        }
        Some((_, node, path)) => Check::Query(read_query(node, &path, problems)),
        None => Check::Query(QueryCheck::default()),
    }
}

fn read_errors(node: &Node, path: &Path, problems: &mut Problems) -> ErrorsCheck {
    match read_one_of(node, path, &ERRORS, problems) {
        Some(("worseThanStable", node, path)) => {
            ErrorsCheck::WorseThanStable(read_comparison(node, &path, problems))
        }
        Some((_, Node::String(text), _)) => ErrorsCheck::AtMost(text.clone()),
        Some((_, node, path)) => {
            let message = format!("expected a percentage, found {}", node.describe());
            let problem = Problem::error(Code::Type, &path, message);
            problems.unread(problem.help("write it with `%`, as in `1%`"));
            ErrorsCheck::AtMost(String::new())
        }
        None => ErrorsCheck::AtMost(String::new()),
    }
}

fn read_comparison(node: &Node, path: &Path, problems: &mut Problems) -> Comparison {
    if *node == Node::Null {
        let message = format!("expected {} (a map), found nothing", COMPARISON.of);
        problems.unread(Problem::error(Code::Type, path, message).help("write `{}` after it"));
        return Comparison::default();
    }
    let comparison = fields::fields(node, path, &COMPARISON, problems);
    let alpha = comparison.and_then(|comparison| {
        optional(&comparison, "alpha", problems, |node, path, problems| {
            fields::number(node, path, "a number such as `0.01`", problems)
        })
    });
    Comparison { alpha }
}

fn read_query(node: &Node, path: &Path, problems: &mut Problems) -> QueryCheck {
    let Some(query) = fields::fields(node, path, &QUERY, problems) else {
        return QueryCheck::default();
    };
    let promql = required_text(&query, "promql", problems);
    let read = QueryCheck { promql, ..QueryCheck::default() };
    let bound = one_of(&query, &["atMost", "atLeast"], problems);
    let Some((name, node, path)) = bound else { return read };
    let number = Some(fields::number(node, &path, "a number", problems));
    match name {
        "atMost" => QueryCheck { at_most: number, ..read },
        _ => QueryCheck { at_least: number, ..read },
    }
}

/// The one field of a map that has exactly one of those of `shape`.
fn read_one_of<'n>(
    node: &'n Node,
    path: &Path,
    shape: &'static Shape,
    problems: &mut Problems,
) -> Option<(&'static str, &'n Node, Path)> {
    let map = fields::fields(node, path, shape, problems)?;
    one_of(&map, shape.known, problems)
}
