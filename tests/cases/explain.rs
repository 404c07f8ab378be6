//! `serin explain` as people and programs see it: what is printed is a snapshot, of the real program on the files
//! of tests/data/explain.

mod envoy;
mod messages;
mod mutations;

use crate::check::program::{self, Run, root};

/// A run in `tests/data/explain`.
#[track_caller]
fn explain(arguments: &[&str]) -> Run {
    explain_with(arguments, b"")
}

/// A run with this on its standard input.
#[track_caller]
fn explain_with(arguments: &[&str], input: &[u8]) -> Run {
    program::run(&root().join("data/explain"), &[&["explain"], arguments].concat(), input)
}

/// Asserts that a run is as its snapshot says.
#[track_caller]
fn matches(name: &str, run: &Run) {
    crate::check::matches(&format!("explain-{name}"), run);
}
