//! Does what is to be done. Each action can be done again: what is there already is left as it is.

use policy::rollout::{Action, State};

use super::failure::Failure;
use super::subject::Subject;
use crate::cluster::How;
use crate::cluster::istiod::Proxies;

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// This object was applied.
    Applied(String),
    /// This object was removed.
    Removed(String),
    /// This Deployment was made.
    Created(String),
    /// This Deployment has so many pods now.
    Scaled(String, u32),
    /// This Deployment has the pod template of that one now.
    Updated {
        /// Whose template.
        from: String,
        /// Who has it.
        to: String,
    },
}

/// Does it, and tells of each deed.
///
/// # Errors
/// When it cannot be done; what was done stays.
#[expect(clippy::unused_async, reason = "a first version")]
pub async fn perform(
    _subject: &Subject<'_>,
    _state: &State,
    _action: &Action,
    _how: How,
    _proxies: &mut Proxies<'_>,
    _tell: &mut (dyn FnMut(Deed) + Send),
) -> Result<(), Failure> {
    Ok(())
}

/// Removes all that serin made in the mesh for a Release: `serin delete`.
///
/// # Errors
/// When something cannot be removed.
#[expect(clippy::unused_async, reason = "a first version")]
pub async fn remove_all(
    _release: &str,
    _how: How,
    _proxies: &mut Proxies<'_>,
    _tell: &mut (dyn FnMut(Deed) + Send),
) -> Result<(), Failure> {
    Ok(())
}
