//! The one mesh, and what the cases found in it.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, ensure};
use serde_json::Value;
use serin_harness::mesh::{Mesh, until};
use tokio::process::Command;
use tokio::sync::{OnceCell, RwLock};

use crate::table::{Row, Table};

pub(crate) struct World {
    pub(crate) mesh: Mesh,
    /// Every case reads; one that takes a part away from all others writes.
    pub(crate) alone: RwLock<()>,
    scenes: AtomicU8,
    definition: OnceCell<()>,
    tables: Mutex<Vec<Table>>,
}

impl World {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mesh = Mesh::start().await?;
        Ok(Self {
            mesh,
            alone: RwLock::default(),
            scenes: AtomicU8::new(1),
            definition: OnceCell::new(),
            tables: Mutex::default(),
        })
    }

    /// Tells the API what a Release is, once.
    pub(crate) async fn define_releases(&self) -> anyhow::Result<()> {
        let defined = self.definition.get_or_try_init(async || {
            self.mesh.kubectl().apply(&self.definition().await?).await?;
            // `kubectl wait` fails where the object has no conditions at all yet.
            until("Releases are defined", async || {
                let found = self.mesh.kubectl().get(&["crd", "releases.serin.dev"]).await?;
                let conditions = found["status"]["conditions"].as_array();
                let is_established = |condition: &Value| {
                    condition["type"] == "Established" && condition["status"] == "True"
                };
                Ok(conditions.is_some_and(|all| all.iter().any(is_established)).then_some(()))
            })
            .await
        });
        defined.await.copied()
    }

    /// What `serin crd` says a Release is.
    pub(crate) async fn definition(&self) -> anyhow::Result<String> {
        let running = Command::new(&self.mesh.programs().serin).arg("crd").output().await;
        let output = running.context("cannot run serin")?;
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`serin crd`: {error}");
        Ok(String::from_utf8(output.stdout)?)
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
