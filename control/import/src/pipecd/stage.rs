//! One stage of a pipeline, and the step that does the same.

use policy::Path;
use serde_json::json;

use super::super::draft::Draft;
use super::application::Application;
use super::percentage::Replicas;

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
    /// The value of the step.
    Analysis(Draft),
    /// Something is wrong with it.
    Unread,
}

impl Stage<'_> {
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
            Self::Analysis(analyze) => ("analyze", analyze.clone()),
            Self::Unread => return None,
        };
        Some(Draft::map([step]))
    }
}
