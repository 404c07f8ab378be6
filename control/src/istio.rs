//! Istio's own objects in documents: found, and read as far as weaving and importing must understand them; and the
//! names and headers by which a Release is known among them.

pub mod decision_header;
pub(crate) mod field;
pub(crate) mod host;
pub mod metadata;
pub mod names;
pub(crate) mod object;
pub mod version;
pub(crate) mod virtual_service;
pub(crate) mod visibility;
