//! What proxies say of themselves, read at the same time.

use std::collections::BTreeSet;

use policy::rollout::analysis::{Measure, Series};

use crate::exposition::samples;
use crate::readings::{Name, Samples, Side};
use crate::series::{Question, endpoints, envoy, istio};
use crate::{Range, Readings, Subject};

/// What of Envoy's statistics is read: the names of metrics with which those begin that are asked for.
pub const FILTER: &str = "serin_|endpoint|upstream_rq_time|istio_request_duration";

/// What a proxy says.
#[derive(Clone, Debug)]
pub struct Page {
    /// The proxy, by a name that stays its own.
    pub source: String,
    /// Its `/stats/prometheus`.
    pub text: String,
}

/// What was counted up to `at`, which is in milliseconds since 1970.
#[must_use]
pub fn readings(subject: &Subject, pages: &[Page], at: u64) -> Readings {
    let mut samples = Samples::default();
    let requests = endpoints::questions(subject);
    // Of both kinds of histograms one: the edges of the other are not the same.
    let durations: [Vec<Question>; 2] = if subject.durations {
        let of_istio = istio::durations(subject).into_iter().collect();
        [of_istio, envoy::durations(subject).collect()]
    } else {
        [Vec::new(), Vec::new()]
    };
    let chosen = durations.iter().find(|questions| {
        pages.iter().any(|page| {
            self::samples(&page.text).any(|it| {
                questions.iter().any(|question| question.selector.accepts(it.metric, &it.labels))
            })
        })
    });
    let mut seen = BTreeSet::new();
    for page in pages {
        // A proxy that was read and has counted nothing is not one that is missing.
        let nothing = Series { measure: Measure::Success, labels: String::new() };
        samples.add(page.name(Side::Neither, nothing), [(at, 0)].into_iter());
        for sample in self::samples(&page.text) {
            let labels = &sample.labels;
            let questions = requests.iter().chain(chosen.into_iter().flatten());
            let answers = questions
                .filter(|question| question.selector.accepts(sample.metric, labels))
                .filter_map(|question| (question.read)(labels));
            let decided = endpoints::decided(subject, sample.metric, labels);
            let decided = decided.map(|side| (side, Measure::Decided));
            for (side, measure) in answers.chain(decided) {
                seen.insert((side, measure));
                let labels = format!("{}{:?}", sample.metric, labels);
                let series = Series { measure, labels };
                samples.add(page.name(side, series), [(at, sample.value)].into_iter());
            }
        }
    }
    let range = Range { from: at, to: at, every: std::time::Duration::ZERO };
    let mut readings = samples.readings(range);
    let counts = |side, measures: &[Measure]| measures.iter().any(|it| seen.contains(&(side, *it)));
    let requests = [Measure::Success, Measure::Error, Measure::Sent];
    let has_endpoints = counts(Side::Candidate, &requests) || counts(Side::Stable, &requests);
    if !pages.is_empty() && !has_endpoints {
        readings.notes.push(
            "the proxies count no requests by endpoint (envoy_cluster_endpoint_rq_total): apply the Release again, or \
             name a Prometheus (`--prometheus`)"
                .to_owned(),
        );
    }
    if subject.durations && !pages.is_empty() && chosen.is_none() {
        readings.notes.push(
            "the proxies have no histogram of durations: Istio's istio_request_duration_milliseconds, or Envoy's \
             upstream_rq_time by the annotation proxy.istio.io/config (docs/analysis.md)"
                .to_owned(),
        );
    }
    readings
}

impl Page {
    fn name(&self, side: Side, series: Series) -> Name {
        Name { source: self.source.clone(), scraper: String::new(), side, series }
    }
}
