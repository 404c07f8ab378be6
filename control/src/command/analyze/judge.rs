//! Asks, judges and prints.

use std::time::Duration;

use anyhow::Context as _;
use document::report::{Console, Format, Length, Message};
use jiff::Timestamp;
use metrics::{Metrics as _, Prometheus, Range, Readings};
use policy::rollout::analysis::{Check, Outcome};
use tokio::runtime::Runtime;

use super::options::CheckArg;
use super::report::Report;
use super::subject::Subject;
use super::{Args, data, text};
use crate::command::metrics::asked;
use crate::exit::Exit;

/// The longest range: what is asked for is read whole.
const LONGEST: Duration = Duration::from_hours(24);

/// Judges the range.
pub(super) fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let prometheus = asked(&args.metrics).and_then(|asked| {
        let message = "the proxies do not remember what they counted";
        asked.ok_or_else(|| Message::new(message).help("name a Prometheus: `--prometheus URL`"))
    });
    let range = match (range(args), prometheus) {
        (Ok(range), Ok(options)) => (range, options),
        (range, options) => {
            for complaint in [range.err(), options.err()].into_iter().flatten() {
                console.fail(&complaint);
            }
            return Ok(Exit::USAGE);
        }
    };
    let (range, options) = range;
    let subject = match Subject::read(args, console)? {
        Ok(subject) => subject,
        Err(exit) => return Ok(exit),
    };
    let candidate = match subject.candidate(args, console) {
        Ok(candidate) => candidate,
        Err(exit) => return Ok(exit),
    };
    let checks = checks(args);
    let durations = checks.iter().any(|check| matches!(check, Check::DurationWorseThanStable(_)));
    let of = metrics::Subject::new(&subject.release, candidate, durations);
    let Length(before) = args.before;
    let before = u64::try_from(before.as_millis()).unwrap_or(u64::MAX);
    let whole = Range { from: range.from.saturating_sub(before), ..range };
    let runtime = Runtime::new().context("cannot start threads")?;
    let answered = runtime.block_on(async { Prometheus::new(options)?.range(&of, whole).await });
    // A name may still be asked for by a thread that nothing can wake.
    runtime.shutdown_background();
    let readings: Readings = match answered {
        Ok(readings) => readings,
        Err(error) => {
            console.fail(&Message::new(error.text).maybe_help(error.help));
            return Ok(Exit::FAILURE);
        }
    };
    let tolerance = readings.tolerance();
    let judged = metrics::judge(readings.iter(), &checks, range.from, &subject.changes, tolerance);
    let report = Report {
        release: subject.release.policy.full_name(),
        candidate: of.candidate.name,
        stable: of.stable.name,
        from: range.from,
        to: range.to,
        every: readings.every,
        judged,
        notes: readings.notes,
    };
    let printed = match args.output.format {
        Format::Text => text::render(&report),
        Format::Data(data) => data.document(&data::document(&report))?,
    };
    console.print(&printed).context("cannot write to standard output")?;
    Ok(match report.judged.verdict.outcome {
        Outcome::Worse => Exit::WORSE,
        Outcome::Healthy => Exit::OK,
        Outcome::Inconclusive(_) => Exit::INCONCLUSIVE,
    })
}

fn range(args: &Args) -> Result<Range, Message> {
    let now = Timestamp::now();
    let from = args.from.milliseconds(now);
    let end = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let to = args.to.map_or(end, |to| to.milliseconds(now)).min(end);
    if from >= to {
        let message = "`--from` is not before `--to`, or in the future";
        return Err(Message::new(message));
    }
    let Length(before) = args.before;
    if Duration::from_millis(to - from).saturating_add(before) > LONGEST {
        let message = format!("expected at most {} from the beginning to the end", Length(LONGEST));
        return Err(Message::new(message));
    }
    let Length(every) = args.every;
    if every < Duration::from_secs(1) {
        return Err(Message::new("`--every`: expected 1s or more"));
    }
    Ok(Range { from, to, every })
}

fn checks(args: &Args) -> Vec<Check> {
    let chosen: &[CheckArg] = match args.check.as_slice() {
        [] => &[CheckArg::Errors, CheckArg::Duration],
        chosen => chosen,
    };
    chosen.iter().map(|check| check.check(args.alpha)).collect()
}
