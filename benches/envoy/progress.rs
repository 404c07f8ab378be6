//! What the program tells on standard error while it runs.

use std::io::Write;

/// Prints a line to standard error.
pub(crate) fn say(line: &str) {
    // It may be closed.
    let _ = writeln!(std::io::stderr(), "bench-envoy: {line}");
}
