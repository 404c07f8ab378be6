//! How a Release goes from the stable subset to a candidate, step by step.

use serde::{Serialize, Serializer};

use super::analyze::{self, Analyze, Check};
use super::entries::Entries;
use super::fields::{self, Shape, one_of, optional, required_text};
use super::number::{self, Number};
use super::rule;
use super::window::{self, Window};
use crate::node::Node;
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};

const ROLLOUT: Shape =
    Shape { of: "`rollout`", known: &["candidate", "steps", "windows", "watch"], later: &[] };
const STEP: Shape = Shape {
    of: "a step",
    known: &[
        "scale", "mirror", "shift", "pause", "approve", "update", "promote", "retire", "analyze",
    ],
    later: &[],
};
const PAUSE: Shape = Shape { of: "a pause", known: &["for"], later: &[] };
const APPROVE: Shape = Shape { of: "an approval", known: &["timeout"], later: &[] };
const UPDATE: Shape = Shape { of: "an update", known: &["from", "to"], later: &[] };

/// The way from the stable subset to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rollout {
    /// The subset that is to be brought out.
    pub candidate: String,
    /// What is done, one after the other.
    pub steps: Vec<RolloutStep>,
    /// When it may go forward; without them, at any time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub windows: Option<Vec<Window>>,
    /// What is asked of the candidate at every step at which users get it: once one of these checks fails, all users
    /// go back to stable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch: Option<Vec<Check>>,
}

/// One step of a rollout.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum RolloutStep {
    /// So many pods for these subsets.
    Scale(Entries<Amount>),
    /// Percent of the requests of which this subset gets a copy; the stable subset answers all users.
    Mirror(#[serde(serialize_with = "number::all")] Entries<f64>),
    /// Percent per subset of what no rule decides; the rules hold from the first such step on.
    Shift(#[serde(serialize_with = "number::all")] Entries<f64>),
    /// Wait for a time, or until the rollout is resumed.
    Pause(Pause),
    /// Wait for an approval.
    Approve(Approve),
    /// The pod template of one subset's workload, but for its labels, becomes that of another's.
    Update(Update),
    /// Send all users to this subset, whatever the rules say.
    Promote(String),
    /// The workload of this subset is removed, and with it all that was rendered.
    Retire(String),
    /// Wait until the candidate is shown to be healthy; where it is worse, all users go back to stable.
    Analyze(Analyze),
}

/// How many pods.
#[derive(Clone, Debug, PartialEq)]
pub enum Amount {
    /// A percentage of the stable subset's, rounded up, as written: `50%`.
    Percent(String),
    /// So many.
    Pods(f64),
}

/// A step in which time passes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pause {
    /// How long, as in Kubernetes: `10m`; without it, until the rollout is resumed.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub length: Option<String>,
}

/// A step that waits for an approval.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Approve {
    /// No word for so long is a no; none written: it waits for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<String>,
}

/// A step that copies a pod template.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Update {
    /// The subset whose template is copied.
    pub from: String,
    /// The subset whose workload gets it.
    pub to: String,
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Percent(text) => serializer.serialize_str(text),
            Self::Pods(number) => Number(*number).serialize(serializer),
        }
    }
}

pub(super) fn read(node: &Node, path: &Path, problems: &mut Problems) -> Rollout {
    let Some(rollout) = fields::fields(node, path, &ROLLOUT, problems) else {
        return Rollout::default();
    };
    let candidate = required_text(&rollout, "candidate", problems);
    let steps = rollout.require("steps", problems);
    let steps =
        steps.map(|(node, path)| fields::list(node, &path, "a list of steps", problems, read_step));
    let windows = optional(&rollout, "windows", problems, |node, path, problems| {
        fields::list(node, path, "a list of windows", problems, window::read)
    });
    let watch = optional(&rollout, "watch", problems, analyze::read_checks);
    Rollout { candidate, steps: steps.unwrap_or_default(), windows, watch }
}

/// A step; where it cannot be read, one that keeps its place in the list.
fn read_step(node: &Node, path: &Path, problems: &mut Problems) -> RolloutStep {
    let step = fields::fields(node, path, &STEP, problems);
    let Some((name, node, path)) = step.and_then(|step| one_of(&step, STEP.known, problems)) else {
        return RolloutStep::Pause(Pause::default());
    };
    let subset = |problems: &mut Problems| fields::string(node, &path, problems);
    match name {
        "scale" => {
            let expected = "a map of numbers of pods by subset";
            RolloutStep::Scale(fields::entries(node, &path, expected, problems, read_amount))
        }
        "mirror" => RolloutStep::Mirror(rule::read_split(node, &path, problems)),
        "shift" => RolloutStep::Shift(rule::read_split(node, &path, problems)),
        "pause" => RolloutStep::Pause(Pause { length: read_time(node, &path, &PAUSE, problems) }),
        "approve" => {
            RolloutStep::Approve(Approve { timeout: read_time(node, &path, &APPROVE, problems) })
        }
        "update" => RolloutStep::Update(read_update(node, &path, problems)),
        "promote" => RolloutStep::Promote(subset(problems)),
        "analyze" => RolloutStep::Analyze(analyze::read(node, &path, problems)),
        _ => RolloutStep::Retire(subset(problems)),
    }
}

fn read_amount(node: &Node, path: &Path, problems: &mut Problems) -> Amount {
    match node {
        Node::Number(number) => return Amount::Pods(*number),
        Node::String(text) if text.ends_with('%') => return Amount::Percent(text.clone()),
        _ => {}
    }
    let message = format!("expected a number of pods or a percentage, found {}", node.describe());
    let problem = Problem::error(Code::Type, path, message);
    problems.unread(problem.help("write `2`, or `50%` of the stable subset's pods"));
    Amount::Pods(0.0)
}

/// The one field of a pause or an approval, a duration that may be missing.
fn read_time(node: &Node, path: &Path, shape: &Shape, problems: &mut Problems) -> Option<String> {
    if *node == Node::Null {
        let message = format!("expected {} (a map), found nothing", shape.of);
        problems.unread(Problem::error(Code::Type, path, message).help("write `{}` after it"));
        return None;
    }
    let map = fields::fields(node, path, shape, problems)?;
    let name = shape.known.first()?;
    optional(&map, name, problems, fields::duration)
}

fn read_update(node: &Node, path: &Path, problems: &mut Problems) -> Update {
    let Some(update) = fields::fields(node, path, &UPDATE, problems) else {
        return Update::default();
    };
    Update {
        from: required_text(&update, "from", problems),
        to: required_text(&update, "to", problems),
    }
}
