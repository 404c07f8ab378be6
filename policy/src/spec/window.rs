//! When a rollout may go forward.

use serde::Serialize;

use super::fields::{self, Shape, required_text, text};
use crate::node::Node;
use crate::path::Path;
use crate::problem::Problems;

const WINDOW: Shape = Shape { of: "a window", known: &["days", "from", "to", "zone"], later: &[] };

/// A time of day on some days of each week in which a rollout may go forward.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Window {
    /// The days on which it opens: `mon` to `sun`, or ranges such as `mon-thu` and `fri-mon`.
    pub days: Vec<String>,
    /// When it opens: `09:00`.
    pub from: String,
    /// When it closes: `16:00`, at the latest `24:00`; on the next day where it is not after `from`.
    pub to: String,
    /// The time zone, by its IANA name such as `Europe/Berlin`; without it, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

pub(super) fn read(node: &Node, path: &Path, problems: &mut Problems) -> Window {
    let Some(window) = fields::fields(node, path, &WINDOW, problems) else {
        return Window::default();
    };
    let days = window
        .require("days", problems)
        .map(|(node, path)| fields::list(node, &path, "a list of days", problems, fields::string));
    Window {
        days: days.unwrap_or_default(),
        from: required_text(&window, "from", problems),
        to: required_text(&window, "to", problems),
        zone: text(&window, "zone", problems),
    }
}
