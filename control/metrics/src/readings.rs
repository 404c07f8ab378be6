//! What was scraped in a range, and what of it was known at each look.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use policy::rollout::analysis::{Look, Scrape, Series, Source};

/// How long a sample stands for a series that has no newer one, as in Prometheus. Shorter gaps lose nothing: what was
/// counted in them is counted after them, for both subsets of a proxy alike.
pub const LOOKBACK: Duration = Duration::from_mins(5);

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Candidate,
    Stable,
    /// Requests that failed before they reached a pod, which no label assigns to a subset.
    Neither,
}

/// What tells one series from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    /// The proxy.
    pub(crate) source: String,
    /// Who scraped it: of a proxy that two do, one counts.
    pub(crate) scraper: String,
    pub(crate) side: Side,
    pub(crate) series: Series,
}

/// The samples of all series: time in milliseconds, and value.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    pub(crate) of: BTreeMap<Name, Vec<(u64, u64)>>,
    pub(crate) count: usize,
    /// What was said along with the answers.
    pub(crate) warnings: BTreeSet<String>,
}

/// What the counters of both subsets were at each look.
#[derive(Debug)]
pub struct Readings {
    samples: Vec<(Name, Vec<(u64, u64)>)>,
    looks: Vec<u64>,
    /// The time between two looks.
    pub every: Duration,
    /// The time between two scrapes; none where that does not show.
    pub scraped_every: Option<Duration>,
    /// What is to be known beside the counts.
    pub notes: Vec<String>,
}

/// What the counters of both subsets were at one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// The candidate's counters; none where no proxy was scraped.
    pub candidate: Option<Scrape>,
    /// Stable's.
    pub stable: Option<Scrape>,
}

impl Reading {
    /// The look, under the split that all proxies had at that time; none where it is not known.
    #[must_use]
    pub fn look(self, split: Option<String>) -> Look {
        Look { at: self.at, split, candidate: self.candidate, stable: self.stable }
    }
}

impl Samples {
    /// Adds the samples of a series; those that are there already are not added again.
    pub(crate) fn add(&mut self, name: Name, samples: impl Iterator<Item = (u64, u64)>) {
        let known = self.of.entry(name).or_default();
        let before = known.len();
        known.extend(samples);
        known.sort_unstable_by_key(|(at, _)| *at);
        known.dedup_by_key(|(at, _)| *at);
        self.count += known.len() - before;
    }

    /// What was known at looks from `from` to `to`.
    pub(crate) fn readings(self, range: crate::Range) -> Readings {
        let mut notes: Vec<String> = self.warnings.into_iter().collect();
        let samples = once_each(self.of, &mut notes);
        let scraped_every = interval(samples.iter().map(|(_, samples)| samples.as_slice()));
        let mut every = range.every;
        if let Some(interval) = scraped_every.filter(|interval| *interval > every)
            && range.to > range.from
        {
            every = interval;
            let (asked, found) = (range.every.as_secs_f64(), interval.as_secs_f64());
            notes.push(format!("scraped every {found} s: looked at as often, not every {asked} s"));
        }
        let step = u64::try_from(every.as_millis()).unwrap_or(u64::MAX).max(1);
        let mut looks = vec![range.from];
        looks.extend((1..).map_while(|number: u64| {
            number.checked_mul(step)?.checked_add(range.from).filter(|at| *at <= range.to)
        }));
        Readings { samples, looks, every, scraped_every, notes }
    }
}

/// Each proxy by one scraper: the one with the most samples.
fn once_each(
    samples: BTreeMap<Name, Vec<(u64, u64)>>,
    notes: &mut Vec<String>,
) -> Vec<(Name, Vec<(u64, u64)>)> {
    let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (name, samples) in &samples {
        *counts.entry(&name.source).or_default().entry(&name.scraper).or_default() += samples.len();
    }
    let several = counts.values().filter(|scrapers| scrapers.len() > 1).count();
    if several > 0 {
        notes.push(format!("{several} proxies are scraped more than once: each is counted once"));
    }
    let best: BTreeMap<String, String> = counts
        .iter()
        .filter_map(|(source, scrapers)| {
            let best =
                scrapers.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(*name)));
            best.map(|(best, _)| ((*source).to_owned(), (*best).to_owned()))
        })
        .collect();
    samples.into_iter().filter(|(name, _)| best.get(&name.source) == Some(&name.scraper)).collect()
}

/// The usual time between two samples: the median.
fn interval<'s>(all: impl Iterator<Item = &'s [(u64, u64)]>) -> Option<Duration> {
    /// More say nothing more.
    const ENOUGH: usize = 10_000;
    let gaps = |samples: &'s [(u64, u64)]| {
        samples.windows(2).filter_map(|pair| match pair {
            [(before, _), (after, _)] => after.checked_sub(*before).filter(|gap| *gap > 0),
            _ => None,
        })
    };
    let mut gaps: Vec<u64> = all.flat_map(gaps).take(ENOUGH).collect();
    gaps.sort_unstable();
    // Scrapers are off by milliseconds.
    gaps.get(gaps.len() / 2).map(|gap| Duration::from_millis((gap + 50) / 100 * 100))
}

impl Readings {
    /// How far from its look a scrape may be: one that was missed is no loss, two in a row are.
    #[must_use]
    pub fn tolerance(&self) -> Duration {
        self.scraped_every.unwrap_or(self.every).saturating_mul(3) / 2
    }

    /// Whether there are any counters at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.samples.iter().all(|(name, _)| name.side == Side::Neither)
    }

    /// What was known at each look, in their order. Made one at a time: all of them would not fit into memory.
    pub fn iter(&self) -> impl Iterator<Item = Reading> {
        self.looks.iter().map(|at| self.at(*at))
    }

    /// How many requests failed from the first look to the last without a label that says for which subset.
    #[must_use]
    pub fn lost(&self) -> u64 {
        let (Some(first), Some(last)) = (self.looks.first(), self.looks.last()) else { return 0 };
        let lost = self.samples.iter().filter(|(name, _)| name.side == Side::Neither);
        let added = lost.map(|(_, samples)| {
            let before = samples.partition_point(|(at, _)| at <= first);
            let after = samples.partition_point(|(at, _)| at <= last);
            let mut known =
                before.checked_sub(1).and_then(|at| samples.get(at)).map(|(_, value)| *value);
            let mut sum = 0_u64;
            for (_, value) in samples.get(before..after).unwrap_or_default() {
                let added = known.map_or(0, |known| value.checked_sub(known).unwrap_or(*value));
                sum = sum.saturating_add(added);
                known = Some(*value);
            }
            sum
        });
        added.fold(0, u64::saturating_add)
    }

    fn at(&self, at: u64) -> Reading {
        let lookback = u64::try_from(LOOKBACK.as_millis()).unwrap_or(u64::MAX);
        let oldest = at.saturating_sub(lookback);
        let mut newest = None;
        let (mut candidate, mut stable) = (BTreeMap::new(), BTreeMap::new());
        for (name, samples) in &self.samples {
            let known = samples.partition_point(|(time, _)| *time <= at);
            let known = known.checked_sub(1).and_then(|last| samples.get(last));
            let Some((time, value)) = known.filter(|(time, _)| *time > oldest) else { continue };
            newest = newest.max(Some(*time));
            // A proxy that counted for one subset was asked about both: without a series it has counted nothing.
            for (side, sources) in [(Side::Candidate, &mut candidate), (Side::Stable, &mut stable)]
            {
                let source: &mut Source = sources.entry(name.source.clone()).or_default();
                if name.side == side {
                    source.series.insert(name.series.clone(), *value);
                }
            }
        }
        let scrape = |sources| newest.map(|at| Scrape { at, sources });
        Reading { at, candidate: scrape(candidate), stable: scrape(stable) }
    }
}
