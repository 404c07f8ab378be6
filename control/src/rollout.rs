//! A rollout as people and their tools see it: the status of the object, and every step, wait and refusal in words.
//!
//! Pure: times come in as text, names from the [`Policy`](policy::Policy).

pub mod awaited;
pub mod conditions;
pub mod history;
pub mod now;
pub mod phase;
pub mod saved;
pub mod status;
mod unreadable;
pub mod waiting;
pub mod wording;

pub use awaited::Awaited;
pub use history::{Entry, KEPT};
pub use now::Now;
pub use phase::{DisplayPhase, StepNumber};
pub use status::Status;
pub use waiting::Waiting;
pub use wording::Wording;

#[cfg(test)]
mod tests;
