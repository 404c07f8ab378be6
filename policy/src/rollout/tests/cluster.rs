//! A small cluster: pods that come and go one at a time, and a mesh that shows what it was told last, or half of it.

use super::fixture::{V1, V2};
use crate::policy::SubsetId;
use crate::rollout::{Action, Gate, Mesh, Observation, Plan, Presence, State, Traffic, Workload};

/// What becomes of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is done.
    Done,
    /// Who writes is killed before it.
    Lost,
    /// Who writes is killed while it: some objects are written, some proxies have them.
    Half,
}

#[derive(Clone, Debug)]
struct Pods {
    exists: bool,
    wanted: u32,
    ready: u32,
    /// Of a template before.
    old: u32,
    template: String,
    /// Whether new pods never become ready.
    broken: bool,
}

/// The cluster.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    plan: Plan,
    pods: Vec<Pods>,
    /// What proxies have; several where some have the one and some the other.
    shown: Vec<Traffic>,
    /// Whether it is true of every subset that its pods are only taken by the rollout.
    quiet: bool,
}

impl Cluster {
    /// v1 has four pods; v2 has two, or is yet to be made, or its pods are broken. Nothing of ours is in the mesh.
    pub(super) fn new(plan: &Plan, made: bool, broken: bool) -> Self {
        let pods = |name: &str, count, broken| Pods {
            exists: count > 0,
            wanted: count,
            ready: if broken { 0 } else { count },
            old: 0,
            template: name.to_owned(),
            broken,
        };
        let v2 = if made { 2 } else { 0 };
        let pods = vec![pods("v1", 4, false), pods("v2", v2, broken), pods("v3", 0, false)];
        Self { plan: plan.clone(), pods, shown: Vec::new(), quiet: true }
    }

    fn at(&mut self, id: SubsetId) -> &mut Pods {
        &mut self.pods[id.0]
    }

    /// Time passes: one pod of each subset comes, goes, or is replaced.
    pub(super) fn tick(&mut self) {
        for pods in &mut self.pods {
            let target = if pods.exists { pods.wanted } else { 0 };
            if pods.ready < target && !pods.broken {
                pods.ready += 1;
            } else if pods.ready > target {
                pods.ready -= 1;
            } else if !pods.broken {
                pods.old = pods.old.saturating_sub(1);
            }
        }
        self.check();
    }

    /// All pods of a subset die, and come back one by one, or never.
    pub(super) fn kill(&mut self, id: SubsetId, broken: bool) {
        self.quiet = false;
        self.at(id).ready = 0;
        self.at(id).broken = broken;
    }

    /// What is seen of it by one who wants `state`.
    pub(super) fn observe(&self, state: &State) -> Observation {
        let current = self.shown.as_slice() == [state.traffic.clone()];
        let workload = |pods: &Pods| Workload {
            presence: if pods.exists { Presence::Present } else { Presence::Absent },
            wanted: pods.wanted,
            ready: pods.ready,
            settled: pods.old == 0 && pods.ready == if pods.exists { pods.wanted } else { 0 },
            autoscaler: None,
            failing: pods.broken.then(|| "it crashes".to_owned()),
            template: pods.exists.then(|| pods.template.clone()),
            has_image: true,
        };
        Observation {
            mesh: Some(if current { Mesh::Current } else { Mesh::Behind }),
            subsets: self.pods.iter().map(|pods| Some(workload(pods))).collect(),
            elapsed: None,
            gate: Some(Gate::Open),
            verdict: None,
            watch: None,
        }
    }

    /// Does what is asked for by one who wants `state`.
    pub(super) fn perform(&mut self, action: &Action, state: &State, fate: Fate) {
        match (action, fate) {
            (_, Fate::Lost) => {}
            (Action::Route, Fate::Half) => self.shown.push(state.traffic.clone()),
            (Action::Route, Fate::Done) => self.shown = vec![state.traffic.clone()],
            (Action::Create(id), _) => {
                let wanted = self.at(V1).wanted;
                let template = format!("v1 with {}", state.image.as_ref().unwrap());
                let pods = self.at(*id);
                if !pods.exists {
                    (pods.exists, pods.wanted, pods.template) = (true, wanted, template);
                }
            }
            (Action::Scale(id, wanted), _) => self.at(*id).wanted = *wanted,
            (Action::Update { from, to }, _) => {
                let template = self.at(*from).template.clone();
                let pods = self.at(*to);
                (pods.template, pods.old) = (template, pods.ready);
            }
            (Action::Remove(id), _) => self.at(*id).exists = false,
        }
        self.check();
    }

    /// No user is sent where nothing answers. Where pods die by themselves that can be, until it is seen.
    fn check(&self) {
        for traffic in &self.shown {
            let reached = self.plan.reached(traffic);
            if self.quiet {
                let dead = reached.iter().find(|id| self.pods[id.0].ready == 0);
                assert!(dead.is_none(), "{dead:?} gets traffic and has no pods: {self:?}");
            }
            if let (Traffic::Bare(winner), true) = (traffic, self.quiet) {
                let other =
                    [V1, V2].into_iter().find(|id| id != winner && self.pods[id.0].ready > 0);
                assert!(other.is_none(), "{other:?} gets traffic without routes: {self:?}");
            }
        }
    }
}
