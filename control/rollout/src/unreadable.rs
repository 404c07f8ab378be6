//! Why a status, or a part of it, cannot be read by this version.

use document::report::Message;
use document::report::text::list;
use policy::Policy;
use serde_json::{Map, Value};

/// It is of another shape.
pub(super) fn shape(field: &str, error: serde_json::Error) -> Message {
    Message::new(format!("`{field}` of the Release's status cannot be read")).because(error).help(
        "another version of serin wrote it, or it was edited: use that version, or correct it with \
         `kubectl edit --subresource=status`",
    )
}

/// It has a value that this version does not know.
pub(super) fn newer(field: &str, error: serde_json::Error) -> Message {
    let message = format!("a newer serin wrote `{field}` of the Release's status");
    Message::new(message)
        .because(error)
        .help("use that version; `serin rollback` works with either")
}

/// It names a subset that the Release does not have.
pub(super) fn subset(field: &str, name: &str, policy: &Policy) -> Message {
    let known: Vec<String> =
        policy.subsets().iter().map(|subset| format!("`{}`", subset.name)).collect();
    let message = format!(
        "`{field}` of the Release's status names subset `{name}`; its spec has {}",
        list(&known, "and")
    );
    let help = format!("declare `{name}` again: the status says who gets which subset now");
    Message::new(message).help(help)
}

/// It has shares that are no split.
pub(super) fn split(written: &Map<String, Value>) -> Message {
    let written = Value::from(written.clone());
    let message =
        format!("`state.traffic.shifted` of the Release's status is not a split: {written}");
    let help =
        "correct it with `kubectl edit --subresource=status`: percentages, at most 100 in all";
    Message::new(message).help(help)
}

/// It has no one subset that gets copies of requests, or no share of them.
pub(super) fn mirror(written: &Map<String, Value>) -> Message {
    let written = Value::from(written.clone());
    let message = format!(
        "`state.traffic.mirrored` of the Release's status is no share of one subset: {written}"
    );
    Message::new(message)
        .help("correct it with `kubectl edit --subresource=status`: one subset, 0.01 to 100")
}
