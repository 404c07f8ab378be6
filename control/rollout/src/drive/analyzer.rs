//! What is known of candidates: metrics are read as often as a Release says, and evidence goes on from what its status
//! has of it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use metrics::{Judge, Metrics, Range};
use policy::rollout::analysis;
use policy::rollout::{Check, Judgement, State};

use super::live::{Live, written};
use crate::analysis::{Analysis, Kept};

/// How often metrics are read where no step says so.
const EVERY: Duration = Duration::from_secs(15);
/// How long stable is looked at before a step, where metrics go back so far.
const BEFORE: u64 = 10 * 60 * 1000;
/// Evidence that is older goes on from there no more: what was counted since then would not be read in bounded time.
const LONGEST: u64 = 6 * 60 * 60 * 1000;
/// Decisions are written down at once, and what is counted until then as often as this.
const WRITTEN: Duration = Duration::from_secs(30);

/// Reads metrics, and remembers what they said of each Release.
pub struct Analyzer<'m> {
    metrics: Box<dyn Metrics + 'm>,
    known: Mutex<HashMap<String, Known>>,
}

/// What is known of a Release's candidate.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Since when the step is at work, as the status has it.
    since: String,
    analyze: Option<Inquiry>,
    watch: Option<Inquiry>,
    /// When metrics were read last.
    asked: Option<Duration>,
    time: String,
    failure: Option<String>,
    notes: Vec<String>,
    /// How often they are read.
    every: Duration,
    /// When that was written down.
    written: Option<Duration>,
}

/// A list of checks, and what is known of each.
#[derive(Debug)]
struct Inquiry {
    checks: Vec<Check>,
    judge: Judge,
    numbers: Vec<Option<f64>>,
}

impl<'m> Analyzer<'m> {
    /// By these metrics.
    #[must_use]
    pub fn new(metrics: Box<dyn Metrics + 'm>) -> Self {
        Self { metrics, known: Mutex::default() }
    }

    /// What is known of the Release with this UID, which is kept again afterwards.
    pub(super) fn take(&self, key: &str) -> Known {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(key).unwrap_or_default()
    }

    /// Keeps what is known.
    pub(super) fn keep(&self, key: &str, known: Known) {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key.to_owned(), known);
    }

    /// What is asked.
    pub(super) fn metrics(&self) -> &dyn Metrics {
        self.metrics.as_ref()
    }

    /// How long until metrics are to be read again for the Release with this UID; none where they are not.
    #[must_use]
    pub fn next_look(&self, uid: &str, uptime: Duration) -> Option<Duration> {
        let all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(uid)?;
        Some(known.asked?.saturating_add(known.every).saturating_sub(uptime))
    }

    /// Forgets a Release whose candidate is not judged any more.
    pub(super) fn forget(&self, key: &str) {
        self.take(key);
    }
}

impl fmt::Debug for Analyzer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Analyzer").field("metrics", &self.metrics).finish_non_exhaustive()
    }
}

/// What is asked in a state.
pub(super) struct Asked<'p> {
    pub(super) analyze: &'p [Check],
    pub(super) watch: &'p [Check],
    pub(super) every: Duration,
}

impl<'p> Asked<'p> {
    pub(super) fn of(live: &'p Live, state: &State) -> Option<Self> {
        let plan = &live.release.plan;
        let analyze = plan.analysis(state);
        let watch = plan.watched(state);
        let every = analyze.map_or(EVERY, |analyze| analyze.every);
        let checks = analyze.map(|analyze| analyze.checks.as_slice()).unwrap_or_default();
        let is_asked = !checks.is_empty() || !watch.is_empty();
        is_asked.then_some(Self { analyze: checks, watch, every })
    }
}

impl Known {
    /// Whether it is time to read metrics, which are read as often as this; from now on they were.
    pub(super) fn is_due(&mut self, every: Duration, uptime: Duration) -> bool {
        self.every = every;
        let is_due = self.asked.is_none_or(|at| uptime.saturating_sub(at) >= every);
        if is_due {
            self.asked = Some(uptime);
        }
        is_due
    }

    /// Whether it is time to write it down, `decided` or not; from now on it was.
    pub(super) fn is_to_be_written(&mut self, decided: bool, uptime: Duration) -> bool {
        let is_old = self.written.is_none_or(|at| uptime.saturating_sub(at) >= WRITTEN);
        if decided || is_old {
            self.written = Some(uptime);
        }
        decided || is_old
    }

    /// Why metrics could not be read.
    pub(super) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// What the checks of the step say, and those of every step; none where there are none, or they were not read.
    pub(super) fn judgements(&self) -> [Option<Judgement>; 2] {
        if self.failure.is_some() {
            return [None, None];
        }
        [&self.analyze, &self.watch].map(|it| it.as_ref().map(Inquiry::judgement))
    }

    /// Whether durations are asked for.
    pub(super) fn counts_durations(&self) -> bool {
        self.inquiries().any(Inquiry::counts_durations)
    }

    /// Reads metrics at this time, at which the proxies had the split of this name; none: it is not known.
    pub(super) async fn look(
        &mut self,
        metrics: &dyn Metrics,
        subject: &metrics::Subject,
        now: Timestamp,
        split: Option<&str>,
    ) {
        self.time = written(now);
        let read = self.read(metrics, subject, now, split).await;
        self.failure = read.err().map(|error| match error.help {
            Some(help) => format!("{} ({help})", error.text),
            None => error.text,
        });
    }

    /// Of the step that is at work now: what was counted at another one says nothing of this but how much the requests
    /// of stable fail together.
    pub(super) fn begin(&mut self, live: &Live, asked: &Asked<'_>) {
        let status = &live.status;
        let since = status.since.clone().unwrap_or_default();
        let is_same = self.since == since;
        if is_same && self.answers(asked) {
            return;
        }
        let at = milliseconds(&since);
        let written = status.analysis.as_ref();
        let is_written = written.is_some_and(|written| written.since == since);
        let known = |inquiry: Option<Inquiry>, kept: Option<&Kept>| {
            let known = inquiry.map(|inquiry| inquiry.judge.evidence());
            known.or_else(|| kept.and_then(Kept::evidence))
        };
        let analyze =
            known(self.analyze.take(), written.and_then(|written| written.analyze.as_ref()));
        let watch = known(self.watch.take(), written.and_then(|written| written.watch.as_ref()));
        let goes_on = is_written && !is_same && self.since.is_empty();
        // What was counted for the one list tells as much of stable as for the other.
        let (one, other) = (analyze.clone().or_else(|| watch.clone()), watch.or(analyze));
        self.analyze = Inquiry::begin(asked.analyze, one, at, goes_on);
        self.watch = Inquiry::begin(asked.watch, other, at, goes_on);
        self.since = since;
        (self.asked, self.failure, self.written) = (None, None, None);
        self.notes.clear();
    }

    fn answers(&self, asked: &Asked<'_>) -> bool {
        let is = |inquiry: &Option<Inquiry>, checks: &[Check]| match inquiry {
            Some(inquiry) => inquiry.checks == checks,
            None => checks.is_empty(),
        };
        is(&self.analyze, asked.analyze) && is(&self.watch, asked.watch)
    }

    fn inquiries(&self) -> impl Iterator<Item = &Inquiry> {
        self.analyze.iter().chain(&self.watch)
    }

    fn inquiries_mut(&mut self) -> impl Iterator<Item = &mut Inquiry> {
        self.analyze.iter_mut().chain(&mut self.watch)
    }

    /// Reads what was counted since the last look, and asks the queries.
    async fn read(
        &mut self,
        metrics: &dyn Metrics,
        subject: &metrics::Subject,
        now: Timestamp,
        split: Option<&str>,
    ) -> Result<(), metrics::Error> {
        let now = u64::try_from(now.as_millisecond()).unwrap_or_default();
        self.notes.clear();
        if self.inquiries().any(Inquiry::counts) {
            let begin = milliseconds(&self.since).saturating_sub(BEFORE);
            let from = self.inquiries().filter(|it| it.counts());
            let from = from.map(|it| it.judge.asks_from().unwrap_or(begin)).min();
            let from = from.unwrap_or(begin).max(now.saturating_sub(LONGEST)).min(now);
            let readings =
                metrics.range(subject, Range { from, to: now, every: self.every }).await?;
            let tolerance = readings.tolerance();
            for reading in readings.iter() {
                for inquiry in self.inquiries_mut().filter(|it| it.counts()) {
                    let look = reading.clone().look(split.map(str::to_owned));
                    inquiry.judge.take(look, tolerance);
                }
            }
            self.notes = readings.notes;
        }
        for inquiry in self.inquiries_mut() {
            let mut numbers = Vec::new();
            for query in inquiry.checks.iter().filter_map(Check::query) {
                numbers.push(metrics.number(&query.promql, now).await?);
            }
            inquiry.numbers = numbers;
        }
        Ok(())
    }

    /// As the status has it.
    pub(super) fn written_down(&self) -> Analysis {
        Analysis {
            since: self.since.clone(),
            time: self.time.clone(),
            failure: self.failure.clone(),
            notes: self.notes.clone(),
            analyze: self.analyze.as_ref().map(Inquiry::kept),
            watch: self.watch.as_ref().map(Inquiry::kept),
        }
    }
}

impl Inquiry {
    /// From what is known, which is of the same step if it `goes_on`.
    fn begin(
        checks: &[Check],
        known: Option<analysis::Evidence>,
        since: u64,
        goes_on: bool,
    ) -> Option<Self> {
        if checks.is_empty() {
            return None;
        }
        let counted: Vec<analysis::Check> =
            checks.iter().filter_map(Check::counted).cloned().collect();
        let judge = match known {
            Some(known) if goes_on && known.answers(&counted) => Judge::resume(&counted, known),
            Some(known) => Judge::resume(&counted, known.next(&counted, since)),
            None => Judge::new(&counted, since),
        };
        Some(Self { checks: checks.to_vec(), judge, numbers: Vec::new() })
    }

    fn counts(&self) -> bool {
        self.checks.iter().any(|check| check.counted().is_some())
    }

    fn counts_durations(&self) -> bool {
        let is_duration =
            |check: &analysis::Check| matches!(check, analysis::Check::DurationWorseThanStable(_));
        self.checks.iter().filter_map(Check::counted).any(is_duration)
    }

    fn judgement(&self) -> Judgement {
        Judgement::of(&self.checks, Some(&self.judge.evidence()), &self.numbers)
    }

    fn kept(&self) -> Kept {
        Kept::new(&self.checks, &self.judge.evidence(), &self.numbers)
    }
}

/// A time of the status, in milliseconds since 1970.
fn milliseconds(time: &str) -> u64 {
    let time = time.parse::<Timestamp>().ok();
    time.and_then(|time| u64::try_from(time.as_millisecond()).ok()).unwrap_or_default()
}
