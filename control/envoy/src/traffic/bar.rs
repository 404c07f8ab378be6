//! A share as people see it: a number and a bar.

use anstyle::Style;
use document::report::style::DIM;
use document::report::table::Cell;

/// The cells of a bar.
const CELLS: u8 = 20;

/// ` 50.3 % ██████████░░░░░░░░░░`, of a share in percent.
#[must_use]
pub fn draw(percent: f64, style: Style) -> Cell {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to CELLS")]
    let full = (percent / 100.0 * f64::from(CELLS)).round() as usize;
    let rest = usize::from(CELLS).saturating_sub(full);
    let number = Cell::from(format!("{percent:>5.1} % "));
    number.and(style, "█".repeat(full)).and(DIM, "░".repeat(rest))
}
