//! Tables in Markdown, which also read well in a terminal.

use std::fmt::Write;

/// The table, its columns as wide as what is in them; all but the first are aligned to the right.
pub(crate) fn markdown(head: &[String], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |cells: &[String]| {
        let mut line = "|".to_owned();
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            // Writing to a String cannot fail.
            let _ = match column {
                0 => write!(line, " {cell:width$} |"),
                _ => write!(line, " {cell:>width$} |"),
            };
        }
        line.push('\n');
        line
    };
    let mut text = line(head);
    let rules = widths.iter().enumerate().map(|(column, width)| {
        if column == 0 {
            "-".repeat(*width)
        } else {
            format!("{}:", "-".repeat(width.saturating_sub(1).max(2)))
        }
    });
    text.push_str(&line(&rules.collect::<Vec<_>>()));
    for row in rows {
        text.push_str(&line(row));
    }
    text
}

/// Instructions, in thousands with one digit; millions where there are so many.
pub(crate) fn thousands(instructions: f64) -> String {
    if instructions.abs() >= 1e6 {
        format!("{:.2}M", instructions / 1e6)
    } else {
        format!("{:.1}k", instructions / 1e3)
    }
}
