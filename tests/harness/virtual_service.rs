//! VirtualServices at random, and the routes that Envoy gets for them.

mod draw;
pub mod envoy_routes;
pub mod pools;

pub use draw::rules;
