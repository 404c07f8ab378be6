//! What holds for any input: the bodies of the fuzz targets, and the plain readings that they compare with.
//!
//! `tests/fuzz` runs the targets on inputs that libFuzzer makes; `tests/cases` runs them on the committed ones, and uses
//! the plain readings for what it draws itself. A target panics where something does not hold.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what does not hold panics, and so fails a test or a fuzz target"
)]

pub mod check;
pub mod choices;
pub mod configuration;
pub mod cookie;
pub mod curl;
pub mod decide;
pub mod dialect;
pub mod import;
pub mod naive;
pub mod release;
pub mod request;
pub mod weave;

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of its binary, and of the folders with its inputs.
    pub name: &'static str,
    /// Panics where something does not hold for this input.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 8] = [
    Target { name: "check", run: check::run },
    Target { name: "configuration", run: configuration::run },
    Target { name: "cookie", run: cookie::run },
    Target { name: "curl", run: curl::run },
    Target { name: "decide", run: decide::run },
    Target { name: "dialect", run: dialect::run },
    Target { name: "import", run: import::run },
    Target { name: "weave", run: weave::run },
];
