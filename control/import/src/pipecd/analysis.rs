//! `ANALYSIS`: queries whose results must stay within fixed bounds are carried over; what compares two series, or reads
//! logs, is refused.
//!
//! What is said here about PipeCD is from pipe-cd/pipecd: `pkg/config/analysis.go`, `pkg/app/piped/executor/analysis`,
//! `pkg/app/piped/analysisprovider/metrics/prometheus`. Each `interval` it evaluates the query over the time since the
//! last one, at every minute of it, and fails by any of the numbers; bounds are inclusive, as they are here.

use std::time::Duration;

use istio::field::Field;
use policy::spec::suggest;
use policy::{Code, Node, Part, Path, Problem, Problems, duration};
use serde_json::json;

use super::super::draft::Draft;
use super::super::note::Note;
use super::super::unsupported;
use super::application::Application;
use super::query;

/// The distance of the numbers that PipeCD evaluates, unless `interval` is shorter.
const MINUTE: Duration = Duration::from_mins(1);

/// The first compares with what is written, the others compare two series by a test at each look.
const STRATEGIES: [&str; 4] = ["THRESHOLD", "PREVIOUS", "CANARY_BASELINE", "CANARY_PRIMARY"];

/// What PipeCD's other strategies compare, and what compares it here.
const COMPARED: &str = "use `WAIT_APPROVAL`, and in the Release replace that `approve` by `analyze: {for: 30m, checks: \
    [{errors: {worseThanStable: {}}}]}`: it compares requests that fail with those of stable at the same time; \
    `duration: {worseThanStable: {}}` does so with how long they take";

/// What does nothing with the strategy `THRESHOLD`.
const WITHOUT_EFFECT: [&str; 3] = ["deviation", "canaryArgs", "baselineArgs"];

/// Reads a stage with these options, which stands at `at`: the step's value.
pub(super) fn read(
    with: &Field<'_>,
    at: &Path,
    application: &Application<'_>,
    notes: &mut Vec<Note>,
    problems: &mut Problems,
) -> Option<Draft> {
    let mut refuse = |key: &str, help: &str| {
        let field = with.get(key).filter(|field| says(field.node));
        if let Some(field) = &field {
            let problem = unsupported::problem(&field.path, &format!("`{key}`"), help);
            problems.add(problem.about(Part::Key(0)));
        }
        field.is_some()
    };
    refuse("skipOn", "remove it: steps cannot be skipped");
    let logs = refuse("logs", "make a metric of what is logged, and ask for that in `metrics`");
    let https = refuse("https", "call it during a `WAIT_APPROVAL`, or ask for its metrics");
    if let Some(field) = with.get("restartThreshold").filter(|field| says(field.node)) {
        notes.push(Note::new(&field.path, "`restartThreshold` does nothing in PipeCD: left out"));
    }
    let length = with.get("duration").filter(|field| says(field.node));
    if length.is_none() {
        let at = at.key("with").key("duration");
        problems.add(Problem::error(Code::MissingField, &at, "missing field `duration`"));
    }
    let length = length.as_ref().and_then(|field| Some((time(field)?, field.path.clone())));
    let metrics = with.maps("metrics", &mut Problems::default());
    if metrics.is_empty() && !logs && !https {
        let message = "`ANALYSIS` without `metrics`: PipeCD goes on at once";
        let problem = Problem::error(Code::MissingField, &at.key("with").key("metrics"), message);
        problems.add(problem.help("remove the stage"));
    }
    let mut stage = Stage { length: length.as_ref().map(|(text, _)| *text), every: None };
    let read: Vec<Option<Vec<Draft>>> =
        metrics.iter().map(|metric| stage.metric(metric, application, notes, problems)).collect();
    let checks = read.into_iter().collect::<Option<Vec<_>>>()?.concat();
    let (text, from) = length?;
    if checks.is_empty() {
        return None;
    }
    let note = "a query must return one number, or the rollout waits for a person; PipeCD looks at each series, goes on \
        without any and fails by NaN. Errors that never happened have no series: add `or vector(0)`";
    notes.push(Note::new(at, note));
    let every = stage.every?;
    Some(Draft::map([
        ("for", Draft::text(text).made_of(&from)),
        ("every", Draft::text(every.text).made_of(&every.path)),
        ("checks", Draft::list(checks).made_of(&with.path.key("metrics"))),
    ]))
}

/// What the metrics of a stage have in common.
struct Stage<'n> {
    length: Option<&'n str>,
    /// How often they are asked for.
    every: Option<Every<'n>>,
}

#[derive(Clone)]
struct Every<'n> {
    text: &'n str,
    path: Path,
}

impl<'n> Stage<'n> {
    /// The checks of a metric.
    fn metric(
        &mut self,
        metric: &Field<'n>,
        application: &Application<'n>,
        notes: &mut Vec<Note>,
        problems: &mut Problems,
    ) -> Option<Vec<Draft>> {
        if !is_carried(metric, problems) {
            return None;
        }
        let lacking = ["provider", "query", "interval", "expected"]
            .into_iter()
            .filter(|key| metric.get(key).is_none_or(|field| !says(field.node)));
        let lacking: Vec<&str> = lacking.collect();
        for key in &lacking {
            let message = format!("missing field `{key}`");
            problems.add(Problem::error(Code::MissingField, &metric.path.key(key), message));
        }
        if !lacking.is_empty() {
            return None;
        }
        for key in WITHOUT_EFFECT {
            if let Some(field) = metric.get(key).filter(|field| says(field.node)) {
                let note = format!("`{key}` does nothing with the strategy `THRESHOLD`: left out");
                notes.push(Note::new(&field.path, note));
            }
        }
        if let Some(timeout) = metric.get("timeout").filter(|field| says(field.node)) {
            let note =
                "`timeout` of a query is left out: `--prometheus-timeout` is that of all of them";
            notes.push(Note::new(&timeout.path, note));
        }
        if let Some(provider) = metric.word("provider") {
            let note = format!(
                "assuming that the provider `{provider}` is Prometheus: pass its URL as `--prometheus`"
            );
            if !notes.iter().any(|other| other.message == note) {
                notes.push(Note::new(&metric.path.key("provider"), note));
            }
        }
        let is_asked = self.ask(&metric.get("interval")?, notes, problems);
        let promql = query::filled(metric, application, notes, problems);
        let bounds = bounds(&metric.get("expected")?, problems)?;
        let (promql, from) = (promql?, metric.path.key("query"));
        is_asked.then(|| {
            let check = |(name, number, at): &(&str, f64, Path)| {
                let promql = ("promql", Draft::text(&promql).made_of(&from));
                let bound = (*name, number_of(*number).made_of(at));
                Draft::map([("query", Draft::map([promql, bound]).made_of(&from))])
            };
            bounds.iter().map(|bound| check(bound).made_of(&metric.path)).collect()
        })
    }

    /// Takes the `interval` of a metric for how often all are asked for; whether it can be.
    fn ask(
        &mut self,
        interval: &Field<'n>,
        notes: &mut Vec<Note>,
        problems: &mut Problems,
    ) -> bool {
        let Some(written) = time(interval) else { return false };
        let Some(own) = duration::parse(written) else {
            let message = format!("expected a duration such as `1m`, found `{written}`");
            problems.add(Problem::error(Code::OutOfRange, &interval.path, message));
            return false;
        };
        if let Some(length) = self.length
            && duration::parse(length).is_some_and(|length| own > length)
        {
            let message = format!(
                "PipeCD never asks: `{written}` is longer than the `{length}` of the stage"
            );
            let problem = Problem::error(Code::OutOfRange, &interval.path, message);
            problems.add(problem.help("make it shorter, or remove the stage"));
            return false;
        }
        let text = if own > MINUTE { "1m" } else { written };
        match &self.every {
            None => self.every = Some(Every { text, path: interval.path.clone() }),
            Some(every) if duration::parse(every.text) == duration::parse(text) => {}
            Some(every) => {
                let what = format!("an `interval` other than the `{}` before it", every.text);
                let help = "all checks of a step are asked for equally often: write the same";
                problems.add(unsupported::problem(&interval.path, &what, help));
                return false;
            }
        }
        if own > MINUTE {
            let note = format!(
                "PipeCD evaluates the query at each minute of an `interval`, when that is over: here it is asked every minute, and rolls back without waiting for the `{written}`"
            );
            if !notes.iter().any(|other| other.message == note) {
                notes.push(Note::new(&interval.path, note));
            }
        }
        true
    }
}

/// Refuses what has no counterpart; whether there is none.
fn is_carried(metric: &Field<'_>, problems: &mut Problems) -> bool {
    let mut carried = true;
    let mut refuse = |at: &Path, part: Part, what: &str, help: &str| {
        problems.add(unsupported::problem(at, what, help).about(part));
        carried = false;
    };
    if let Some(name) = metric.get("template").filter(|template| template.get("name").is_some()) {
        let help = "write what the template says into the stage";
        refuse(&name.path, Part::Key(0), "`template`", help);
        return false;
    }
    match metric.get("strategy").map(|field| (field.node, field.path)) {
        None => {}
        Some((Node::String(name), _)) if matches!(name.as_str(), "" | "THRESHOLD") => {}
        Some((Node::String(name), at)) => {
            let what = format!("the strategy `{name}`");
            match name.as_str() {
                _ if STRATEGIES.contains(&name.as_str()) => {
                    refuse(&at, Part::Value, &what, COMPARED);
                }
                _ => {
                    let message = format!("unknown strategy `{name}`");
                    let problem = Problem::error(Code::OneOf, &at, message);
                    problems.add(problem.help(suggest(name, &STRATEGIES)));
                }
            }
            return false;
        }
        Some(_) => return false,
    }
    if let Some(limit) = metric.get("failureLimit").filter(|field| says(field.node)) {
        let help = "a query outside of its bounds rolls back at once: remove it, and ask about a longer time, such as \
            `rate(…[5m])`; or count requests by `errors: {atMost: 1%}`, which takes more than one";
        refuse(&limit.path, Part::Key(0), "`failureLimit`", help);
    }
    if let Some(skip) = metric.get("skipOnNoData").filter(|field| says(field.node)) {
        let help = "a query that returns no number keeps the rollout until a person decides: remove it, and let the \
            query return one, as by `… or vector(0)`";
        refuse(&skip.path, Part::Key(0), "`skipOnNoData`", help);
    }
    carried
}

/// The bounds of a number, each with its name here and its place.
fn bounds(expected: &Field<'_>, problems: &mut Problems) -> Option<Vec<(&'static str, f64, Path)>> {
    let mut bounds = Vec::new();
    for (key, name) in [("min", "atLeast"), ("max", "atMost")] {
        match expected.get(key).map(|field| (field.node, field.path)) {
            None => {}
            Some((Node::Number(number), at)) => bounds.push((name, *number, at)),
            Some((node, at)) => {
                let message = format!("expected a number, found {}", node.describe());
                problems.add(Problem::error(Code::Type, &at, message));
                return None;
            }
        }
    }
    if bounds.is_empty() && matches!(expected.node, Node::Map(_)) {
        let message = "`expected` without `min` and `max`: PipeCD fails each time";
        problems.add(Problem::error(Code::MissingField, &expected.path, message));
    }
    (!bounds.is_empty()).then_some(bounds)
}

/// A number as people write it: `1`, not `1.0`.
fn number_of(number: f64) -> Draft {
    let is_whole = number.fract() == 0.0 && number.abs() < f64::from(i32::MAX);
    #[expect(clippy::cast_possible_truncation, reason = "whole, and in the range")]
    let whole = is_whole.then_some(number as i64);
    whole.map_or_else(|| Draft::leaf(json!(number)), Draft::leaf)
}

/// A duration, as it is written.
fn time<'n>(field: &Field<'n>) -> Option<&'n str> {
    match field.node {
        Node::String(text) => Some(text),
        _ => None,
    }
}

/// Whether a value is another than that of a field that is not written.
fn says(node: &Node) -> bool {
    match node {
        Node::Null => false,
        Node::Bool(flag) => *flag,
        Node::Number(number) => *number != 0.0,
        Node::String(text) => !text.is_empty(),
        Node::List(items) => !items.is_empty(),
        Node::Map(entries) => !entries.is_empty(),
    }
}
