//! Columns, as `kubectl` has them.

use comfy_table::{Table, presets};

/// The gap between two columns, in characters.
const GAP: u16 = 3;

/// The rows under their heads.
pub(super) fn render(heads: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header(heads.iter().map(|head| head.to_uppercase()));
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
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
