//! One stage of a pipeline, and the step that does the same.

use istio::field::Field;
use policy::spec::suggest;
use policy::{Code, Node, Part, Path, Problem, Problems};
use serde_json::json;

use super::super::draft::Draft;
use super::super::note::Note;
use super::super::unsupported;
use super::application::Application;
use super::percentage::Replicas;
use super::with::With;

/// What the names of the canary's objects end with, where nothing else is said.
pub(super) const SUFFIX: &str = "canary";

/// The stages that there is a step for.
const KNOWN: [&str; 6] = [
    "K8S_CANARY_ROLLOUT",
    "K8S_TRAFFIC_ROUTING",
    "K8S_PRIMARY_ROLLOUT",
    "K8S_CANARY_CLEAN",
    "WAIT_APPROVAL",
    "WAIT",
];

/// PipeCD's other stages, and what to do about them.
const OTHERS: &[(&str, &str)] = &[
    ("ANALYSIS", "a rollout cannot look at metrics yet: let somebody look, with `WAIT_APPROVAL`"),
    ("K8S_BASELINE_ROLLOUT", "compare the canary with primary: there is no third variant"),
    ("K8S_BASELINE_CLEAN", "compare the canary with primary: there is no third variant"),
    ("K8S_SYNC", "leave it out: `K8S_PRIMARY_ROLLOUT` makes the new version primary"),
    ("SCRIPT_RUN", "run it beside the rollout, at a `WAIT_APPROVAL`"),
    ("SCRIPT_RUN_ROLLBACK", "run it when `serin status` says that everybody is back"),
    ("CUSTOM_SYNC", "run it beside the rollout, at a `WAIT_APPROVAL`"),
];

/// A stage that was read.
#[derive(Clone, Debug)]
pub(super) enum Stage<'n> {
    /// The canary's pods; and how its objects' names end.
    CanaryRollout {
        replicas: (Replicas, Path),
        suffix: Option<&'n str>,
    },
    /// The canary's share, in percent.
    TrafficRouting {
        canary: (u32, Path),
    },
    PrimaryRollout,
    CanaryClean,
    /// For so long.
    Approval(Draft),
    /// For so long.
    Wait(Draft),
    /// Something is wrong with it.
    Unread,
}

impl<'n> Stage<'n> {
    pub(super) fn read(
        stage: &Field<'n>,
        application: &Application<'n>,
        notes: &mut Vec<Note>,
        problems: &mut Problems,
    ) -> Self {
        for (key, help) in [
            (
                "timeout",
                "leave it out: a step takes as long as it takes, or until `serin rollback`",
            ),
            ("skipOn", "leave it out: no step is skipped"),
        ] {
            if let Some(field) = stage.get(key) {
                let what = format!("`{key}` of a stage");
                problems.add(unsupported::problem(&field.path, &what, help).about(Part::Key(0)));
            }
        }
        if let Some(desc) = stage.get("desc") {
            notes.push(Note::new(&desc.path, "`desc` of a stage is left out"));
        }
        let empty = Field { node: &Node::Null, path: stage.path.key("with") };
        let with = stage.get("with");
        let options = With::new(with.as_ref().unwrap_or(&empty), &stage.path);
        match stage.word("name") {
            Some("K8S_CANARY_ROLLOUT") => options.canary_rollout(problems),
            Some("K8S_TRAFFIC_ROUTING") => options.traffic_routing(application, problems),
            Some("K8S_PRIMARY_ROLLOUT") => options.primary_rollout(notes, problems),
            Some("K8S_CANARY_CLEAN") => options.canary_clean(problems),
            Some("WAIT_APPROVAL") => options.approval(problems),
            Some("WAIT") => options.wait(problems),
            Some(name) => {
                problems.add(unknown(name, &stage.path.key("name")));
                Self::Unread
            }
            None => {
                if stage.get("name").is_none() {
                    let at = stage.path.key("name");
                    problems.add(Problem::error(Code::MissingField, &at, "missing field `name`"));
                }
                Self::Unread
            }
        }
    }

    /// Whether it gives the canary anything.
    pub(super) fn shifts(&self) -> bool {
        matches!(self, Self::TrafficRouting { canary: (1.., _) })
    }

    /// Whether there has to be a canary.
    pub(super) fn needs_canary(&self) -> bool {
        self.shifts() || matches!(self, Self::PrimaryRollout | Self::CanaryClean)
    }

    /// The step; `shifts_later` says whether a later stage gives the canary anything.
    pub(super) fn step(&self, application: &Application<'_>, shifts_later: bool) -> Option<Draft> {
        let (primary, canary) = (application.primary(), application.canary());
        let step = match self {
            Self::CanaryRollout { replicas: (replicas, at), .. } => {
                let amount = match replicas {
                    Replicas::Pods(pods) => Draft::leaf(json!(pods)),
                    Replicas::Percent(percent) => Draft::leaf(format!("{percent}%")),
                };
                ("scale", Draft::map([(canary, amount.made_of(at))]).made_of(at))
            }
            // For good, whatever the rules say; afterwards the canary can go.
            Self::TrafficRouting { canary: (0, at) } if !shifts_later => {
                ("promote", Draft::text(primary).made_of(at))
            }
            Self::TrafficRouting { canary: (percent, at) } => (
                "shift",
                Draft::map([(canary, Draft::leaf(json!(percent)).made_of(at))]).made_of(at),
            ),
            Self::PrimaryRollout => (
                "update",
                Draft::map([("from", Draft::text(canary)), ("to", Draft::text(primary))]),
            ),
            Self::CanaryClean => ("retire", Draft::text(canary)),
            Self::Approval(timeout) => ("approve", Draft::map([("timeout", timeout.clone())])),
            Self::Wait(length) => ("pause", Draft::map([("for", length.clone())])),
            Self::Unread => return None,
        };
        Some(Draft::map([step]))
    }
}

/// A stage's name that has no step.
fn unknown(name: &str, at: &Path) -> Problem {
    let other = OTHERS.iter().find(|(other, _)| *other == name);
    if let Some((_, help)) = other {
        return unsupported::problem(at, &format!("the stage `{name}`"), help);
    }
    let message = format!("unknown stage `{name}`");
    Problem::error(Code::OneOf, at, message).help(suggest(name, &KNOWN))
}
