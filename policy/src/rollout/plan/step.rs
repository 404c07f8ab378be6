//! One step: its names resolved, its numbers in range. Where it stands is not looked at.

use super::time::time;
use super::{PlanStep, amount, analyze};
use crate::path::Path;
use crate::policy::names::Names;
use crate::policy::{Mirror, Split, SubsetId, mirror, subset};
use crate::problem::{Code, Part, Problem, Problems};
use crate::spec::{self, Entries, RolloutStep};

/// Reads steps.
pub(super) struct Reader<'a> {
    names: &'a Names<'a>,
    workloads: &'a [Option<String>],
    /// Subsets without a workload of which that has been said.
    said: Vec<SubsetId>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(names: &'a Names<'a>, workloads: &'a [Option<String>]) -> Self {
        Self { names, workloads, said: Vec::new() }
    }

    pub(super) fn is_stable(&self, id: SubsetId) -> bool {
        self.names.stable == Some(id)
    }

    /// The subset `name`, which stands at `at`.
    pub(super) fn subset(
        &self,
        name: &str,
        at: &Path,
        problems: &mut Problems,
    ) -> Option<SubsetId> {
        self.find(name, at, Part::Value, problems)
    }

    fn find(&self, name: &str, at: &Path, part: Part, problems: &mut Problems) -> Option<SubsetId> {
        subset::declared(name, self.names.subsets, (at, part), problems)
    }

    /// Refuses a subset whose pods are not known.
    pub(super) fn driven(&mut self, id: SubsetId, at: &Path, problems: &mut Problems) {
        let has_workload = self.workloads.get(id.0).is_some_and(Option::is_some);
        if has_workload || self.said.contains(&id) {
            return;
        }
        self.said.push(id);
        let name = self.names.subsets.get(id.0).map_or("", |subset| subset.name.as_str());
        let message = format!("subset `{name}` has no `workload`");
        let help = "name what runs it in `subsets`: `workload: {deployment: NAME}`";
        problems.add(Problem::error(Code::MissingField, at, message).help(help));
    }

    /// The step that stands at `path`, and where its value does.
    pub(super) fn step(
        &mut self,
        written: &RolloutStep,
        path: &Path,
        problems: &mut Problems,
    ) -> (Path, Option<PlanStep>) {
        let (at, step) = match written {
            RolloutStep::Scale(amounts) => {
                let at = path.key("scale");
                (at.clone(), self.scale(amounts, &at, problems))
            }
            RolloutStep::Mirror(shares) => {
                let at = path.key("mirror");
                (at.clone(), self.mirror(shares, &at, problems))
            }
            RolloutStep::Shift(split) => {
                let at = path.key("shift");
                (at.clone(), Split::read(split, self.names, &at, problems).map(PlanStep::Shift))
            }
            RolloutStep::Pause(pause) => {
                let help = "`pause: {}` waits until the rollout is resumed";
                let at = path.key("pause").key("for");
                let length = time(pause.length.as_deref(), help, &at, problems);
                (at, length.ok().map(|length| PlanStep::Pause { length }))
            }
            RolloutStep::Approve(approve) => {
                let help = "`approve: {}` waits forever";
                let at = path.key("approve").key("timeout");
                let timeout = time(approve.timeout.as_deref(), help, &at, problems);
                (at, timeout.ok().map(|timeout| PlanStep::Approve { timeout }))
            }
            RolloutStep::Update(update) => {
                let at = path.key("update");
                (at.clone(), self.update(update, &at, problems))
            }
            RolloutStep::Promote(name) => {
                let at = path.key("promote");
                (at.clone(), self.subset(name, &at, problems).map(PlanStep::Promote))
            }
            RolloutStep::Analyze(written) => {
                let at = path.key("analyze");
                let read = analyze::read(written, &at, problems);
                (at, read.map(PlanStep::Analyze))
            }
            RolloutStep::Retire(name) => {
                let at = path.key("retire");
                let id = self.subset(name, &at, problems);
                if let Some(id) = id {
                    self.driven(id, &at, problems);
                }
                (at, id.map(PlanStep::Retire))
            }
        };
        (at, step)
    }

    fn scale(
        &mut self,
        amounts: &Entries<spec::Amount>,
        at: &Path,
        problems: &mut Problems,
    ) -> Option<PlanStep> {
        if amounts.is_empty() {
            problems.add(Problem::error(Code::Empty, at, "`scale` names at least one subset"));
        }
        let mut read = Vec::new();
        for (name, written) in amounts.iter() {
            let at = at.key(name);
            let amount = amount::read(written, &at, problems);
            let Some(id) = self.find(name, &at, Part::Key(0), problems) else { continue };
            self.driven(id, &at, problems);
            if matches!(written, spec::Amount::Percent(_)) {
                self.check_base(id, &at, problems);
            }
            read.extend(amount.map(|amount| (id, amount)));
        }
        read.sort_unstable_by_key(|(id, _)| *id);
        (read.len() == amounts.len() && !read.is_empty()).then_some(PlanStep::Scale(read))
    }

    fn mirror(
        &self,
        shares: &Entries<f64>,
        at: &Path,
        problems: &mut Problems,
    ) -> Option<PlanStep> {
        if shares.len() != 1 {
            let found =
                if shares.is_empty() { "none".to_owned() } else { shares.len().to_string() };
            let message = format!("expected one subset that gets the copies, found {found}");
            let problem = Problem::error(Code::OneOf, at, message);
            problems.add(problem.help("write one, such as `mirror: {v2: 5}`"));
        }
        let mut read = None;
        for (name, percent) in shares.iter() {
            let at = at.key(name);
            let to = mirror::read_target(name, self.names, (&at, Part::Key(0)), problems);
            let share = mirror::read_share(*percent, &at, problems);
            read = to.zip(share).map(|(to, share)| Mirror { to, share });
        }
        read.filter(|_| shares.len() == 1).map(PlanStep::Mirror)
    }

    /// What a percentage is of: the pods of the stable subset.
    fn check_base(&mut self, id: SubsetId, at: &Path, problems: &mut Problems) {
        if self.is_stable(id) {
            let message =
                "a percentage is of the stable subset's pods, so it cannot be used for that subset";
            let problem = Problem::error(Code::InvalidRollout, at, message);
            problems.add(problem.help("give the stable subset a number of pods"));
        } else if let Some(stable) = self.names.stable {
            self.driven(stable, at, problems);
        }
    }

    fn update(
        &mut self,
        update: &spec::Update,
        at: &Path,
        problems: &mut Problems,
    ) -> Option<PlanStep> {
        let mut read = |name: &str, at: Path| {
            let id = self.subset(name, &at, problems);
            if let Some(id) = id {
                self.driven(id, &at, problems);
            }
            id
        };
        let (from, to) = (read(&update.from, at.key("from")), read(&update.to, at.key("to")));
        let (from, to) = (from?, to?);
        if from == to {
            let message = format!("`{}` cannot be updated from itself", update.to);
            problems.add(Problem::error(Code::InvalidRollout, &at.key("to"), message));
            return None;
        }
        Some(PlanStep::Update { from, to })
    }
}
