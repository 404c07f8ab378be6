//! Looks judged one after the other: as a rollout goes on, and of a past range as if one had.

use std::time::Duration;

use policy::rollout::analysis::{Check, Dropped, Evidence, Look, Outcome, Verdict};

use crate::readings::Reading;

/// Evidence as it grows, look after look.
#[derive(Clone, Debug)]
pub struct Judge {
    checks: Vec<Check>,
    evidence: Evidence,
    /// Where the next block begins.
    before: Option<Look>,
    /// When the candidate begins to be judged, as long as looks are before that.
    begins: Option<u64>,
    blocks_before: u64,
}

impl Judge {
    /// Judges from `from` on, which is in milliseconds since 1970. Looks before that tell how much the requests of
    /// stable fail together, and where durations are compared.
    #[must_use]
    pub fn new(checks: &[Check], from: u64) -> Self {
        let evidence = Evidence::new(checks, 0);
        Self {
            checks: checks.to_vec(),
            evidence,
            before: None,
            begins: Some(from),
            blocks_before: 0,
        }
    }

    /// Goes on from what was counted for these checks.
    #[must_use]
    pub fn resume(checks: &[Check], evidence: Evidence) -> Self {
        let checks = checks.to_vec();
        Self { checks, evidence, before: None, begins: None, blocks_before: 0 }
    }

    /// What was counted of the candidate.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        match self.begins {
            Some(from) => self.evidence.next(&self.checks, from),
            None => self.evidence.clone(),
        }
    }

    /// How many blocks of the time before were taken.
    #[must_use]
    pub fn blocks_before(&self) -> u64 {
        self.blocks_before
    }

    /// Since when counters are to be asked for, in milliseconds since 1970; none where there was no look yet.
    #[must_use]
    pub fn asks_from(&self) -> Option<u64> {
        let known = self.begins.is_none().then(|| self.evidence.until());
        self.before.as_ref().map(|before| before.at).or(known)
    }

    /// Takes the next look. One that is not after the last says nothing.
    pub fn take(&mut self, now: Look, tolerance: Duration) {
        let Some(before) = &self.before else {
            if self.begins.is_some_and(|from| now.at >= from) {
                self.begin(now.at);
            }
            self.before = Some(now);
            return;
        };
        if now.at <= before.at {
            return;
        }
        let taken = self.evidence.take(before, &now, tolerance);
        let waits = is_waiting(taken, before);
        let begins = self.begins.is_some_and(|from| now.at >= from);
        if begins {
            self.begin(now.at);
        }
        if begins || !waits {
            self.before = Some(now);
        }
    }

    fn begin(&mut self, at: u64) {
        self.blocks_before = self.evidence.verdict().blocks;
        self.evidence = self.evidence.next(&self.checks, at);
        self.begins = None;
    }
}

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

/// Judges readings from `from` on, which is in milliseconds since 1970. It ends where the candidate is worse: a rollout
/// is rolled back at that look, whatever comes after it. `splits` are the times at which the split changed.
#[must_use]
pub fn judge(
    readings: impl Iterator<Item = Reading>,
    checks: &[Check],
    from: u64,
    splits: &[u64],
    tolerance: Duration,
) -> Judged {
    let split = |at: u64| splits.iter().filter(|change| **change <= at).count().to_string();
    let mut judge = Judge::new(checks, from);
    let mut healthy_at = None;
    for reading in readings {
        let at = reading.at;
        judge.take(reading.look(Some(split(at))), tolerance);
        if judge.begins.is_some() {
            continue;
        }
        match judge.evidence.verdict().outcome {
            Outcome::Worse => break,
            Outcome::Healthy => healthy_at = healthy_at.or(Some(at)),
            Outcome::Inconclusive(_) => {}
        }
    }
    let blocks_before = judge.blocks_before;
    Judged { verdict: judge.evidence().verdict(), healthy_at, blocks_before }
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
