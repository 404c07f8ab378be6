//! What goes wrong during a rollout: nothing is lost, traffic stays or goes to stable, and what is said tells what to
//! do.

pub(crate) mod api;
pub(crate) mod canary;
pub(crate) mod conflict;
pub(crate) mod consent;
pub(crate) mod deleted;
pub(crate) mod foreign_edit;
pub(crate) mod hindered;
pub(crate) mod planted;
pub(crate) mod rivals;

/// The title of their table.
const TITLE: &str = "Failures during a rollout";
/// The users of a count.
const FEW: usize = 200;
