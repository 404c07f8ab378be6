//! What is to be known about an import although it went well.

use policy::Path;

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
