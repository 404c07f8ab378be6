//! The parts of the language that the design describes and this version cannot do yet: refused by name, so
//! that a document that needs them is never half understood. A part that is built leaves this list.

/// Of a Release.
pub(super) const RELEASE: &[&str] = &[
    #[cfg(not(feature = "rollout"))]
    "rollout",
];
/// Of a block of conditions.
pub(super) const CONDITIONS: &[&str] = &["source"];
/// Of an entry of `identity`.
pub(super) const IDENTITY: &[&str] = &["issue"];
