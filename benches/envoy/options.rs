//! What can be asked of the bench.

use std::path::PathBuf;

use clap::Parser;
use regex::Regex;

/// Measures what Serin costs in a real Envoy.
#[derive(Debug, Parser)]
#[command(name = "bench-envoy")]
pub(crate) struct Options {
    /// The Envoy to measure in
    #[arg(long, value_name = "PATH")]
    pub(crate) envoy: PathBuf,
    /// Serin's module
    #[arg(long, value_name = "PATH")]
    pub(crate) module: PathBuf,
    /// The floor's module
    #[arg(long, value_name = "PATH")]
    pub(crate) floor: PathBuf,
    /// Only the rows whose names match
    #[arg(long, value_name = "REGEX")]
    only: Option<Regex>,
    /// Requests in a window; rows that cost much take fewer
    #[arg(long, value_name = "N", default_value_t = 400)]
    pub(crate) requests: usize,
    /// Windows of each row
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) windows: usize,
}

impl Options {
    /// Whether the row of this name is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.is_match(name))
    }
}
