//! A Release as it is in the cluster now: what it says, and what has come of it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use policy::rollout::{State, Step, Traffic};

use super::cluster::{Cluster, Object};
use super::compiler::{Compiled, Compiler};
use super::event::{Event, StateEvent, TrafficEvent};
use super::failure::Failure;
use super::options::{Direction, Options};
use super::subject::Subject;
use crate::{Analysis, DisplayPhase, Entry, Now, Status, Wording, phase};

/// A Release of the cluster.
#[derive(Debug)]
pub struct Live {
    /// The object.
    pub object: Object,
    /// What it says.
    pub release: Arc<Compiled>,
    /// What has come of it.
    pub status: Status,
    /// The rollout; none where nothing was ever written down.
    pub state: Option<State>,
}

impl Live {
    /// Reads the Release `name`.
    ///
    /// # Errors
    /// When the cluster has none, or what it has cannot be read.
    pub async fn get(
        cluster: &dyn Cluster,
        compiler: &Compiler,
        namespace: &str,
        name: &str,
    ) -> Result<Self, Failure> {
        Self::read(compiler, cluster.release(namespace, name).await?)
    }

    /// The same where it goes there: on the way back no state is in the way.
    ///
    /// # Errors
    /// When the cluster has none, or what it has cannot be read.
    pub async fn get_toward(
        direction: Direction,
        cluster: &dyn Cluster,
        compiler: &Compiler,
        namespace: &str,
        name: &str,
    ) -> Result<Self, Failure> {
        Self::read_toward(direction, compiler, cluster.release(namespace, name).await?)
    }

    /// Reads the object of a Release.
    ///
    /// # Errors
    /// When it is none of this version, or its status cannot be read.
    pub fn read(compiler: &Compiler, object: Object) -> Result<Self, Failure> {
        Self::read_toward(Direction::Forward, compiler, object)
    }

    fn read_toward(
        direction: Direction,
        compiler: &Compiler,
        object: Object,
    ) -> Result<Self, Failure> {
        let release = compiler.read(&object)?;
        let status = Status::read(object.value().get("status"))?;
        let state = match direction {
            Direction::Forward => status.state(&release.policy)?,
            Direction::Back => status.state_back(&release.policy, &release.plan),
        };
        Ok(Self { object, release, status, state })
    }

    /// What is driven.
    #[must_use]
    pub fn subject<'a>(&'a self, cluster: &'a dyn Cluster, options: &'a Options) -> Subject<'a> {
        let Options { mesh, gateways } = options;
        let mesh = mesh.as_ref().map_err(Vec::as_slice);
        Subject { cluster, object: &self.object, release: &self.release, mesh, gateways }
    }

    /// The words for it.
    #[must_use]
    pub fn wording(&self) -> Wording<'_> {
        Wording { policy: &self.release.policy, plan: &self.release.plan }
    }

    /// What is at work in this state, or has come of it.
    #[must_use]
    pub fn at_work(&self, state: &State) -> String {
        let wording = self.wording();
        wording.at_work(state).unwrap_or_else(|| wording.traffic(&state.traffic))
    }

    /// What an analysis found that ends as the rollout goes from `state` to `next`.
    #[must_use]
    pub fn judged(&self, state: &State, next: &State, found: Option<&Analysis>) -> Option<String> {
        let is_over = self.release.plan.analysis(state).is_some() && state.at != next.at;
        let found = found.filter(|_| is_over)?.analyze.as_ref()?;
        Some(self.wording().judged(found))
    }

    /// The state, in one line.
    #[must_use]
    pub fn summary(&self, state: &State) -> String {
        let step = phase::step(&self.release.plan, state).map(|step| format!("step {step}, "));
        format!("{}{}", step.unwrap_or_default(), self.at_work(state))
    }

    /// That this state was written down.
    #[must_use]
    pub fn event(&self, state: &State) -> Event {
        let plan = &self.release.plan;
        Event::State(StateEvent {
            phase: DisplayPhase::of(plan, state),
            step: phase::step(plan, state),
            what: self.at_work(state),
        })
    }

    /// That from now on this is to be the traffic.
    #[must_use]
    pub fn traffic(&self, traffic: &Traffic) -> Event {
        let wording = self.wording();
        Event::Traffic(TrafficEvent {
            split: wording.traffic(traffic),
            shares: wording.percentages(traffic),
            mirrored: wording.mirrored(traffic),
        })
    }

    /// Since the phase or the step at work changed last.
    #[must_use]
    pub fn elapsed(&self, now: Timestamp) -> Option<Duration> {
        self.status.elapsed(now)
    }

    /// The status with this state in it from now on, and what is done next where that is known.
    #[must_use]
    pub fn with(
        &self,
        state: &State,
        step: Option<&Step>,
        entry: Option<Entry>,
        now: Timestamp,
    ) -> Status {
        let mut status = self.status.clone();
        if let Some(entry) = entry {
            status.record(entry);
        }
        status.update(&Now {
            policy: &self.release.policy,
            plan: &self.release.plan,
            state,
            step,
            generation: self.object.generation().and_then(|number| i64::try_from(number).ok()),
            time: &written(now),
        });
        status
    }
}

/// A time as it is written down: to the second, RFC 3339.
#[must_use]
pub fn written(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}
