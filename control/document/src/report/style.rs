//! The styles of what is printed: one for each meaning, so that all commands look alike.

use anstyle::{AnsiColor, Style};

/// What a part is about.
pub const HEADING: Style = Style::new().bold();
/// What is less to be looked at.
pub const DIM: Style = Style::new().dimmed();
/// What is wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// What is new.
pub const CANARY: Style = AnsiColor::Cyan.on_default();
