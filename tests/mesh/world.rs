//! The one mesh, and what the cases found in it.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use serin_harness::mesh::Mesh;

use crate::table::{Row, Table};

pub(crate) struct World {
    pub(crate) mesh: Mesh,
    scenes: AtomicU8,
    tables: Mutex<Vec<Table>>,
}

impl World {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mesh = Mesh::start().await?;
        Ok(Self { mesh, scenes: AtomicU8::new(1), tables: Mutex::default() })
    }

    /// A number that no other scene has.
    pub(crate) fn next_scene(&self) -> u8 {
        self.scenes.fetch_add(1, Ordering::Relaxed)
    }

    /// Adds what a case found to the table of this title; fails if it is not what was expected.
    pub(crate) fn found(&self, title: &str, row: Row) -> anyhow::Result<()> {
        let failed = row.failures();
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = tables.iter_mut().find(|table| table.title == title) {
            table.rows.push(row);
        } else {
            tables.push(Table { title: title.to_owned(), rows: vec![row] });
        }
        anyhow::ensure!(failed.is_empty(), "{}", failed.join("\n"));
        Ok(())
    }

    /// All tables, as text.
    pub(crate) fn tables(&self) -> String {
        let tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.iter().map(Table::to_string).collect::<Vec<_>>().join("\n")
    }
}
