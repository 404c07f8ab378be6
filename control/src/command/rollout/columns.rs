//! Columns, as `kubectl` has them.

use anstyle::Style;
use document::report::table::{Column, Table};

/// The gap between two columns, in characters.
const GAP: usize = 3;

/// The rows under their heads.
pub(super) fn render(heads: &[&str], rows: Vec<Vec<String>>) -> String {
    let columns = heads.iter().map(|head| Column::left(head.to_uppercase()));
    let mut table = Table::new(columns).spaced(GAP);
    table.heads(Style::new());
    for row in rows {
        table.row(row);
    }
    table.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "Idle"], ["reviews", ""]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(
            render(&["name", "phase"], rows.to_vec()),
            "NAME      PHASE\na         Idle\nreviews\n"
        );
    }
}
