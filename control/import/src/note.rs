//! What is to be known about an import although it went well.

use policy::Path;

use super::objects::Object;
use super::translation::Translation;
use super::{File, Imported};

/// What a reader of the Release should know, and the part of its source that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// In the VirtualService, or in the object that says the rollout.
    pub(super) path: Path,
    pub(super) message: String,
}

impl Note {
    pub(super) fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.clone(), message: message.into() }
    }
}

impl Imported {
    /// Adds what is to be known about a Release of the VirtualService at this position.
    pub(super) fn known(
        &mut self,
        files: &[File],
        objects: &[Object<'_>],
        chosen: usize,
        made: &Translation<'_>,
    ) {
        let of_rollout = made.rollout.iter().map(|rollout| (rollout.object, &rollout.notes));
        for (position, notes) in [(chosen, &made.notes)].into_iter().chain(of_rollout) {
            let Some(from) = objects.get(position) else { continue };
            let Some(file) = files.get(from.file) else { continue };
            for note in notes {
                self.note(from.file, file, from.document, &note.path, &note.message);
            }
        }
    }
}
