//! The query of a metric, with what PipeCD fills in: `{{ .Variant.Name }}` and the like.
//!
//! Queries are templates of Go. What only names a value is filled in, as by `renderQuery` in
//! `pkg/app/piped/executor/analysis/metrics_analyzer.go`; anything else is refused.

use istio::field::Field;
use policy::{Path, Problems};

use super::super::note::Note;
use super::super::unsupported;
use super::application::Application;

/// PipeCD's namespace where none is written.
const NAMESPACE: &str = "default";

/// The query of `metric`; none where a part of it cannot be filled in.
pub(super) fn filled(
    metric: &Field<'_>,
    application: &Application<'_>,
    notes: &mut Vec<Note>,
    problems: &mut Problems,
) -> Option<String> {
    let (mut rest, at) = (metric.word("query")?, metric.path.key("query"));
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once("{{") {
        let (action, after) = after.split_once("}}").unwrap_or((after, ""));
        let Some(value) = value(action.trim(), metric, application) else {
            refuse(action, &at, problems);
            return None;
        };
        if action.trim() == ".Variant.Name" {
            let message = "PipeCD fills in `primary` for `{{ .Variant.Name }}` with the strategy `THRESHOLD`: this does \
                not ask about the canary";
            notes.push(Note::new(&at, message));
        }
        text.push_str(before);
        text.push_str(value);
        rest = after;
    }
    text.push_str(rest);
    // A block of YAML ends with a line break.
    Some(text.trim().to_owned())
}

/// What stands for an action that only names a value.
fn value<'n>(action: &str, metric: &Field<'n>, application: &Application<'n>) -> Option<&'n str> {
    match action.split('.').collect::<Vec<_>>().as_slice() {
        ["", "Variant", "Name"] => Some("primary"),
        ["", "App", "Name"] => application.spec.as_ref()?.word("name"),
        ["", "K8s", "Namespace"] => Some(application.namespace().unwrap_or(NAMESPACE)),
        ["", "VariantCustomArgs", key] => metric.get("primaryArgs")?.word(key),
        ["", "AppCustomArgs", key] => metric.get("template")?.get("appArgs")?.word(key),
        _ => None,
    }
    .filter(|value| !value.is_empty())
}

fn refuse(action: &str, at: &Path, problems: &mut Problems) {
    let what = format!("`{{{{{action}}}}}` in a query");
    let help = "write the value into the query: nothing that is given says what PipeCD fills in";
    problems.add(unsupported::problem(at, &what, help));
}
