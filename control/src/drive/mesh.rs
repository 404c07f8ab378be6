//! What the mesh is to have of a Release, and what of that it lacks.

use policy::rollout::State;

use super::failure::Failure;
use super::subject::Subject;
use crate::cluster::Object;

/// What the mesh is to have.
#[derive(Clone, Debug, PartialEq)]
pub struct Desired {
    /// The objects, in the order in which they are applied.
    pub objects: Vec<Object>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// Something that the mesh does not have as it is to.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What is to be.
    pub kind: Change,
    /// What is there; none: nothing.
    pub live: Option<Object>,
    /// What is to be there; none: nothing.
    pub wanted: Option<Object>,
}

/// What is to be done about a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The object is missing.
    Add,
    /// It is another.
    Change,
    /// It is one too many.
    Remove,
}

impl Difference {
    /// The object that it is about.
    #[must_use]
    pub fn title(&self) -> String {
        self.wanted.as_ref().or(self.live.as_ref()).map(Object::title).unwrap_or_default()
    }

    /// The lines that go (`-`) and come (`+`), with some around them: for `--diff`.
    #[must_use]
    pub fn lines(&self) -> String {
        String::new()
    }
}

/// What the mesh is to have in this state.
///
/// # Errors
/// When that cannot be rendered, or something stands in the way.
#[expect(clippy::unused_async, reason = "a first version")]
pub async fn desired(_subject: &Subject<'_>, _state: &State) -> Result<Desired, Failure> {
    Ok(Desired { objects: Vec::new(), notes: Vec::new() })
}

/// What the mesh does not have as it is to: what is to be applied, in that order, and then what is to be removed, in
/// that order.
///
/// # Errors
/// When the cluster cannot be asked.
#[expect(clippy::unused_async, reason = "a first version")]
pub async fn differences(
    _subject: &Subject<'_>,
    _desired: &Desired,
) -> Result<Vec<Difference>, Failure> {
    Ok(Vec::new())
}
