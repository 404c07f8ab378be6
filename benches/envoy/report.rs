//! What was measured, for people and for programs.

pub(crate) mod chart;
pub(crate) mod csv;
pub(crate) mod machine;
pub(crate) mod primitives;
pub(crate) mod readme;
pub(crate) mod table;

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::figures::Figures;
use crate::options::Options;
use crate::start::Started;
use crate::wall::Times;

/// All results.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) figures: Figures,
    pub(crate) times: Option<Times>,
    pub(crate) starts: Vec<Started>,
    /// What was left out, and why.
    pub(crate) left_out: Vec<String>,
}

/// Writes the files of a run.
pub(crate) fn write(options: &Options, results: &Results, folder: &Path) -> anyhow::Result<()> {
    let primitives = primitives::all(&results.figures);
    let files = [
        ("envoy.csv", csv::requests(&results.figures)),
        ("wall.csv", csv::times(results.times.as_ref())),
        ("start.csv", csv::starts(&results.starts)),
        ("envoy.svg", chart::svg(&results.figures)),
        ("primitives.json", primitives::json(&primitives)?),
        ("README.md", readme::text(&machine::lines(options)?, results, &primitives)),
    ];
    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}
