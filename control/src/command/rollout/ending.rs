//! How a drive ended, as an exit code, and what is to be said of it.

use crate::drive::run::End;
use crate::exit::Exit;
use crate::report::{Console, text};

/// Says what is left to be done by somebody.
pub(super) fn end(end: &End, console: &mut Console) -> Exit {
    let (message, help) = match end {
        // What is waited for was said already.
        End::Done | End::Word => return Exit::OK,
        End::RolledBack(why) => (format!("rolled back by itself: {why}"), None),
        End::Change(what) => (format!("it cannot go on: {what}"), None),
        End::TimedOut(what) => (
            format!("the time is over: {what}"),
            Some(
                "nothing is lost: the same command goes on from here, and `--timeout` gives it longer",
            ),
        ),
    };
    console.note(&text::failure(&message, help));
    Exit::PROBLEMS
}
