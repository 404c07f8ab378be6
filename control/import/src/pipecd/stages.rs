//! The stages of a pipeline as steps of a rollout, one after the other.

use istio::field::Field;
use policy::spec::suggest;
use policy::{Code, Node, Part, Path, Problem, Problems};

use super::super::draft::Draft;
use super::super::note::Note;
use super::super::unsupported;
use super::application::{Application, SUFFIX};
use super::stage::Stage;
use super::with::With;

/// The stages that there is a step for.
const KNOWN: [&str; 7] = [
    "K8S_CANARY_ROLLOUT",
    "K8S_TRAFFIC_ROUTING",
    "K8S_PRIMARY_ROLLOUT",
    "K8S_CANARY_CLEAN",
    "WAIT_APPROVAL",
    "WAIT",
    "ANALYSIS",
];

/// PipeCD's other stages, and what to do about them.
const OTHERS: &[(&str, &str)] = &[
    ("K8S_BASELINE_ROLLOUT", "compare the canary with primary: there is no third variant"),
    ("K8S_BASELINE_CLEAN", "compare the canary with primary: there is no third variant"),
    ("K8S_SYNC", "remove it: `K8S_PRIMARY_ROLLOUT` makes the new version primary"),
    ("SCRIPT_RUN", "run it outside of the rollout, during a `WAIT_APPROVAL`"),
    ("SCRIPT_RUN_ROLLBACK", "run it when `serin status` shows that all users are back on stable"),
    ("CUSTOM_SYNC", "run it outside of the rollout, during a `WAIT_APPROVAL`"),
];

/// The steps, and what the stages say besides.
pub(super) struct Stages<'n> {
    pub(super) steps: Draft,
    /// What the names of the canary's objects end with.
    pub(super) suffix: Option<&'n str>,
}

/// Reads the stages.
pub(super) fn read<'n>(
    application: &Application<'n>,
    notes: &mut Vec<Note>,
    problems: &mut Problems,
) -> Stages<'n> {
    let Some(spec) = &application.spec else {
        return Stages { steps: Draft::list(Vec::new()), suffix: None };
    };
    let at = spec.path.key("pipeline").key("stages");
    let found =
        spec.get("pipeline").map(|pipeline| pipeline.maps("stages", &mut Problems::default()));
    let found = found.unwrap_or_default();
    if found.is_empty() {
        let message = "no stages: PipeCD would deploy everything at once";
        let problem = Problem::error(Code::MissingField, &at, message);
        problems.add(problem.help("a rollout has at least one step"));
    }
    let is_rollout = |stage: &&Field<'_>| stage.word("name") == Some("K8S_CANARY_ROLLOUT");
    notes.extend(found.iter().find(is_rollout).map(begin));
    let read: Vec<Stage<'n>> =
        found.iter().map(|stage| read_stage(stage, application, notes, problems)).collect();
    order(&found, &read, problems);
    let steps = found.iter().zip(&read).enumerate().filter_map(|(position, (field, stage))| {
        let shifts_later = read.iter().skip(position + 1).any(Stage::shifts);
        stage.step(application, shifts_later).map(|step| step.made_of(&field.path))
    });
    let steps = Draft::list(steps.collect()).made_of(&at);
    let suffix = read.iter().find_map(|stage| match stage {
        Stage::CanaryRollout { suffix, .. } => *suffix,
        _ => None,
    });
    Stages { steps, suffix }
}

/// Reads one stage.
fn read_stage<'n>(
    stage: &Field<'n>,
    application: &Application<'n>,
    notes: &mut Vec<Note>,
    problems: &mut Problems,
) -> Stage<'n> {
    for (key, help) in [
        ("timeout", "remove it: steps have no time limit; `serin rollback` ends a rollout"),
        ("skipOn", "remove it: steps cannot be skipped"),
    ] {
        if let Some(field) = stage.get(key) {
            let what = format!("`{key}` of a stage");
            problems.add(unsupported::problem(&field.path, &what, help).about(Part::Key(0)));
        }
    }
    if let Some(desc) = stage.get("desc") {
        notes.push(Note::new(&desc.path, "`desc` of a stage is left out"));
    }
    let empty = Field { node: &Node::Null, path: stage.path.key("with") };
    let with = stage.get("with");
    let options = With::new(with.as_ref().unwrap_or(&empty), &stage.path);
    match stage.word("name") {
        Some("K8S_CANARY_ROLLOUT") => options.canary_rollout(problems),
        Some("K8S_TRAFFIC_ROUTING") => options.traffic_routing(application, problems),
        Some("K8S_PRIMARY_ROLLOUT") => options.primary_rollout(notes, problems),
        Some("K8S_CANARY_CLEAN") => options.canary_clean(problems),
        Some("WAIT_APPROVAL") => options.approval(problems),
        Some("WAIT") => options.wait(problems),
        Some("ANALYSIS") => options.analysis(application, notes, problems),
        Some(name) => {
            problems.add(unknown(name, &stage.path.key("name")));
            Stage::Unread
        }
        None => {
            if stage.get("name").is_none() {
                let at = stage.path.key("name");
                problems.add(Problem::error(Code::MissingField, &at, "missing field `name`"));
            }
            Stage::Unread
        }
    }
}

/// A stage's name that has no step.
fn unknown(name: &str, at: &Path) -> Problem {
    let other = OTHERS.iter().find(|(other, _)| *other == name);
    if let Some((_, help)) = other {
        return unsupported::problem(at, &format!("the stage `{name}`"), help);
    }
    let message = format!("unknown stage `{name}`");
    Problem::error(Code::OneOf, at, message).help(suggest(name, &KNOWN))
}

/// Adds stages that stand before the canary is out, or after the old version is gone, and canaries of different names.
fn order(found: &[Field<'_>], read: &[Stage<'_>], problems: &mut Problems) {
    let mut is_out = false;
    let mut suffix = None;
    let mut is_old = true;
    for (field, stage) in found.iter().zip(read) {
        let is_analysis = field.word("name") == Some("ANALYSIS");
        if is_analysis && !is_old {
            let what = "an `ANALYSIS` after `K8S_PRIMARY_ROLLOUT`";
            let help = "put it before that: later there is no old version to go back to, and PipeCD takes it from Git";
            problems.add(unsupported::problem(&field.path.key("name"), what, help));
        }
        is_old &= !matches!(stage, Stage::PrimaryRollout);
        match stage {
            Stage::CanaryRollout { suffix: own, .. } => {
                let own = own.unwrap_or(SUFFIX);
                if *suffix.get_or_insert(own) != own {
                    let message =
                        "a second canary, with another suffix, has no counterpart in a Release";
                    let at = field.path.key("with").key("suffix");
                    problems.add(Problem::error(Code::Unsupported, &at, message));
                }
                is_out = true;
            }
            Stage::Unread => is_out = true,
            stage if stage.needs_canary() && !is_out => {
                let message =
                    "this stage needs a canary: there is no `K8S_CANARY_ROLLOUT` before it";
                problems.add(Problem::error(Code::Unsupported, &field.path, message).help(
                    "a rollout runs the new version next to the old one, then makes it primary",
                ));
            }
            _ => {}
        }
    }
}

/// What is to be known about the first stage.
fn begin(stage: &Field<'_>) -> Note {
    let message = "PipeCD takes the new version from Git; here `serin start NAME --image IMAGE` creates the canary's \
        Deployment from that of primary, unless it exists";
    Note::new(&stage.path, message)
}
