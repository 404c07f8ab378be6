//! Envoy's own series, of the clusters that requests are decided for.
//!
//! They count by the decision, so that a request that reached no pod counts against the subset that it was for. With
//! `fallback: stable` the cluster is the aggregate of both: what stable served for the candidate succeeded there.

use policy::rollout::analysis::Measure;

use super::answer::Labels;
use super::istio::edge;
use super::selector::{Selector, escaped};
use super::{Question, Read};
use crate::Subject;
use crate::readings::Side;

/// The labels of a cluster's name and of a class of codes: by Istio's rules for tags, and by Envoy's own. By Istio's,
/// the counters of each code have the name of those of classes, and no class.
const NAMES: [(&str, &str, &str); 2] = [
    ("envoy_cluster_upstream_rq", "cluster_name", "response_code_class"),
    ("envoy_cluster_upstream_rq_xx", "envoy_cluster_name", "envoy_response_code_class"),
];

pub(super) fn questions(subject: &Subject) -> Vec<Question> {
    let clusters = |names: &[String]| {
        // Istio ends the name in statistics by `;`.
        names.iter().map(|name| format!("{};?", escaped(name))).collect::<Vec<_>>().join("|")
    };
    let both =
        [clusters(&subject.candidate.clusters), clusters(&subject.stable.clusters)].join("|");
    let mut questions = Vec::new();
    for (metric, name, class) in NAMES {
        let side = side(subject, name);
        let selector = Selector::new(metric).matches(name, &both).without(class, "").end();
        let read: Read = Box::new(move |labels| {
            let is_error = labels.get(class).starts_with('5');
            Some((side(labels)?, if is_error { Measure::Error } else { Measure::Success }))
        });
        questions.push(Question { selector, read });
    }
    if subject.durations {
        for (_, name, _) in NAMES {
            let side = self::side(subject, name);
            let metric = "envoy_cluster_upstream_rq_time_bucket";
            let selector = Selector::new(metric).matches(name, &both).end();
            let read: Read = Box::new(move |labels| Some((side(labels)?, edge(labels)?)));
            questions.push(Question { selector, read });
        }
    }
    questions
}

/// For whom the cluster under this label counts.
fn side(
    subject: &Subject,
    label: &'static str,
) -> impl Fn(&Labels) -> Option<Side> + Clone + Send + Sync + use<> {
    let (candidate, stable) = (subject.candidate.clusters.clone(), subject.stable.clusters.clone());
    move |labels| {
        let name = labels.get(label).trim_end_matches(';');
        let is_in = |names: &[String]| names.iter().any(|known| known == name);
        if is_in(&candidate) {
            Some(Side::Candidate)
        } else {
            is_in(&stable).then_some(Side::Stable)
        }
    }
}
