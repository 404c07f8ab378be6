//! A past range, judged as a rollout would have judged it while it went on.

use std::time::Duration;

use policy::rollout::analysis::{Check, Dropped, Evidence, Look, Outcome, Verdict};

use crate::readings::Reading;

/// What was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The verdict: at the first look at which the candidate is worse, otherwise at the end.
    pub verdict: Verdict,
    /// When the candidate was shown to be healthy for the first time.
    pub healthy_at: Option<u64>,
    /// How many blocks of the time before were taken, to know how much the requests of stable fail together.
    pub blocks_before: u64,
}

/// Judges readings from `from` on, which is in milliseconds since 1970. Those before tell how much the requests of
/// stable fail together, and where durations are compared. It ends where the candidate is worse: a rollout is rolled
/// back at that look, whatever comes after it. `splits` are the times at which the split changed.
#[must_use]
pub fn judge(
    readings: impl Iterator<Item = Reading>,
    checks: &[Check],
    from: u64,
    splits: &[u64],
    tolerance: Duration,
) -> Judged {
    let split = |at: u64| splits.iter().filter(|change| **change <= at).count().to_string();
    let mut looks = readings.map(|reading| {
        let split = split(reading.at);
        reading.look(Some(split))
    });
    let Some(mut before) = looks.next() else {
        let verdict = Evidence::new(checks, from).verdict();
        return Judged { verdict, healthy_at: None, blocks_before: 0 };
    };
    let mut evidence = Evidence::new(checks, before.at.min(from));
    let mut is_before = before.at < from;
    let mut blocks_before = 0;
    let mut healthy_at = None;
    for now in looks {
        let taken = evidence.take(&before, &now, tolerance);
        if is_before && now.at >= from {
            blocks_before = evidence.verdict().blocks;
            evidence = evidence.next(checks, now.at);
            is_before = false;
            before = now;
            continue;
        }
        if !is_before {
            let verdict = evidence.verdict();
            match verdict.outcome {
                Outcome::Worse => return Judged { verdict, healthy_at, blocks_before },
                Outcome::Healthy => healthy_at = healthy_at.or(Some(now.at)),
                Outcome::Inconclusive(_) => {}
            }
        }
        if !is_waiting(taken, &before) {
            before = now;
        }
    }
    if is_before {
        blocks_before = evidence.verdict().blocks;
        evidence = evidence.next(checks, from);
    }
    Judged { verdict: evidence.verdict(), healthy_at, blocks_before }
}

/// Whether the next block begins where this one did: counters go on while no one reads them.
fn is_waiting(taken: Result<(), Dropped>, before: &Look) -> bool {
    let is_known = before.candidate.is_some() && before.stable.is_some();
    let is_missing = matches!(
        taken,
        Err(Dropped::CandidateMissing
            | Dropped::StableMissing
            | Dropped::CandidateLate
            | Dropped::StableLate)
    );
    is_known && is_missing
}
