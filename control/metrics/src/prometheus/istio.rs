//! Istio's series, as the proxies of callers report them.
//!
//! The caller's proxy (`reporter="source"`) also counts requests that never reached a pod: no endpoints (UH), refused
//! (UF). They have no destination, so that no label says for which subset they were decided, unless a Telemetry adds a
//! tag with the decision.

use policy::rollout::analysis::{Edge, Measure};

use super::answer::Labels;
use super::selector::Selector;
use super::{Question, Read};
use crate::error::{Error, Kind};
use crate::readings::Side;
use crate::{Subject, Version};

/// Labels of pods, and the labels of the series that have their values.
const LABELS: [(&str, &str); 3] = [
    ("version", "destination_version"),
    ("app", "destination_app"),
    ("service.istio.io/canonical-revision", "destination_canonical_revision"),
];
/// Codes of gRPC that are the server's fault, as OpenTelemetry counts them: unknown, deadline exceeded, unimplemented,
/// internal, unavailable, data loss.
const SERVER_FAULTS: [&str; 6] = ["2", "4", "12", "13", "14", "15"];

/// What tells the subsets apart.
#[derive(Clone)]
struct Telling {
    /// The label of the subset that served, and its values.
    served: Option<(&'static str, String, String)>,
    /// The tag of the subset that was decided.
    decided: Option<String>,
    /// The names of the candidate and of stable.
    names: (String, String),
}

pub(super) fn questions(subject: &Subject, decided: Option<&str>) -> Result<Vec<Question>, Error> {
    let served = served(&subject.candidate, &subject.stable);
    if served.is_none() && decided.is_none() {
        let (candidate, stable) = (&subject.candidate.name, &subject.stable.name);
        let text = format!("no label of Istio's series tells `{candidate}` from `{stable}`");
        let help = "give their pods a label `version` each in `subsets`, name their Deployments (`workload`), or ask for \
                    Envoy's own series: `--series envoy`";
        return Err(Error::new(Kind::Unaskable, text).help(help));
    }
    let names = (subject.candidate.name.clone(), subject.stable.name.clone());
    let telling = Telling { served, decided: decided.map(str::to_owned), names };
    let selector = |metric| {
        Selector::new(metric)
            .is("reporter", "source")
            .is("destination_service", &subject.host)
            .one_of("source_workload_namespace", subject.callers.iter().map(String::as_str))
            .one_of("source_app", subject.apps.iter().map(String::as_str))
            .end()
    };
    let requests: Read = {
        let telling = telling.clone();
        Box::new(move |labels| telling.request(labels))
    };
    let mut questions =
        vec![Question { selector: selector("istio_requests_total"), read: requests }];
    if subject.durations {
        let selector = selector("istio_request_duration_milliseconds_bucket");
        let read: Read = Box::new(move |labels| telling.duration(labels));
        questions.push(Question { selector, read });
    }
    Ok(questions)
}

/// The label that tells who served, with the candidate's value and stable's.
fn served(candidate: &Version, stable: &Version) -> Option<(&'static str, String, String)> {
    let value = |version: &Version, key: &str| {
        version.labels.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    };
    let by_label = LABELS.iter().find_map(|(key, label)| {
        let (one, other) = (value(candidate, key)?, value(stable, key)?);
        (one != other).then_some((*label, one, other))
    });
    by_label.or_else(|| {
        let (one, other) = (candidate.workload.clone()?, stable.workload.clone()?);
        (one != other).then_some(("destination_workload", one, other))
    })
}

impl Telling {
    fn request(&self, labels: &Labels) -> Option<(Side, Measure)> {
        let (side, by_other) = self.side(labels)?;
        let measure = if by_other || is_error(labels) { Measure::Error } else { Measure::Success };
        // What succeeded somewhere else belongs to none of the two.
        (side != Side::Neither || measure == Measure::Error).then_some((side, measure))
    }

    fn duration(&self, labels: &Labels) -> Option<(Side, Measure)> {
        let (side, _) = self.side(labels)?;
        (side != Side::Neither).then_some(())?;
        Some((side, edge(labels)?))
    }

    /// For whom it counts, and whether the other one served what was decided for the candidate.
    fn side(&self, labels: &Labels) -> Option<(Side, bool)> {
        let served = self.served.as_ref().and_then(|(label, candidate, stable)| {
            let value = labels.get(label);
            match value {
                value if value == candidate => Some(Side::Candidate),
                value if value == stable => Some(Side::Stable),
                "" | "unknown" => Some(Side::Neither),
                _ => None,
            }
        });
        let Some(tag) = &self.decided else { return served.map(|side| (side, false)) };
        let (candidate, stable) = &self.names;
        match labels.get(tag) {
            decided if decided == candidate => {
                Some((Side::Candidate, served == Some(Side::Stable)))
            }
            "" | "unknown" => Some((Side::Stable, false)),
            decided => (decided == stable).then_some((Side::Stable, false)),
        }
    }
}

/// Whether a request failed by the fault of the service, or before it reached it.
fn is_error(labels: &Labels) -> bool {
    let grpc = labels.get("grpc_response_status");
    labels.get("response_code").starts_with('5') || SERVER_FAULTS.contains(&grpc)
}

/// Up to which duration a bucket counts.
pub(super) fn edge(labels: &Labels) -> Option<Measure> {
    let milliseconds: f64 = labels.get("le").parse().ok()?;
    if milliseconds.is_infinite() && milliseconds > 0.0 {
        return Some(Measure::Observed);
    }
    let microseconds = (milliseconds * 1000.0).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
    (0.0..1e15).contains(&microseconds).then_some(Measure::Within(Edge(microseconds as u64)))
}
