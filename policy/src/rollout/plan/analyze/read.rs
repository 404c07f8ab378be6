//! Reads analyses and checks: durations, percentages and numbers in their range, nothing asked twice.

use std::time::Duration;

use super::{Analyze, Bound, Check, Query};
use crate::decimal::decimal;
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};
use crate::rollout::analysis::{self, AtMost, Comparison};
use crate::rollout::plan::PlanStep;
use crate::rollout::plan::time::time;
use crate::spec::{self, DurationCheck, ErrorsCheck};

/// How often the candidate is looked at where that is not written.
const EVERY: Duration = Duration::from_secs(15);
/// More often is a load on what is asked.
const OFTEN: Duration = Duration::from_secs(1);
/// A healthy candidate that is rolled back more often than every other time is no analysis.
const MOST_ALPHA: f64 = 0.5;
/// A rate of 100 %, in millionths.
const ALL: u32 = 1_000_000;

/// The step that stands at `path`; none where a problem forbids it.
pub(in super::super) fn read(
    written: &spec::Analyze,
    path: &Path,
    problems: &mut Problems,
) -> Option<Analyze> {
    let (help, at) = ("such as `10m`", path.key("for"));
    let length = time(Some(&written.length), help, &at, problems).ok().flatten();
    let every = read_every(written, length, &path.key("every"), problems);
    let at = path.key("checks");
    if written.checks.is_empty() {
        let problem = Problem::error(Code::Empty, &at, "`analyze` has at least one check");
        problems.add(problem.help("`- errors: {worseThanStable: {}}`, say"));
    }
    let checks = read_checks(&written.checks, &at, problems)?;
    Some(Analyze {
        length: length?,
        every: every?,
        checks,
        inconclusive: written.inconclusive.unwrap_or_default(),
        dry_run: written.dry_run.unwrap_or_default(),
    })
}

/// How often it is looked at, where that can be within `length`.
fn read_every(
    written: &spec::Analyze,
    length: Option<Duration>,
    at: &Path,
    problems: &mut Problems,
) -> Option<Duration> {
    let Some(text) = &written.every else { return Some(length?.min(EVERY)) };
    let every = time(Some(text), "such as `15s`", at, problems).ok().flatten()?;
    let message = match length {
        Some(length) if every > length => {
            format!("expected at most the `{}` of `for`, found `{text}`", written.length)
        }
        _ if every < OFTEN => format!("expected at least `1s`, found `{text}`"),
        _ => return Some(every),
    };
    problems.add(Problem::error(Code::OutOfRange, at, message));
    None
}

/// The checks of every step, which stand at `path`.
pub(in super::super) fn watch(
    rollout: &spec::Rollout,
    path: &Path,
    problems: &mut Problems,
) -> Vec<Check> {
    let Some(written) = &rollout.watch else { return Vec::new() };
    if written.is_empty() {
        let problem = Problem::error(Code::Empty, path, "`watch` has at least one check");
        problems.add(problem.help("remove `watch` if nothing is to be watched"));
    }
    read_checks(written, path, problems).unwrap_or_default()
}

/// A warning where a plan is watched and nothing of it waits until the candidate is shown to be healthy.
pub(in super::super) fn only_watched(
    watch: &[Check],
    steps: &[PlanStep],
    path: &Path,
) -> Option<Problem> {
    let analyzes = steps.iter().any(|step| matches!(step, PlanStep::Analyze(_)));
    let message = "`watch` only leads back: no step waits until the candidate is shown to be \
                   healthy, and it goes on if nothing is counted";
    let warning = Problem::warning(Code::InvalidRollout, path, message);
    (!watch.is_empty() && !analyzes)
        .then(|| warning.help("add a step `analyze` after the first `shift`"))
}

/// All of the checks; none where one cannot be read.
fn read_checks(
    written: &[spec::Check],
    path: &Path,
    problems: &mut Problems,
) -> Option<Vec<Check>> {
    let mut read: Vec<Check> = Vec::new();
    for (index, check) in written.iter().enumerate() {
        let at = path.index(index);
        let Some(check) = read_check(check, &at, problems) else { continue };
        if read.iter().any(|other| asks_the_same(other, &check)) {
            let message = "an earlier check asks the same";
            problems.add(Problem::error(Code::InvalidRollout, &at, message).help("remove it"));
        }
        read.push(check);
    }
    (read.len() == written.len()).then_some(read)
}

/// Whether two checks ask the same, however sure they want to be of the answer. Of one query there can be two: not more
/// than this, and not less than that.
fn asks_the_same(one: &Check, other: &Check) -> bool {
    let kind = std::mem::discriminant::<analysis::Check>;
    match (one, other) {
        (Check::Counted(one), Check::Counted(other)) => kind(one) == kind(other),
        (Check::Query(one), Check::Query(other)) => {
            one.promql == other.promql
                && std::mem::discriminant(&one.bound) == std::mem::discriminant(&other.bound)
        }
        (Check::Counted(_), Check::Query(_)) | (Check::Query(_), Check::Counted(_)) => false,
    }
}

fn read_check(written: &spec::Check, at: &Path, problems: &mut Problems) -> Option<Check> {
    let (errors, duration) = (at.key("errors"), at.key("duration"));
    match written {
        spec::Check::Errors(ErrorsCheck::WorseThanStable(comparison)) => {
            let comparison = compared(comparison, &errors, problems)?;
            Some(Check::Counted(analysis::Check::ErrorsWorseThanStable(comparison)))
        }
        spec::Check::Errors(ErrorsCheck::AtMost(text)) => {
            let rate = rate(text, &errors.key("atMost"), problems)?;
            Some(Check::Counted(analysis::Check::ErrorsAtMost(AtMost::new(rate))))
        }
        spec::Check::Duration(DurationCheck::WorseThanStable(comparison)) => {
            let comparison = compared(comparison, &duration, problems)?;
            Some(Check::Counted(analysis::Check::DurationWorseThanStable(comparison)))
        }
        spec::Check::Query(written) => query(written, &at.key("query"), problems).map(Check::Query),
    }
}

fn compared(written: &spec::Comparison, at: &Path, problems: &mut Problems) -> Option<Comparison> {
    let default = Comparison::default();
    let alpha = written.alpha.unwrap_or(default.alpha);
    if alpha > 0.0 && alpha <= MOST_ALPHA {
        return Some(Comparison { alpha, ..default });
    }
    let at = at.key("worseThanStable").key("alpha");
    let message = format!("expected a number above 0 and at most 0.5, found `{}`", decimal(alpha));
    let help = "the part of healthy candidates that may be rolled back: `0.01` is one in a hundred";
    problems.add(Problem::error(Code::OutOfRange, &at, message).help(help));
    None
}

/// A percentage, as a rate between 0 and 1.
fn rate(text: &str, at: &Path, problems: &mut Problems) -> Option<f64> {
    let (message, help) = match millionths(text) {
        Some(rate) if rate > 0 && rate < ALL => return Some(f64::from(rate) / f64::from(ALL)),
        Some(_) => (
            format!("expected a percentage above 0 % and below 100 %, found `{text}`"),
            "that no request fails can never be shown: `0.1%`, say",
        ),
        None => (
            format!("expected a percentage such as `1%`, found `{text}`"),
            "digits and `%`, with at most four decimals",
        ),
    };
    problems.add(Problem::error(Code::OutOfRange, at, message).help(help));
    None
}

/// `1%` or `0.05%`, in millionths of all.
fn millionths(text: &str) -> Option<u32> {
    let number = text.strip_suffix('%')?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 4 {
        return None;
    }
    let decimals = format!("{decimals:0<4}").parse::<u32>().ok()?;
    // So many digits are far over 100 %.
    let whole = whole.parse::<u32>().unwrap_or(u32::MAX);
    Some(whole.saturating_mul(ALL / 100).saturating_add(decimals))
}

fn query(written: &spec::QueryCheck, at: &Path, problems: &mut Problems) -> Option<Query> {
    let promql = written.promql.trim();
    if promql.is_empty() {
        let problem = Problem::error(Code::Empty, &at.key("promql"), "a query is not empty");
        problems.add(problem.help("write one that returns one number"));
    }
    let (name, number) = match (written.at_most, written.at_least) {
        (Some(most), None) => ("atMost", Bound::AtMost(most)),
        (None, Some(least)) => ("atLeast", Bound::AtLeast(least)),
        _ => {
            let message = "expected exactly one of `atMost` or `atLeast`";
            problems.add(Problem::error(Code::OneOf, at, message));
            return None;
        }
    };
    let (Bound::AtMost(value) | Bound::AtLeast(value)) = number;
    if !value.is_finite() {
        let message = format!("expected a number, found `{}`", decimal(value));
        problems.add(Problem::error(Code::OutOfRange, &at.key(name), message));
        return None;
    }
    (!promql.is_empty()).then(|| Query { promql: promql.to_owned(), bound: number })
}
