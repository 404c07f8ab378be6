//! `serin check` as people and programs see it: every message is a snapshot, text and JSON, of the real program
//! on the files of tests/data/check.
//!
//! Snapshots are in `snapshots/`; one that is missing or differs fails. To accept what changed, run
//! `INSTA_UPDATE=always cargo test --release -p serin-tests check` and read the diff.

mod inputs;
mod messages;
mod mixed;
pub(crate) mod mutations;
pub(crate) mod program;

use program::Run;

/// Asserts that a run is as its snapshot says.
#[track_caller]
pub(crate) fn matches(name: &str, run: &Run) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, run.shown()));
}
