//! What cases found, as tables for people.

use std::fmt;

/// Rows of the same columns.
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) rows: Vec<Row>,
}

/// What one case found, column by column.
pub(crate) struct Row {
    name: String,
    cells: Vec<Cell>,
}

struct Cell {
    column: String,
    text: String,
    /// Why it is not what was expected.
    failure: Option<String>,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), cells: Vec::new() }
    }

    /// Notes what was found; the text is shown, an error is a failure.
    pub(crate) fn note(&mut self, column: &str, found: anyhow::Result<String>) {
        let (text, failure) = match found {
            Ok(text) => (text, None),
            Err(error) => ("FAILED".to_owned(), Some(format!("{error:#}"))),
        };
        self.cells.push(Cell { column: column.to_owned(), text, failure });
    }

    /// What is not as expected.
    pub(crate) fn failures(&self) -> Vec<String> {
        let failed =
            self.cells.iter().filter_map(|cell| Some((&cell.column, cell.failure.as_ref()?)));
        failed.map(|(column, failure)| format!("{}, {column}: {failure}", self.name)).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        let Some(first) = rows.first() else { return Ok(()) };
        let head = std::iter::once("").chain(first.cells.iter().map(|cell| cell.column.as_str()));
        let mut lines: Vec<Vec<&str>> = vec![head.collect()];
        for row in &rows {
            let cells = row.cells.iter().map(|cell| cell.text.as_str());
            lines.push(std::iter::once(row.name.as_str()).chain(cells).collect());
        }
        let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for line in &lines {
            let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            writeln!(f, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}
