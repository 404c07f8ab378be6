//! What is asked of a candidate in a state.

use std::time::Duration;

use policy::rollout::{Check, State};

use crate::drive::live::Live;

/// How often metrics are read where no step says so.
const EVERY: Duration = Duration::from_secs(15);

/// What is asked in a state.
pub(in crate::drive) struct Asked<'p> {
    pub(in crate::drive) analyze: &'p [Check],
    pub(in crate::drive) watch: &'p [Check],
    pub(in crate::drive) every: Duration,
}

impl<'p> Asked<'p> {
    pub(in crate::drive) fn of(live: &'p Live, state: &State) -> Option<Self> {
        let plan = &live.release.plan;
        let analyze = plan.analysis(state);
        let watch = plan.watched(state);
        let every = analyze.map_or(EVERY, |analyze| analyze.every);
        let checks = analyze.map(|analyze| analyze.checks.as_slice()).unwrap_or_default();
        let is_asked = !checks.is_empty() || !watch.is_empty();
        is_asked.then_some(Self { analyze: checks, watch, every })
    }
}
