//! The styles of printed text: one for each meaning, so that all commands look alike.

use anstyle::{AnsiColor, Style};

/// A heading.
pub const HEADING: Style = Style::new().bold();
/// A detail.
pub const DIM: Style = Style::new().dimmed();
/// A problem.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// A success.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// The new version.
pub const CANARY: Style = AnsiColor::Cyan.on_default();
