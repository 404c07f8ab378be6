//! The steps one after the other: who gets users at each, and whether it can stand there.

use super::{Amount, Analyze, Check, PlanStep};
use crate::path::Path;
use crate::policy::names::Names;
use crate::policy::{Mirror, SubsetId};
use crate::problem::{Code, Problem, Problems};

/// Validates a step after those before it.
pub(super) struct Validator<'a> {
    names: &'a Names<'a>,
    /// Who gets users from the rules, where they hold.
    ruled: &'a [SubsetId],
    /// None where that could not be read.
    candidate: Option<SubsetId>,
    /// Who gets users now; none where that could not be read.
    reached: Option<Vec<SubsetId>>,
    /// Who gets copies of requests now.
    mirrored: Option<SubsetId>,
    /// Who has no pods by now.
    empty: Vec<SubsetId>,
    promoted: bool,
    retired: Vec<SubsetId>,
}

impl<'a> Validator<'a> {
    /// Before the first step all users get the stable subset.
    pub(super) fn new(
        names: &'a Names<'a>,
        ruled: &'a [SubsetId],
        candidate: Option<SubsetId>,
    ) -> Self {
        let reached = names.stable.map(|stable| vec![stable]);
        Self {
            names,
            ruled,
            candidate,
            reached,
            mirrored: None,
            empty: Vec::new(),
            promoted: false,
            retired: Vec::new(),
        }
    }

    /// Goes on from a step that could not be read.
    pub(super) fn skip(&mut self) {
        self.reached = None;
    }

    /// Goes on from `step`, whose value stands at `at`.
    pub(super) fn step(&mut self, step: &PlanStep, at: &Path, problems: &mut Problems) {
        match step {
            PlanStep::Scale(amounts) => {
                for (id, amount) in amounts {
                    self.scale(*id, *amount, &at.key(self.name(*id)), problems);
                    self.empty.retain(|other| other != id);
                    self.empty.extend(amount.is_none().then_some(*id));
                }
            }
            PlanStep::Mirror(mirror) => self.mirror(*mirror, at, problems),
            PlanStep::Shift(split) if self.can_shift(at, problems) => {
                let mut reached = self.ruled.to_vec();
                reached.extend(split.shares().map(|(id, _)| id));
                self.reach(reached, at, problems);
            }
            PlanStep::Shift(_)
            | PlanStep::Open
            | PlanStep::Approve { .. }
            | PlanStep::Pause { .. } => {}
            PlanStep::Analyze(analyze) => self.analyze(analyze, at, problems),
            PlanStep::Update { from, to } => {
                self.is_there(*from, &at.key("from"), problems);
                self.is_there(*to, &at.key("to"), problems);
            }
            PlanStep::Promote(winner) => {
                if self.is_there(*winner, at, problems) && !self.retired.is_empty() {
                    let message = "after a `retire` all users get one subset, without Serin";
                    let problem = Problem::error(Code::InvalidRollout, at, message);
                    problems.add(problem.help("put it before the `retire`"));
                }
                self.promoted = true;
                self.reach(vec![*winner], at, problems);
            }
            PlanStep::Retire(loser) => {
                // One that is refused changes nothing, so that no later step is a problem for it.
                if self.is_there(*loser, at, problems) && self.can_retire(*loser, at, problems) {
                    self.retired.push(*loser);
                    self.mirrored = None;
                }
            }
        }
    }

    /// While requests are mirrored the stable subset answers all users.
    fn mirror(&mut self, mirror: Mirror, at: &Path, problems: &mut Problems) {
        let name = self.name(mirror.to);
        let at_subset = at.key(name);
        if !self.can_shift(at, problems) {
            return;
        }
        let stable = self.names.stable;
        let others = self.reached.iter().flatten().find(|id| stable != Some(**id));
        if let Some(other) = others {
            let message = format!(
                "expected all users on stable while requests are mirrored, but `{}` gets some since an earlier `shift`",
                self.name(*other)
            );
            let problem = Problem::error(Code::InvalidRollout, at, message);
            problems.add(problem.help("put the `mirror` before the first `shift`"));
        } else if self.empty.contains(&mirror.to) {
            let message = format!("subset `{name}` gets copies at this step, but has no pods");
            problems.add(Problem::error(Code::InvalidRollout, &at_subset, message));
        }
        self.mirrored = Some(mirror.to);
    }

    fn reach(&mut self, mut reached: Vec<SubsetId>, at: &Path, problems: &mut Problems) {
        reached.sort_unstable();
        reached.dedup();
        for id in reached.iter().filter(|id| self.empty.contains(id)) {
            let name = self.name(*id);
            let message = format!("subset `{name}` gets users at this step, but has no pods");
            problems.add(Problem::error(Code::InvalidRollout, at, message));
        }
        self.reached = Some(reached);
        self.mirrored = None;
    }

    fn scale(&self, id: SubsetId, amount: Amount, at: &Path, problems: &mut Problems) {
        if !self.is_there(id, at, problems) {
            return;
        }
        let name = self.name(id);
        let stable = self.names.stable;
        let gone = stable.filter(|stable| self.retired.contains(stable));
        if let (Amount::Percent(_), Some(stable)) = (amount, gone) {
            let message =
                format!("a percentage is of the pods of `{}`, which is retired", self.name(stable));
            problems.add(Problem::error(Code::InvalidRollout, at, message));
        } else if amount.is_none() && self.reached.as_ref().is_some_and(|all| all.contains(&id)) {
            let message = format!("subset `{name}` gets users at this step: it needs a pod");
            problems.add(Problem::error(Code::InvalidRollout, at, message));
        } else if amount.is_none() && self.mirrored == Some(id) {
            let message = format!("subset `{name}` gets copies at this step: it needs a pod");
            problems.add(Problem::error(Code::InvalidRollout, at, message));
        } else if amount.is_none() && stable == Some(id) {
            let message = format!("the stable subset `{name}` needs a pod");
            let help = "it serves callers that are not attached; `retire` moves them";
            problems.add(Problem::error(Code::InvalidRollout, at, message).help(help));
        }
    }

    /// Whether there is something to be shown, and something to go back to.
    fn analyze(&self, analyze: &Analyze, at: &Path, problems: &mut Problems) {
        if !self.retired.is_empty() {
            let message = "after a `retire` there is nothing to go back to";
            let problem = Problem::error(Code::InvalidRollout, at, message);
            problems.add(problem.help("put it before the `retire`"));
            return;
        }
        let (Some(reached), Some(candidate), Some(stable)) =
            (&self.reached, self.candidate, self.names.stable)
        else {
            return;
        };
        let (counts, compares) = (analyze.checks.iter().any(Check::counts), Check::compares);
        let (message, help) = if counts && !reached.contains(&candidate) {
            let name = self.name(candidate);
            (
                format!("the candidate `{name}` gets no users at this step, so nothing is counted"),
                "put it after a `shift` to the candidate",
            )
        } else if analyze.checks.iter().any(compares) && !reached.contains(&stable) {
            let name = self.name(stable);
            (
                format!("the stable subset `{name}` gets no users at this step to compare with"),
                "put it before that, or use `errors: {atMost: 1%}`",
            )
        } else {
            return;
        };
        problems.add(Problem::error(Code::InvalidRollout, at, message).help(help));
    }

    fn can_shift(&self, at: &Path, problems: &mut Problems) -> bool {
        let (message, help) = if !self.retired.is_empty() {
            ("after a `retire` all users get one subset, without Serin", "put it before that")
        } else if self.promoted {
            ("after a `promote` all users get one subset", "put it before the `promote`")
        } else {
            return true;
        };
        problems.add(Problem::error(Code::InvalidRollout, at, message).help(help));
        false
    }

    fn can_retire(&self, loser: SubsetId, at: &Path, problems: &mut Problems) -> bool {
        let Some(reached) = &self.reached else { return true };
        if matches!(reached.as_slice(), [winner] if *winner != loser) {
            return true;
        }
        let mut names: Vec<_> = reached.iter().map(|id| format!("`{}`", self.name(*id))).collect();
        let last = names.pop().unwrap_or_default();
        let found = match names.as_slice() {
            [] => format!("{last} gets"),
            names => format!("{} and {last} get", names.join(", ")),
        };
        let message = format!("another subset must get all users by now, but {found} users");
        let problem = Problem::error(Code::InvalidRollout, at, message);
        problems.add(problem.help("`promote` the one that stays before it"));
        false
    }

    /// Refuses a subset that an earlier step retired.
    fn is_there(&self, id: SubsetId, at: &Path, problems: &mut Problems) -> bool {
        let is_there = !self.retired.contains(&id);
        if !is_there {
            let message = format!("an earlier step retires `{}`", self.name(id));
            problems.add(Problem::error(Code::InvalidRollout, at, message));
        }
        is_there
    }

    fn name(&self, id: SubsetId) -> &str {
        self.names.subsets.get(id.0).map_or("", |subset| subset.name.as_str())
    }
}
