//! Istio: its objects read, and what a Release makes of a mesh.
//!
//! [`object`], [`virtual_service`], [`field`], [`host`] and [`visibility`] read objects of documents; [`names`] and
//! [`decision_header`] are what a Release is known by among them. [`render`] makes objects of a Release, [`weave`]
//! puts one into objects that a user has, [`gate`] is what routes can ask before the filter.

pub mod decision_header;
pub mod field;
pub mod gate;
pub mod host;
pub mod metadata;
pub mod names;
pub mod object;
pub mod render;
pub mod version;
pub mod virtual_service;
pub mod visibility;
pub mod weave;
