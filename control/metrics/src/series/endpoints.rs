//! What proxies of Istio count without being asked to, and Envoy for each endpoint where Serin has it do so
//! (`track_cluster_stats`): nothing has to be installed, annotated or restarted.
//!
//! | request | counted as |
//! |---|---|
//! | answered by a pod of the subset | `envoy_cluster_endpoint_rq_success` or `_error` (5xx), and `_total` |
//! | refused, reset, timed out | `envoy_cluster_endpoint_rq_error`, once for each try |
//! | decided for the subset, and sent to no pod of it: none is there, or the fallback serves | `serin_decisions_total` alone |
//!
//! A retry is another try: what it hides from users is an error all the same, for both subsets alike.

use policy::rollout::analysis::Measure;

use super::envoy::{Clusters, clusters, side};
use super::{Question, Read};
#[cfg(feature = "http")]
use super::{Selector, istio};
use crate::Subject;
use crate::labels::Labels;
use crate::readings::Side;

/// The label of a cluster's name.
const CLUSTER: &str = "envoy_cluster_name";
/// The counters of an endpoint.
const ENDPOINT: [(&str, Measure); 3] = [
    ("envoy_cluster_endpoint_rq_success", Measure::Success),
    ("envoy_cluster_endpoint_rq_error", Measure::Error),
    ("envoy_cluster_endpoint_rq_total", Measure::Sent),
];
/// Those of the subset's own pods: what a fallback served is counted for the subset that served.
const OWN: Clusters = |version| &version.own_clusters;
/// What the filter counts.
const DECISIONS: &str = "serin_decisions_total";

/// Requests and their errors.
pub(crate) fn questions(subject: &Subject) -> Vec<Question> {
    let mut questions = Vec::new();
    for (metric, measure) in ENDPOINT {
        let side = side(subject, OWN, CLUSTER);
        let selector = clusters(subject, OWN, metric, CLUSTER);
        let read: Read = Box::new(move |labels| Some((side(labels)?, measure)));
        questions.push(Question::new(selector, read));
    }
    questions
}

/// All of it, as Prometheus has it; durations as Istio's proxies or Envoy's have them.
#[cfg(feature = "http")]
pub(crate) fn in_prometheus(subject: &Subject) -> Vec<Question> {
    let mut all = questions(subject);
    all.extend(decisions(subject));
    if subject.durations {
        all.extend(istio::durations(subject));
    }
    all
}

/// What the filter decided, as Prometheus has it.
#[cfg(feature = "http")]
fn decisions(subject: &Subject) -> impl Iterator<Item = Question> + use<'_> {
    let labelled = Selector::new(DECISIONS).is("serin_release", &subject.release);
    let release = plain(&subject.release);
    let named =
        Selector::named(&format!("serin_release___{release}___serin_rule___.+___{DECISIONS}"));
    [labelled, named].into_iter().map(|selector| {
        let subject = subject.clone();
        let read: Read = Box::new(move |labels| {
            let side = decided(&subject, labels.get("__name__"), labels)?;
            Some((side, Measure::Decided))
        });
        Question { by_name: true, ..Question::new(selector, read) }
    })
}

/// For whom a counter counts decisions of the Release; none where it counts something else.
///
/// Proxies that are not told of its labels (`extraStatTags`) have them in the name, each character that is none of a
/// name as `_`.
pub(crate) fn decided(subject: &Subject, metric: &str, labels: &Labels) -> Option<Side> {
    let written;
    let (release, subset) = if metric == DECISIONS {
        written = (plain(labels.get("serin_release")), plain(labels.get("serin_subset")));
        (written.0.as_str(), written.1.as_str())
    } else {
        let rest = metric.strip_prefix("serin_release___")?;
        let rest = rest.strip_suffix(DECISIONS)?.strip_suffix("___")?;
        let (rest, subset) = rest.rsplit_once("___serin_subset___")?;
        let (release, _) = rest.split_once("___serin_rule___")?;
        (release, subset)
    };
    let is = |name: &str| plain(name) == subset;
    if plain(&subject.release) != release {
        None
    } else if is(&subject.candidate.name) {
        Some(Side::Candidate)
    } else {
        is(&subject.stable.name).then_some(Side::Stable)
    }
}

/// A text as Envoy has it in the name of a metric.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject::tests::subject;

    #[test]
    fn decisions_are_read_with_labels_and_without() {
        let subject = subject();
        let none = Labels::default();
        let name = |subset: &str| {
            format!(
                "serin_release___bookinfo_reviews___serin_rule___a_b___serin_subset___{subset}___{DECISIONS}"
            )
        };
        assert_eq!(decided(&subject, &name("v2"), &none), Some(Side::Candidate));
        assert_eq!(decided(&subject, &name("v1"), &none), Some(Side::Stable));
        assert_eq!(decided(&subject, &name("v3"), &none), None);
        let other = name("v2").replace("bookinfo", "elsewhere");
        assert_eq!(decided(&subject, &other, &none), None);
        let labels = [("serin_release", "bookinfo/reviews"), ("serin_subset", "v2")];
        let labels = Labels(labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
        assert_eq!(decided(&subject, DECISIONS, &labels), Some(Side::Candidate));
        assert_eq!(decided(&subject, "serin_configurations_total", &labels), None);
    }
}
