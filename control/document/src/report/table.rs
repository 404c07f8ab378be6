//! Tables: each column is as wide as its widest cell.

use std::fmt::Write;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::text::printable;

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    head: String,
    is_right: bool,
    least: usize,
}

impl Column {
    /// A column aligned to the left.
    #[must_use]
    pub fn left(head: impl Into<String>) -> Self {
        Self { head: head.into(), is_right: false, least: 0 }
    }

    /// A column aligned to the right, for numbers.
    #[must_use]
    pub fn right(head: impl Into<String>) -> Self {
        Self { is_right: true, ..Self::left(head) }
    }

    /// Sets the minimum width, so that tables of one kind look alike.
    #[must_use]
    pub fn at_least(self, least: usize) -> Self {
        Self { least, ..self }
    }
}

/// A cell: text on one line, in parts of different styles, [`printable`] whatever it is of.
#[derive(Clone, Debug, Default)]
pub struct Cell(Vec<(Style, String)>);

impl Cell {
    /// Text in this style.
    #[must_use]
    pub fn styled(style: Style, text: impl Into<String>) -> Self {
        Self::default().and(style, text)
    }

    /// Appends text.
    #[must_use]
    pub fn and(mut self, style: Style, text: impl Into<String>) -> Self {
        self.0.push((style, printable(&text.into())));
        self
    }

    fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    fn write(&self, line: &mut String) {
        for (style, text) in &self.0 {
            // Writing to a String cannot fail.
            let _ = write!(line, "{style}{text}{style:#}");
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(Style::new(), text)
    }
}

/// Lines of cells, with lines of text between them.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    indent: usize,
    gap: usize,
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
enum Line {
    Cells(Style, Vec<Cell>),
    Text(String),
}

impl Table {
    /// A table without lines.
    #[must_use]
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        let columns = columns.into_iter().collect();
        Self { columns, indent: 0, gap: 2, lines: Vec::new() }
    }

    /// Indents each line of cells.
    #[must_use]
    pub fn indented(self, indent: usize) -> Self {
        Self { indent, ..self }
    }

    /// Sets the gap between columns.
    #[must_use]
    pub fn spaced(self, gap: usize) -> Self {
        Self { gap, ..self }
    }

    /// Adds the line of column heads.
    pub fn heads(&mut self, style: Style) {
        let heads = self.columns.iter().map(|column| Cell::from(column.head.as_str())).collect();
        self.lines.push(Line::Cells(style, heads));
    }

    /// Adds a line of cells.
    pub fn row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        self.styled_row(Style::new(), cells);
    }

    /// Adds a line of cells in this style.
    pub fn styled_row<C: Into<Cell>>(&mut self, style: Style, cells: impl IntoIterator<Item = C>) {
        self.lines.push(Line::Cells(style, cells.into_iter().map(Into::into).collect()));
    }

    /// Adds a line of text, which does not widen columns.
    pub fn text(&mut self, text: impl Into<String>) {
        self.lines.push(Line::Text(text.into()));
    }

    /// The lines, each with a line feed.
    #[must_use]
    pub fn render(&self) -> String {
        let widths = self.widths();
        let mut text = String::new();
        for line in &self.lines {
            match line {
                Line::Text(line) => text.push_str(line),
                Line::Cells(style, cells) => self.write(&mut text, *style, cells, &widths),
            }
            text.push('\n');
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| column.least).collect();
        for line in &self.lines {
            let Line::Cells(_, cells) = line else { continue };
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.width());
            }
        }
        widths
    }

    /// Writes a line of cells, without trailing spaces.
    fn write(&self, text: &mut String, style: Style, cells: &[Cell], widths: &[usize]) {
        let filled = cells.iter().rposition(|cell| cell.width() > 0).map_or(0, |last| last + 1);
        if filled == 0 {
            return;
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{style}");
        let columns = self.columns.iter().zip(widths);
        for (position, (cell, (column, width))) in
            cells.iter().take(filled).zip(columns).enumerate()
        {
            let lead = if position == 0 { self.indent } else { self.gap };
            let room = width.saturating_sub(cell.width());
            let (before, after) = if column.is_right { (room, 0) } else { (0, room) };
            text.push_str(&" ".repeat(lead + before));
            cell.write(text);
            if position + 1 < filled {
                text.push_str(&" ".repeat(after));
            }
        }
        let _ = write!(text, "{style:#}");
    }
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;

    use super::*;
    use crate::report::style::DIM;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new([Column::left("NAME"), Column::left("PHASE")]).spaced(3);
        table.heads(DIM);
        table.row(["a", "Idle"]);
        table.row(["reviews", ""]);
        let plain = strip_str(&table.render()).to_string();
        assert_eq!(plain, "NAME      PHASE\na         Idle\nreviews\n");
    }

    #[test]
    fn cells_move_no_cursor() {
        let mut table = Table::new([Column::left(""), Column::left("")]).spaced(1);
        table.row([Cell::from("\x1b[31ma\nb"), Cell::from("\u{202e}")]);
        assert_eq!(table.render(), "\\u{1b}[31ma\\nb \\u{202e}\n");
    }

    #[test]
    fn numbers_end_at_the_same_place_and_text_between_does_not_count() {
        let columns = [Column::left("x"), Column::right("number").at_least(8), Column::left("")];
        let mut table = Table::new(columns).indented(2);
        table.heads(Style::new());
        table.text("a line that is longer than all columns together");
        table.row([Cell::from("ä漢"), Cell::from("1"), Cell::styled(DIM, "b").and(DIM, "c")]);
        let plain = strip_str(&table.render()).to_string();
        let expected = [
            "  x      number",
            "a line that is longer than all columns together",
            "  ä漢         1  bc",
        ];
        assert_eq!(plain.lines().collect::<Vec<_>>(), expected);
    }
}
