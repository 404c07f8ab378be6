//! What a demo found, as `--format json` prints it.

use std::path::PathBuf;

use serde::Serialize;

use super::shift::Shifted;
use super::tally::Row;

/// Everything that was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    /// The scenarios, in the order in which they ran.
    pub scenarios: Vec<Played>,
    /// The shift, if it was run.
    pub shift: Option<Shifted>,
    /// Folders with the configuration and log of each Envoy that something went wrong with.
    pub logs: Vec<PathBuf>,
}

/// A scenario and its groups.
#[derive(Clone, Debug, Serialize)]
pub struct Played {
    /// The scenario.
    pub name: String,
    /// The service.
    pub host: String,
    /// The service's stable subset.
    pub stable: String,
    /// Its groups.
    pub groups: Vec<Row>,
}

impl Played {
    /// Whether everything is as promised.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.groups.iter().all(Row::is_ok)
    }
}

impl Outcome {
    /// Whether everything is as promised.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.scenarios.iter().all(Played::is_ok) && self.shift.as_ref().is_none_or(Shifted::is_ok)
    }

    /// The requests that were sent, and those that failed.
    #[must_use]
    pub fn requests(&self) -> (u64, u64) {
        let rows = self.scenarios.iter().flat_map(|played| &played.groups);
        let rows = rows.map(|row| (row.requests, row.failed()));
        let steps = self.shift.iter().flat_map(|shift| &shift.steps);
        let steps = steps.map(|step| (step.requests, step.failed()));
        rows.chain(steps)
            .fold((0, 0), |(sent, failed), (more, worse)| (sent + more, failed + worse))
    }
}
