//! What the proxies count: requests that users make while time passes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use metrics::{Answer, Error, Kind, Metrics, Page, Range, Readings, Subject};

use super::Fake;

/// Requests of a subset from some time on.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    since: Duration,
    /// What was counted until then.
    requests: u64,
    errors: u64,
    /// Each second.
    rate: u64,
    /// So many of a thousand of them fail.
    failing: u64,
}

/// What is counted, and what queries return.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counters {
    loads: BTreeMap<&'static str, Load>,
    /// What queries return.
    pub(crate) numbers: BTreeMap<&'static str, f64>,
    /// Why they cannot be read.
    pub(crate) away: Option<&'static str>,
    /// How often they were read.
    pub(crate) reads: usize,
}

impl Load {
    fn counts(&self, now: Duration) -> (u64, u64) {
        let added = now.saturating_sub(self.since).as_secs() * self.rate;
        let errors = added * self.failing / 1000;
        (self.requests + added - errors, self.errors + errors)
    }
}

impl Counters {
    fn page(&self, subject: &Subject, now: Duration) -> String {
        let mut page = String::new();
        for (version, load) in &self.loads {
            let (successes, errors) = load.counts(now);
            let of =
                [&subject.candidate, &subject.stable].into_iter().find(|it| it.name == *version);
            let cluster = of.map(|of| of.clusters[0].clone()).unwrap_or_default();
            for (name, value) in [("success", successes), ("error", errors)] {
                let metric = format!("envoy_cluster_endpoint_rq_{name}");
                writeln!(page, "{metric}{{envoy_cluster_name=\"{cluster}\"}} {value}").unwrap();
            }
        }
        page
    }
}

impl Fake {
    /// From now on users make so many requests a second to a subset, and so many of a thousand fail.
    pub(crate) fn load(&self, version: &'static str, rate: u64, failing: u64) {
        let mut world = self.world();
        let since = world.now;
        let before = world.counters.loads.get(version).copied().unwrap_or_default();
        let (requests, errors) = before.counts(since);
        let load = Load { since, requests, errors, rate, failing };
        world.counters.loads.insert(version, load);
    }
}

impl Metrics for Fake {
    fn range<'a>(&'a self, subject: &'a Subject, range: Range) -> Answer<'a, Readings> {
        let mut world = self.world();
        world.counters.reads += 1;
        let (now, counters) = (world.now, world.counters.clone());
        drop(world);
        Box::pin(async move {
            if let Some(away) = counters.away {
                return Err(Error::new(Kind::Away, away));
            }
            let text = counters.page(subject, now);
            let pages = [Page { source: "productpage-1".to_owned(), text }];
            Ok(metrics::readings(subject, &pages, range.to))
        })
    }

    fn number<'a>(&'a self, promql: &'a str, _: u64) -> Answer<'a, Option<f64>> {
        let number = self.world().counters.numbers.get(promql).copied();
        Box::pin(std::future::ready(Ok(number)))
    }
}
