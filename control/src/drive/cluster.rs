//! What a rollout asks of a cluster, and says of it.

pub mod autoscaler;
pub mod consent;
mod crd;
pub mod deployment;
pub mod endpoints;
pub mod mesh_objects;
mod object;
pub mod proxies;
mod release;
mod resource;

pub use crd::INSTALL;
pub use deployment::{Creation, Deployment, MADE_FOR};
pub use object::Object;
pub use resource::Resource;
