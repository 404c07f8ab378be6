//! How long something takes.

use std::time::Duration;

use crate::duration;
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};

/// A duration that may be missing.
pub(super) fn time(
    written: Option<&str>,
    without: &str,
    at: &Path,
    problems: &mut Problems,
) -> Result<Option<Duration>, ()> {
    let Some(text) = written else { return Ok(None) };
    let (message, help) = match duration::parse(text) {
        Some(Duration::ZERO) => {
            (format!("expected a duration above zero, found `{text}`"), without)
        }
        Some(duration) => return Ok(Some(duration)),
        None => {
            let help = "write numbers with the units `h`, `m` and `s`: `1h30m`";
            (format!("expected a duration such as `10m`, found `{text}`"), help)
        }
    };
    problems.add(Problem::error(Code::OutOfRange, at, message).help(help));
    Err(())
}
