//! What the cases run against: each module one kind of world for the filter.

pub mod crafted;
pub mod measured;
pub mod mesh;
pub mod patience;
pub mod virtual_service;
pub mod wasm_host;
pub mod workload;
