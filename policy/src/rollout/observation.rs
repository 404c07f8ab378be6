//! What the cluster is like now, as far as it is known: what could not be learned is none, and never taken for good.

use std::time::Duration;

use super::Judgement;
use crate::policy::SubsetId;

/// What the cluster is like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// What the mesh has of [`State::traffic`](super::State); none where that cannot be told.
    pub mesh: Option<Mesh>,
    /// The workload and the endpoints of each subset, by position; none where they cannot be told.
    pub subsets: Vec<Option<Workload>>,
    /// Since [`State::phase`](super::State) or [`State::at`](super::State) changed last; none where that is unknown.
    pub elapsed: Option<Duration>,
    /// Whether it may go forward now; none where that cannot be told. The way back is always open.
    pub gate: Option<Gate>,
    /// What the checks of [`Plan::analysis`](super::Plan) say; none where there is none, and where they could not be
    /// asked.
    pub verdict: Option<Judgement>,
    /// What those of [`Plan::watched`](super::Plan) say, likewise.
    pub watch: Option<Judgement>,
}

/// Whether a rollout may go forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It may.
    Open,
    /// It is outside the [windows](super::Window) of its plan; none where none of them opens within a year.
    Outside(Option<Opening>),
    /// A person has frozen all rollouts.
    Frozen(Freeze),
}

/// When a window opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Which of [`Plan::windows`](super::Plan).
    pub window: usize,
    /// When, in seconds since 1970.
    pub time: i64,
    /// How long that is from now.
    pub left: Duration,
}

/// That nothing goes forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// The namespace that says so.
    pub namespace: String,
    /// Why, as it was written; may be empty.
    pub reason: String,
}

/// What the mesh has of the traffic that it is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mesh {
    /// All of it, and the proxies know.
    Current,
    /// Not all of it, or something beside it.
    Behind,
}

/// What runs a subset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// Whether the workload is there. A subset without a named one has endpoints only.
    pub presence: Presence,
    /// The pods that it is to have.
    pub wanted: u32,
    /// The endpoints that are ready, as the mesh's control plane counts them (`EndpointSlice`s).
    pub ready: u32,
    /// Whether all its pods are of its present template, ready, and no others are left.
    pub settled: bool,
    /// The autoscaler that owns the number of its pods.
    pub autoscaler: Option<String>,
    /// Why pods of it do not become ready.
    pub failing: Option<String>,
    /// A digest of its pod template without labels; none where there is no workload.
    pub template: Option<String>,
    /// Whether its template is the stable one's with the image of [`State::image`](super::State); true where none is
    /// asked for. Where [`Verb::Start`](super::Verb) names an image: whether it is with that.
    pub has_image: bool,
}

impl Workload {
    /// Whether the workload is there, and is to stay.
    #[must_use]
    pub fn stays(&self) -> bool {
        self.presence == Presence::Present
    }
}

/// Whether a workload is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    /// It is not.
    #[default]
    Absent,
    /// It is.
    Present,
    /// It was deleted, and is there as long as its pods are.
    Terminating,
}

/// What could not be learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unknown {
    /// [`Observation::mesh`].
    Mesh,
    /// The workload and the endpoints of this subset.
    Subset(SubsetId),
    /// The pod template of this subset's workload.
    Template(SubsetId),
    /// [`Observation::elapsed`].
    Elapsed,
    /// [`Observation::gate`].
    Gate,
}
