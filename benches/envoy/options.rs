//! What can be asked of the bench.

use std::path::{Path, PathBuf};

use clap::Parser;
use istio::render::{Module, Modules};
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
    /// The one without the regex engine, for Releases that need none
    #[arg(long, value_name = "PATH")]
    pub(crate) lite_module: Option<PathBuf>,
    /// The floor's module
    #[arg(long, value_name = "PATH")]
    pub(crate) floor: PathBuf,
    /// The folder for the results; without it they are only printed
    #[arg(long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    /// Only the rows that match, written as `NAME RULES REQUEST`
    #[arg(long, value_name = "REGEX")]
    only: Option<Regex>,
    /// Requests in a window; rows that cost much take fewer
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) requests: usize,
    /// Windows of each row
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) windows: usize,
    /// Rounds of latency and throughput; 0: none
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub(crate) rounds: usize,
    /// Leaves out memory and the time to configure
    #[arg(long)]
    pub(crate) no_starts: bool,
}

impl Options {
    /// Whether the row that is written so is wanted.
    pub(crate) fn wants(&self, row: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.is_match(row))
    }

    /// Serin's modules, of which each Release gets the one that it needs.
    pub(crate) fn modules(&self) -> Modules {
        let full = file(&self.module);
        match &self.lite_module {
            Some(lite) => Modules::Both { full, lite: file(lite) },
            None => Modules::Full(full),
        }
    }

    /// The floor in their place.
    pub(crate) fn floor(&self) -> Modules {
        Modules::Full(file(&self.floor))
    }
}

fn file(path: &Path) -> Module {
    Module::File(path.to_string_lossy().into_owned())
}
