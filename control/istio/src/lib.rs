//! Istio: its objects read, and what a Release makes of a mesh.
//!
//! [`object`], [`virtual_service`], [`field`], [`host`] and [`visibility`] read objects of documents;
//! [`surroundings`] reads what stands beside them, and [`effect`] says of what a Release changes whether it can; [`names`] and
//! [`decision_header`] are what a Release is known by among them. [`render`] makes objects of a Release, [`weave`]
//! puts one into objects that a user has, [`gate`] is what routes can ask before the filter.

pub mod decision_header;
pub mod effect;
pub mod field;
pub mod gate;
pub mod gateway;
pub mod host;
mod labels;
pub mod metadata;
pub mod names;
pub mod object;
pub mod render;
pub mod service;
pub mod sidecar;
pub mod surroundings;
pub mod version;
pub mod virtual_service;
pub mod visibility;
pub mod weave;
