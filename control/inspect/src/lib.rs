//! Releases looked at before they are in force: where each request would go and why ([`explain`]), whom a new
//! version moves ([`diff`]), what a request costs ([`cost`]).

pub mod cost;
pub mod diff;
pub mod explain;
pub mod header_lines;
