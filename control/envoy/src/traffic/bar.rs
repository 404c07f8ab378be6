//! A share as people see it: a number and a bar.

use anstyle::{AnsiColor, Style};

/// What is less to be looked at.
pub const DIM: Style = Style::new().dimmed();
/// What is new.
pub const CANARY: Style = AnsiColor::Cyan.on_default();
/// The cells of a bar.
const CELLS: u8 = 20;

/// ` 50.3 % ██████████░░░░░░░░░░`, of a share in percent.
#[must_use]
pub fn draw(percent: f64, style: Style) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to CELLS")]
    let full = (percent / 100.0 * f64::from(CELLS)).round() as usize;
    let (full, rest) = ("█".repeat(full), "░".repeat(usize::from(CELLS).saturating_sub(full)));
    format!("{percent:>5.1} % {style}{full}{style:#}{DIM}{rest}{DIM:#}  ")
}
