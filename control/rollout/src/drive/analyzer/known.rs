//! What is known of a Release's candidate: evidence goes on from what the status has of it.

use std::time::Duration;

use jiff::Timestamp;
use metrics::{Metrics, Range};
use policy::rollout::{Check, Judgement};

use super::asked::Asked;
use super::inquiry::Inquiry;
use crate::drive::live::{Live, written};
use crate::{Analysis, Kept};

/// How long stable is looked at before a step, where metrics go back so far.
const BEFORE: u64 = 10 * 60 * 1000;
/// Evidence that is older goes on from there no more: what was counted since then would not be read in bounded time.
const LONGEST: u64 = 6 * 60 * 60 * 1000;
/// Decisions are written down at once, and what is counted until then as often as this.
const WRITTEN: Duration = Duration::from_secs(30);

/// What is known of a Release's candidate.
#[derive(Debug, Default)]
pub(in crate::drive) struct Known {
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

impl Known {
    /// How long until metrics are to be read again; none where they were not read yet.
    pub(super) fn next_look(&self, uptime: Duration) -> Option<Duration> {
        Some(self.asked?.saturating_add(self.every).saturating_sub(uptime))
    }

    /// Whether it is time to read metrics, which are read as often as this; from now on they were.
    pub(in crate::drive) fn is_due(&mut self, every: Duration, uptime: Duration) -> bool {
        self.every = every;
        let is_due = self.asked.is_none_or(|at| uptime.saturating_sub(at) >= every);
        if is_due {
            self.asked = Some(uptime);
        }
        is_due
    }

    /// Whether it is time to write it down, `decided` or not; from now on it was.
    pub(in crate::drive) fn is_to_be_written(&mut self, decided: bool, uptime: Duration) -> bool {
        let is_old = self.written.is_none_or(|at| uptime.saturating_sub(at) >= WRITTEN);
        if decided || is_old {
            self.written = Some(uptime);
        }
        decided || is_old
    }

    /// Why metrics could not be read.
    pub(in crate::drive) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// What the checks of the step say, and those of every step; none where there are none, or they were not read.
    pub(in crate::drive) fn judgements(&self) -> [Option<Judgement>; 2] {
        if self.failure.is_some() {
            return [None, None];
        }
        [&self.analyze, &self.watch].map(|it| it.as_ref().map(Inquiry::judgement))
    }

    /// Whether durations are asked for.
    pub(in crate::drive) fn counts_durations(&self) -> bool {
        self.inquiries().any(Inquiry::counts_durations)
    }

    /// Reads metrics at this time, at which the proxies had the split of this name; none: it is not known.
    pub(in crate::drive) async fn look(
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
    pub(in crate::drive) fn begin(&mut self, live: &Live, asked: &Asked<'_>) {
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
    pub(in crate::drive) fn written_down(&self) -> Analysis {
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

/// A time of the status, in milliseconds since 1970.
fn milliseconds(time: &str) -> u64 {
    let time = time.parse::<Timestamp>().ok();
    time.and_then(|time| u64::try_from(time.as_millisecond()).ok()).unwrap_or_default()
}
