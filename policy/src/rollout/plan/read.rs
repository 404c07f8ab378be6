//! [`Plan::read`]: the plan of a Release, with every problem of it.

use super::step::Reader;
use super::validate::Validator;
use super::{Plan, PlanStep, analyze, digest, window, workload};
use crate::decimal::decimal;
use crate::path::Path;
use crate::policy::names::Names;
use crate::policy::{Split, Subset, SubsetId, subset};
use crate::problem::{Code, Part, Problem, Problems};
use crate::spec::{Release, Rollout, Spec};

impl Plan {
    /// Reads the plan of the Release that stands at `path`; `None` when a problem forbids it. What is wrong with its
    /// subsets, rules and split is the policy's to say.
    #[must_use]
    pub(crate) fn read(spec: &Spec, path: &Path, problems: &mut Problems) -> Option<Self> {
        let release = &spec.spec;
        let at = path.key("spec");
        let mut said = Problems::default();
        let subsets = subset::read(release, &at, &mut said);
        let stable = subset::read_stable(release, &subsets, &at.key("stable"), &mut said);
        let names = Names { subsets: &subsets, stable, identity: false, sticky: false };
        let workloads = workload::read(&release.subsets, &at.key("subsets"), problems);
        let ruled = ruled(release, &names);
        let (candidate, steps, windows, watch) = match &release.rollout {
            None => (only_other(&names), vec![PlanStep::Open], Vec::new(), Vec::new()),
            Some(rollout) => {
                let at = at.key("rollout");
                let mut reader = Reader::new(&names, &workloads);
                let candidate =
                    read_candidate(rollout, &mut reader, &at.key("candidate"), problems);
                let validator = Validator::new(&names, &ruled, candidate);
                let steps = read_steps(rollout, &mut reader, validator, &at.key("steps"), problems);
                check_mirror(release, &path.key("spec").key("mirror"), problems);
                let windows = window::read(rollout, &at.key("windows"), problems);
                let watch = analyze::watch(rollout, &at.key("watch"), problems);
                if problems.allow() {
                    problems.extend(window::short_approvals(&windows, &steps, &at.key("steps")));
                    problems.extend(analyze::only_watched(&watch, &steps, &at.key("watch")));
                }
                (candidate, steps, windows, watch)
            }
        };
        if !problems.allow() {
            return None;
        }
        let stable = stable?;
        let split = if release.split.is_empty() {
            vec![stable]
        } else {
            given(&[Split::read(&release.split, &names, &at, &mut said)?])
        };
        let mirror = release.mirror.as_ref();
        let is_meant = |subset: &Subset| mirror.is_some_and(|mirror| mirror.to == subset.name);
        let mirror = subsets.iter().position(is_meant).map(SubsetId);
        let digest = digest::compute(&subsets, stable, candidate, &steps, &watch);
        Some(Self {
            stable,
            candidate,
            steps,
            workloads,
            ruled,
            split,
            mirror,
            windows,
            watch,
            digest,
        })
    }
}

/// The subsets that these splits give anything to, each once.
fn given(splits: &[Split]) -> Vec<SubsetId> {
    let mut subsets: Vec<_> = splits.iter().flat_map(Split::shares).map(|(id, _)| id).collect();
    subsets.sort_unstable();
    subsets.dedup();
    subsets
}

/// The subsets that the rules give anything to.
fn ruled(release: &Release, names: &Names) -> Vec<SubsetId> {
    let mut said = Problems::default();
    let mut read = |split| Split::read(split, names, &Path::root(), &mut said);
    let splits: Vec<_> = release.rules.iter().filter_map(|rule| read(&rule.split)).collect();
    given(&splits)
}

/// The one subset beside the stable one, if there is just one.
fn only_other(names: &Names) -> Option<SubsetId> {
    let mut others = (0..names.subsets.len()).map(SubsetId).filter(|id| names.stable != Some(*id));
    let first = others.next();
    first.filter(|_| others.next().is_none())
}

/// The steps of a rollout say when requests are copied, and to which subset: a Release that says so too contradicts them.
fn check_mirror(release: &Release, at: &Path, problems: &mut Problems) {
    let Some(mirror) = &release.mirror else { return };
    let message =
        "expected no `mirror` beside a `rollout`: its steps say which requests are copied";
    let help = format!(
        "make it a step, which holds until the next one that is about traffic: `- mirror: {{{}: {}}}`",
        mirror.to,
        decimal(mirror.percent)
    );
    let problem = Problem::error(Code::InvalidRollout, at, message).about(Part::Key(0));
    problems.add(problem.help(help));
}

fn read_candidate(
    rollout: &Rollout,
    reader: &mut Reader,
    at: &Path,
    problems: &mut Problems,
) -> Option<SubsetId> {
    let candidate = reader.subset(&rollout.candidate, at, problems)?;
    if reader.is_stable(candidate) {
        let message = format!("the candidate `{}` is the stable subset", rollout.candidate);
        let problem = Problem::error(Code::InvalidRollout, at, message);
        problems.add(problem.help("name the subset with the new version"));
        return None;
    }
    reader.driven(candidate, at, problems);
    Some(candidate)
}

/// Reads the steps; they are whole where `problems` still allow the Release.
fn read_steps(
    rollout: &Rollout,
    reader: &mut Reader,
    mut validator: Validator,
    path: &Path,
    problems: &mut Problems,
) -> Vec<PlanStep> {
    if rollout.steps.is_empty() {
        let problem = Problem::error(Code::Empty, path, "a rollout has at least one step");
        problems.add(problem.help("`- promote: v2`, say"));
    }
    let mut steps = Vec::new();
    for (index, written) in rollout.steps.iter().enumerate() {
        let (at, step) = reader.step(written, &path.index(index), problems);
        match step {
            Some(step) => {
                validator.step(&step, &at, problems);
                steps.push(step);
            }
            None => validator.skip(),
        }
    }
    let leads = |step: &PlanStep| {
        matches!(step, PlanStep::Shift(_) | PlanStep::Promote(_) | PlanStep::Update { .. })
    };
    let mirrors = |step: &PlanStep| matches!(step, PlanStep::Mirror(_));
    if problems.allow() && !steps.iter().any(|step| leads(step) || mirrors(step)) {
        let message = "no step shifts, promotes or updates: no user would get the candidate";
        problems.add(Problem::warning(Code::InvalidRollout, path, message));
    }
    steps
}
