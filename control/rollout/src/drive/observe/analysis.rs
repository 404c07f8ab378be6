//! What checks say of the candidate. Who drives reads metrics ([`observe`]); who looks on, or decides about a verb, goes
//! by the status ([`recall`]).

use istio::names;
use policy::rollout::{Check, Judgement, Mesh, State};

use super::super::analyzer::Asked;
use super::super::event::Note;
use super::super::live::Live;
use super::super::rollout::Rollout;
use super::super::subject::Subject;
use super::Seen;
use crate::Kept;

/// Reads metrics where it is time to, and adds what they say to what is `seen`.
pub(in crate::drive) async fn observe(
    rollout: &Rollout<'_>,
    subject: &Subject<'_>,
    live: &Live,
    state: &State,
    seen: &mut Seen,
) {
    let analyzer = rollout.analyzer;
    let uid = live.object.uid();
    let (Some(asked), Some(candidate)) = (Asked::of(live, state), subject.plan().candidate) else {
        analyzer.forget(uid);
        return;
    };
    let mut known = analyzer.take(uid);
    known.begin(live, &asked);
    if known.is_due(asked.every, rollout.clock.uptime()) {
        let is_known = seen.observation.mesh == Some(Mesh::Current);
        let split = format!("{:016x}", names::digest(format!("{:?}", state.traffic).as_bytes()));
        let split = is_known.then_some(split.as_str());
        let durations = known.counts_durations();
        let of = metrics::Subject::new(subject.release, candidate, durations);
        known.look(analyzer.metrics(), &of, rollout.now(), split).await;
    }
    if let Some(failure) = known.failure() {
        seen.notes.push(Note::Unknown(failure.to_owned()));
    }
    [seen.observation.verdict, seen.observation.watch] = known.judgements();
    seen.analysis = Some(known.written_down());
    analyzer.keep(uid, known);
}

/// Whether what is known of a Release's candidate is to be written down now, as it is `decided` or not.
pub(in crate::drive) fn is_to_be_written(
    rollout: &Rollout<'_>,
    live: &Live,
    decided: bool,
) -> bool {
    let uid = live.object.uid();
    let mut known = rollout.analyzer.take(uid);
    let is_due = known.is_to_be_written(decided, rollout.clock.uptime());
    rollout.analyzer.keep(uid, known);
    is_due
}

/// What the status says of the candidate, added to what is `seen`.
pub(in crate::drive) fn recall(live: &Live, state: &State, seen: &mut Seen) {
    let Some(asked) = Asked::of(live, state) else { return };
    let Some(analysis) = live.status.analysis_now().filter(|it| it.failure.is_none()) else {
        return;
    };
    let judged = |kept: &Option<Kept>, checks: &[Check]| -> Option<Judgement> {
        kept.as_ref().filter(|_| !checks.is_empty()).map(|kept| kept.judgement(checks))
    };
    seen.observation.verdict = judged(&analysis.analyze, asked.analyze);
    seen.observation.watch = judged(&analysis.watch, asked.watch);
}
