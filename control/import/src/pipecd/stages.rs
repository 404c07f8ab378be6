//! The stages of a pipeline as steps of a rollout, one after the other.

use istio::field::Field;
use policy::{Code, Problem, Problems};

use super::super::draft::Draft;
use super::super::note::Note;
use super::application::Application;
use super::stage::{self, Stage};

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
        let message = "no stages: PipeCD would put everything out at once";
        let problem = Problem::error(Code::MissingField, &at, message);
        problems.add(problem.help("a rollout has at least one step"));
    }
    let is_rollout = |stage: &&Field<'_>| stage.word("name") == Some("K8S_CANARY_ROLLOUT");
    notes.extend(found.iter().find(is_rollout).map(begin));
    let read: Vec<Stage<'n>> =
        found.iter().map(|stage| Stage::read(stage, application, notes, problems)).collect();
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

/// Adds stages that stand before the canary is out, and canaries of different names.
fn order(found: &[Field<'_>], read: &[Stage<'_>], problems: &mut Problems) {
    let mut is_out = false;
    let mut suffix = None;
    for (field, stage) in found.iter().zip(read) {
        match stage {
            Stage::CanaryRollout { suffix: own, .. } => {
                let own = own.unwrap_or(stage::SUFFIX);
                if *suffix.get_or_insert(own) != own {
                    let message =
                        "a second canary, of another suffix, has no counterpart in a Release";
                    let at = field.path.key("with").key("suffix");
                    problems.add(Problem::error(Code::Unsupported, &at, message));
                }
                is_out = true;
            }
            Stage::Unread => is_out = true,
            stage if stage.needs_canary() && !is_out => {
                let message = "this stage needs a canary: no `K8S_CANARY_ROLLOUT` stands before it";
                problems.add(Problem::error(Code::Unsupported, &field.path, message).help(
                    "a rollout brings the new version out beside the old one, then makes it primary",
                ));
            }
            _ => {}
        }
    }
}

/// What is to be known about the first stage.
fn begin(stage: &Field<'_>) -> Note {
    let message = "PipeCD takes the new version from Git: here `serin start NAME --image IMAGE` makes the canary's \
                   Deployment of primary's, unless it is there already";
    Note::new(&stage.path, message)
}
