//! The commands: each has its arguments and a `run` that ends in an [`Exit`](crate::exit::Exit).

pub mod check;
pub mod completions;
pub mod controller;
pub mod cost;
pub mod crd;
pub mod demo;
pub mod diff;
pub mod explain;
mod files;
mod identity;
pub mod image;
pub mod import;
pub mod install;
mod json;
pub mod man;
pub mod mesh;
pub mod mesh_options;
pub(crate) mod namespace;
mod number;
mod options;
mod passed_over;
pub mod proxy_status;
mod reading;
pub mod render;
pub mod rollout;
pub mod traffic;
pub mod uninstall;
