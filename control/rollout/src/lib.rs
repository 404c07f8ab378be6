//! A rollout: what people and their tools see of it, the driver, and the definition of Releases.
//!
//! The status of the object and every step, wait and refusal in words are pure: times come in as text, names from the
//! [`Policy`](policy::Policy). [`drive`] does what is next, over the traits [`drive::Cluster`] and [`drive::Clock`];
//! [`crd`] is the definition by which a cluster knows Releases, and [`admission`] what it refuses of their status.

pub mod admission;
pub mod analysis;
pub mod awaited;
pub mod conditions;
pub mod crd;
pub mod drive;
pub mod found;
pub mod history;
pub mod install;
pub mod now;
pub mod phase;
pub mod saved;
pub mod status;
mod unreadable;
pub mod waiting;
pub mod windows;
pub mod wording;

pub use analysis::{Analysis, Kept};
pub use awaited::Awaited;
pub use found::Found;
pub use history::{Entry, KEPT};
pub use now::Now;
pub use phase::{DisplayPhase, StepNumber};
pub use status::Status;
pub use waiting::Waiting;
pub use wording::Wording;

#[cfg(test)]
mod tests;
