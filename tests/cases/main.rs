//! Every case that needs the whole, in one binary.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a case that fails panics, in the functions that cases share, too"
)]

mod analyze;
mod bad_values;
mod bounds;
mod check;
mod circles;
mod cluster;
mod cost;
mod crd;
mod decide;
mod demo;
mod dialect_envoy;
mod diff;
mod dist;
mod docs;
mod envoy;
mod explain;
mod failures;
mod filter;
mod fuzz;
mod given;
mod goldens;
mod header_lines;
mod help;
mod import;
mod install;
mod instructions;
mod json;
mod man;
mod properties;
mod proxy_status;
mod readme;
mod served;
mod split;
mod traffic;
mod truth;
mod unprintable;
mod worst;

use oracles::release;
