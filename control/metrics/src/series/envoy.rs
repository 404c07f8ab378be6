//! Envoy's own series, of the clusters that requests are decided for.
//!
//! They count by the decision, so that a request that reached no pod counts against the subset that it was for. With
//! `fallback: stable` the cluster is the aggregate of both: what stable served for the candidate succeeded there.

use policy::rollout::analysis::Measure;

use super::selector::Selector;
use super::{Question, Read, edge};
use crate::labels::Labels;
use crate::readings::Side;
use crate::{Subject, Version};

/// The labels of a cluster's name and of a class of codes: by Istio's rules for tags, and by Envoy's own. By Istio's,
/// the counters of each code have the name of those of classes, and no class.
const NAMES: [(&str, &str, &str); 2] = [
    ("envoy_cluster_upstream_rq", "cluster_name", "response_code_class"),
    ("envoy_cluster_upstream_rq_xx", "envoy_cluster_name", "envoy_response_code_class"),
];

/// Which clusters of a subset.
pub(super) type Clusters = fn(&Version) -> &Vec<String>;

/// Those that requests are decided for.
const TARGETS: Clusters = |version| &version.clusters;

pub(crate) fn questions(subject: &Subject) -> Vec<Question> {
    let mut questions = Vec::new();
    for (metric, name, class) in NAMES {
        let side = side(subject, TARGETS, name);
        let selector = clusters(subject, TARGETS, metric, name).not(class, "");
        let read: Read = Box::new(move |labels| {
            let is_error = labels.get(class).starts_with('5');
            Some((side(labels)?, if is_error { Measure::Error } else { Measure::Success }))
        });
        questions.push(Question::new(selector, read));
    }
    if subject.durations {
        questions.extend(durations(subject));
    }
    questions
}

/// How long requests to the clusters of both took.
pub(crate) fn durations(subject: &Subject) -> impl Iterator<Item = Question> + use<'_> {
    NAMES.into_iter().map(|(_, name, _)| {
        let side = side(subject, TARGETS, name);
        let selector = clusters(subject, TARGETS, "envoy_cluster_upstream_rq_time_bucket", name);
        let read: Read = Box::new(move |labels| Some((side(labels)?, edge(labels)?)));
        Question::new(selector, read)
    })
}

/// The series of these clusters of both subsets.
pub(super) fn clusters(
    subject: &Subject,
    of: Clusters,
    metric: &'static str,
    label: &'static str,
) -> Selector {
    let names = of(&subject.candidate).iter().chain(of(&subject.stable));
    // Istio ends the name in statistics by `;`.
    let names: Vec<String> = names.flat_map(|name| [name.clone(), format!("{name};")]).collect();
    Selector::new(metric).one_of(label, names.iter().map(String::as_str))
}

/// For whom the cluster under this label counts.
pub(super) fn side(
    subject: &Subject,
    of: Clusters,
    label: &'static str,
) -> impl Fn(&Labels) -> Option<Side> + Clone + Send + Sync + use<> {
    let (candidate, stable) = (of(&subject.candidate).clone(), of(&subject.stable).clone());
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
