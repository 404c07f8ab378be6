//! Whether there is enough traffic for the answers that a rollout waits for.

use std::time::Duration;

use super::analysis::{self, needed};
use super::{Analyze, Check, Plan, PlanStep};
use crate::decimal::decimal;
use crate::path::Path;
use crate::policy::{Policy, Share, Split, SubsetId};
use crate::problem::{Code, Problem};

/// Times of less than so much are told in seconds.
const MINUTES: f64 = 120.0;

/// Warnings about the analyses of a Release that end before as many requests have come as an answer takes, where all
/// callers in `attach` together send `rate` requests a second. The Release stands at the root of its document.
///
/// The share of the candidate is what the last `shift` gives it. Users whom a rule sends elsewhere are not in it, and a
/// rule may give the candidate more: how many requests rules take is not known.
#[must_use]
pub fn too_short(policy: &Policy, plan: &Plan, rate: f64) -> Vec<Problem> {
    let Some(candidate) = plan.candidate else { return Vec::new() };
    let mut traffic = Traffic { share: 0.0, by_rules: false };
    let mut problems = Vec::new();
    for (index, step) in plan.steps.iter().enumerate() {
        match step {
            PlanStep::Shift(split) => traffic = Traffic::shifted(policy, split, candidate),
            PlanStep::Promote(winner) => {
                let share = if *winner == candidate { 1.0 } else { 0.0 };
                traffic = Traffic { share, by_rules: false };
            }
            PlanStep::Analyze(analyze) => {
                let at = Path::root().key("spec").key("rollout").key("steps").index(index);
                let at = at.key("analyze").key("for");
                let name = policy.subset_name(candidate);
                problems.extend(traffic.falls_short(analyze, (name, rate), &at));
            }
            PlanStep::Open
            | PlanStep::Scale(_)
            | PlanStep::Mirror(_)
            | PlanStep::Update { .. }
            | PlanStep::Approve { .. }
            | PlanStep::Pause { .. }
            | PlanStep::Retire(_) => {}
        }
    }
    problems
}

/// What the candidate gets.
#[derive(Clone, Copy)]
struct Traffic {
    /// Of all requests, between 0 and 1, but for what rules take.
    share: f64,
    /// Whether a rule gives it a larger share.
    by_rules: bool,
}

impl Traffic {
    fn shifted(policy: &Policy, split: &Split, candidate: SubsetId) -> Self {
        let of = |split: &Split| {
            let mut shares = split.shares().filter(|(id, _)| *id == candidate);
            shares.next().map_or(0, |(_, share)| share.hundredths())
        };
        let by_rules = policy.rules().iter().any(|rule| of(rule.split()) > of(split));
        Self { share: f64::from(of(split)) / f64::from(Share::ALL.hundredths()), by_rules }
    }

    /// The warning that stands at `at`, about the check that takes the most requests.
    fn falls_short(
        self,
        analyze: &Analyze,
        (name, rate): (&str, f64),
        at: &Path,
    ) -> Option<Problem> {
        let counted = analyze.checks.iter().filter_map(Check::counted);
        let all = counted.filter_map(|check| Some((needed(check, self.share)?, check)));
        let (needed, check) = all.max_by_key(|(needed, _)| *needed)?;
        let (own, seconds) = (rate * self.share, analyze.length.as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53, and compared only")]
        if own * seconds >= needed as f64 {
            return None;
        }
        let without = if self.by_rules { ", without those that rules send to it" } else { "" };
        let shown = match check {
            analysis::Check::ErrorsAtMost(bound) => {
                let most = decimal(bound.rate * 100.0);
                format!("{needed} without an error are needed to show that at most {most} % fail")
            }
            analysis::Check::ErrorsWorseThanStable(_) => format!(
                "{needed} are needed to show that it is not worse than stable, if neither has an error"
            ),
            analysis::Check::DurationWorseThanStable(_) => format!(
                "about {needed} are needed to show that it is not slower than stable, if it is as fast"
            ),
        };
        let message = format!(
            "at {} a second, {} % for `{name}` are {} in {}{without}: {shown}",
            requests(rate),
            decimal(self.share * 100.0),
            requests(libm::floor(own * seconds + 1e-6)),
            told(analyze.length),
        );
        #[expect(clippy::cast_precision_loss, reason = "rounded up to what people write")]
        let help = match long_enough(needed as f64 / own) {
            Some(time) => format!("`for: {}`, or shift more users to `{name}` before", told(time)),
            None => format!("shift users to `{name}` before"),
        };
        Some(Problem::warning(Code::InvalidRollout, at, message).help(help))
    }
}

/// `1 request`, `0.5 requests`.
fn requests(number: f64) -> String {
    let number = decimal(number);
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} request{plural}")
}

/// So many seconds, rounded up to what people write; none where that is longer than people wait.
fn long_enough(seconds: f64) -> Option<Duration> {
    let unit = if seconds < MINUTES { 1.0 } else { 60.0 };
    let rounded = libm::ceil(seconds / unit) * unit;
    Duration::try_from_secs_f64(rounded).ok()
}

/// `1h30m`, `10m`, `45s`.
fn told(time: Duration) -> String {
    let (minutes, seconds) = (time.as_secs() / 60, time.as_secs() % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let parts = [(hours, 'h'), (minutes, 'm'), (seconds, 's')];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let told: Vec<_> = parts.map(|(number, unit)| format!("{number}{unit}")).collect();
    if told.is_empty() { format!("{}ms", time.as_millis()) } else { told.concat() }
}

#[cfg(test)]
mod tests;
