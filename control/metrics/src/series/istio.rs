//! Istio's series, as the proxies of callers report them.
//!
//! The caller's proxy (`reporter="source"`) also counts requests that never reached a pod: no endpoints (UH), refused
//! (UF). They have no destination, so that no label says for which subset they were decided, unless a Telemetry adds a
//! tag with the decision.

use policy::rollout::analysis::Measure;

use super::selector::Selector;
use super::{Question, Read, edge};
use crate::error::{Error, Kind};
use crate::labels::Labels;
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

pub(crate) fn questions(subject: &Subject, decided: Option<&str>) -> Result<Vec<Question>, Error> {
    let served = served(&subject.candidate, &subject.stable);
    if served.is_none() && decided.is_none() {
        let (candidate, stable) = (&subject.candidate.name, &subject.stable.name);
        let text = format!("no label of Istio's series tells `{candidate}` from `{stable}`");
        let help = "give their pods a label `version` each in `subsets`, name their Deployments (`workload`), or ask for \
                    Envoy's own series: `--series envoy`";
        return Err(Error::new(Kind::Unaskable, text).with_help(help));
    }
    let telling = Telling::new(subject, decided);
    let requests: Read = {
        let telling = telling.clone();
        Box::new(move |labels| telling.request(labels))
    };
    let selector = selector(subject, "istio_requests_total");
    let mut questions = vec![Question::new(selector, requests)];
    if subject.durations {
        questions.push(telling.durations(subject));
    }
    Ok(questions)
}

/// How long requests took; none where no label tells the subsets apart.
pub(crate) fn durations(subject: &Subject) -> Option<Question> {
    let telling = Telling::new(subject, None);
    telling.served.is_some().then(|| telling.durations(subject))
}

fn selector(subject: &Subject, metric: &'static str) -> Selector {
    Selector::new(metric)
        .is("reporter", "source")
        .is("destination_service", &subject.host)
        .one_of("source_workload_namespace", subject.callers.iter().map(String::as_str))
        .one_of("source_app", subject.apps.iter().map(String::as_str))
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
    fn new(subject: &Subject, decided: Option<&str>) -> Self {
        let names = (subject.candidate.name.clone(), subject.stable.name.clone());
        let served = served(&subject.candidate, &subject.stable);
        Self { served, decided: decided.map(str::to_owned), names }
    }

    fn durations(self, subject: &Subject) -> Question {
        let selector = selector(subject, "istio_request_duration_milliseconds_bucket");
        Question::new(selector, Box::new(move |labels| self.duration(labels)))
    }

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
