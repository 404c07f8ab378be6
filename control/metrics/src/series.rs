//! The series that are asked for, and what each of them counts.

pub(crate) mod endpoints;
pub(crate) mod envoy;
pub(crate) mod istio;
mod selector;

use policy::rollout::analysis::{Edge, Measure};

use crate::labels::Labels;
use crate::readings::Side;

pub(crate) use selector::Selector;

/// A question, and what a series of its answer counts.
pub(crate) struct Question {
    pub(crate) selector: Selector,
    pub(crate) read: Read,
    /// Whether the names of metrics tell series apart, too.
    pub(crate) by_name: bool,
}

impl Question {
    pub(crate) fn new(selector: Selector, read: Read) -> Self {
        Self { selector, read, by_name: false }
    }
}

/// What a series counts, and for whom, by its labels; none where it is of neither subset.
pub(crate) type Read = Box<dyn Fn(&Labels) -> Option<(Side, Measure)> + Send + Sync>;

/// Up to which duration a bucket counts.
pub(crate) fn edge(labels: &Labels) -> Option<Measure> {
    let milliseconds: f64 = labels.get("le").parse().ok()?;
    if milliseconds.is_infinite() && milliseconds > 0.0 {
        return Some(Measure::Observed);
    }
    let microseconds = (milliseconds * 1000.0).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
    (0.0..1e15).contains(&microseconds).then_some(Measure::Within(Edge(microseconds as u64)))
}
