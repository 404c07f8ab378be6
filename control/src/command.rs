//! The commands: each has its arguments and a `run` that ends in an [`Exit`](crate::exit::Exit).

pub mod check;
pub mod completions;
pub mod cost;
pub mod crd;
pub mod demo;
pub mod diff;
pub mod explain;
mod identity;
pub mod image;
pub mod import;
pub mod mesh_options;
mod options;
pub mod proxy_status;
pub mod render;
pub mod rollout;
pub mod traffic;
