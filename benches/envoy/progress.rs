//! What the program tells whoever waits for it.

use std::io::Write;

/// Prints a line to standard error.
pub(crate) fn say(line: &str) {
    // Nobody may be there to read it.
    let _ = writeln!(std::io::stderr(), "bench-envoy: {line}");
}
