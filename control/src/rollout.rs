//! A rollout as people and their tools see it: the status of the object, and every step, wait and refusal in words.
//!
//! Pure: times come in as text, names from the [`Policy`](policy::Policy).

pub mod awaited;
pub mod conditions;
pub mod history;
pub mod phase;
pub mod saved;
pub mod status;
pub mod unreadable;
pub mod wording;

pub use awaited::Awaited;
pub use history::{Entry, KEPT};
pub use phase::Shown;
pub use status::{Now, Status};
pub use unreadable::Unreadable;
pub use wording::{Said, Wording};

#[cfg(test)]
mod tests;
