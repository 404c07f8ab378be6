//! The parts of the language that the design describes and this version cannot do yet: refused by name, so
//! that a document that needs them is never half understood. A part that is built leaves this list.
//!
//! A part may be known to a [`Shape`](super::fields::Shape) and stand here all the same: it is read once it is deleted
//! here. The tests of this crate read it before that.

/// Of a Release.
pub(super) const RELEASE: &[&str] = &[
    #[cfg(not(feature = "rollout"))]
    "rollout",
];
/// Of a block of conditions.
pub(super) const CONDITIONS: &[&str] = &["source"];
/// Of an entry of `identity`.
pub(super) const IDENTITY: &[&str] = &["issue"];
/// Of a rollout. Its schema skips the field as long as it stands here (`super::rollout`).
#[cfg(feature = "rollout")]
pub(super) const ROLLOUT: &[&str] = &[
    #[cfg(not(test))]
    "watch",
];
/// Of a step of a rollout, likewise.
#[cfg(feature = "rollout")]
pub(super) const STEP: &[&str] = &[
    #[cfg(not(test))]
    "analyze",
];
