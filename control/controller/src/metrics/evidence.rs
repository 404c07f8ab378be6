//! The evidence for and against each candidate, as the status of its Release has it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::gauge::ConstGauge;
use rollout::drive::cluster::Object;
use rollout::found::Evidence;
use rollout::{Analysis, Found};
use serde::Deserialize;

use crate::Key;

/// What the checks of each Release found.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidences(Arc<Mutex<BTreeMap<Key, Vec<Found>>>>);

#[derive(Clone, Debug, EncodeLabelSet)]
struct Labels {
    namespace: String,
    release: String,
    check: String,
    toward: &'static str,
}

impl Evidences {
    /// What the status of a Release has; none: it is gone.
    pub(super) fn see(&self, key: &Key, object: Option<&Object>) {
        let written = object.and_then(|object| object.status().get("analysis"));
        let analysis = written.and_then(|written| Analysis::deserialize(written).ok());
        let kept = analysis.into_iter().flat_map(|it| [it.analyze, it.watch]).flatten();
        let found: Vec<Found> = kept.flat_map(|kept| kept.checks).collect();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if found.is_empty() {
            all.remove(key);
        } else {
            all.insert(key.clone(), found);
        }
    }
}

impl Collector for Evidences {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let evidence: fn(&Evidence) -> f64 = |it| it.evidence;
        let limit: fn(&Evidence) -> f64 = |it| it.limit;
        for (name, help, value) in [
            ("analysis_evidence", "The evidence that a candidate is worse, or healthy", evidence),
            ("analysis_limit", "The evidence that is enough", limit),
        ] {
            let kind = ConstGauge::new(0.0_f64).metric_type();
            let mut metric = encoder.encode_descriptor(name, help, None, kind)?;
            // A check that `analyze` and `watch` have alike is told once.
            let mut told = BTreeMap::new();
            for (key, found) in all.iter() {
                for found in found {
                    for (toward, weight) in [("worse", &found.worse), ("healthy", &found.healthy)] {
                        if let Some(weight) = weight {
                            told.entry((key, found.check.as_str(), toward))
                                .or_insert(value(weight));
                        }
                    }
                }
            }
            for ((key, check, toward), value) in told {
                let labels = Labels {
                    namespace: key.namespace.clone(),
                    release: key.name.clone(),
                    check: check.to_owned(),
                    toward,
                };
                ConstGauge::new(value).encode(metric.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}
