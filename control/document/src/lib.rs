//! YAML documents: text to nodes that know their places, their problems as printed, values as YAML.
//!
//! A file becomes a [`load::Source`], its documents [`load::Document`]s, their problems
//! [`report::Diagnostic`]s; [`yaml`] writes values.

pub mod load;
pub mod report;
pub mod yaml;
