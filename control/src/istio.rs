//! Istio's own objects in documents: found, and read as far as weaving and importing must understand them.

pub(crate) mod field;
pub(crate) mod host;
pub(crate) mod object;
pub(crate) mod virtual_service;
pub(crate) mod visibility;
