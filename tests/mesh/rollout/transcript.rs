//! Pages of `docs/` whose commands a case runs: what they show is what comes out.
//!
//! A block of `console` holds commands behind `$ `, each with what it writes. A case runs them in their order; times,
//! lengths of time and digests may differ. `SERIN_BLESS=1` writes what comes out into the page. Blocks of `yaml` that
//! begin with the name of a file are the files with which the commands run.

mod same;
mod words;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail, ensure};

use super::serin::{Ran, Serin};
use crate::scene::Scene;
use same::same;

const BLESS: &str = "SERIN_BLESS";

/// One case at a time writes pages: several have sections of the same.
static PAGES: Mutex<()> = Mutex::new(());

/// A section of a page, and how far it was run.
pub(crate) struct Transcript {
    path: PathBuf,
    heading: String,
    lines: Vec<String>,
    /// The line after the last command that was run, and its output.
    at: usize,
    differs: Vec<String>,
}

impl Transcript {
    /// Reads the section under a heading of a page below `docs/`, and writes its files into the scene's folder.
    pub(crate) fn open(name: &str, heading: &str, scene: &Scene<'_>) -> anyhow::Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
        let all = lines(&path)?;
        let range = section(&all, heading).with_context(|| format!("docs/{name}"))?;
        let page = Self {
            lines: all[range].to_vec(),
            path,
            heading: heading.to_owned(),
            at: 0,
            differs: Vec::new(),
        };
        for (name, text) in page.files() {
            scene.write(&name, &text)?;
        }
        Ok(page)
    }

    /// The files of the page.
    fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut lines = self.lines.iter();
        while let Some(line) = lines.next() {
            if line == "```yaml" {
                let block: Vec<&str> =
                    lines.by_ref().take_while(|line| *line != "```").map(String::as_str).collect();
                let name = block.first().and_then(|line| line.strip_prefix("# "));
                if let Some(name) = name.filter(|name| name.strip_suffix(".yaml").is_some()) {
                    files.push((name.to_owned(), block.join("\n") + "\n"));
                }
            }
        }
        files
    }

    /// Runs the page's next command, which is this one.
    pub(crate) async fn run(&mut self, serin: &Serin, command: &str) -> anyhow::Result<Ran> {
        let first = self.next(command)?;
        let words = words::split(command)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (words, file) = match words.as_slice() {
            [words @ .., ">", file] => (words, Some(serin.folder().join(file))),
            words => (words, None),
        };
        let ["serin", arguments @ ..] = words else { bail!("`{command}` is no command of serin") };
        let ran = serin.run(arguments).await?;
        let Some(file) = file else {
            self.compare(first, command, &[&ran.stdout, &*untimed(&ran.stderr)].concat());
            return Ok(ran);
        };
        self.compare(first, command, &untimed(&ran.stderr));
        // The page shows the file as well.
        let shown = std::fs::read_to_string(&file).unwrap_or_default();
        let body = shown.split_once('\n').map_or("", |(_, body)| body);
        if !same(body, &ran.stdout) {
            self.differs.push(format!("`{command}`\n{}", ran.stdout));
        }
        std::fs::write(file, &ran.stdout)?;
        Ok(ran)
    }

    /// Runs the page's next command, which is this one, of kubectl.
    pub(crate) async fn kubectl(&mut self, scene: &Scene<'_>, command: &str) -> anyhow::Result<()> {
        let first = self.next(command)?;
        let words = words::split(command)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ["kubectl", arguments @ ..] = words.as_slice() else {
            bail!("`{command}` is no command of kubectl")
        };
        let output = scene.mesh.kubectl().run(arguments, "").await?;
        self.compare(first, command, &output);
        Ok(())
    }

    /// The first line of the output of the page's next command, which is this one.
    fn next(&mut self, command: &str) -> anyhow::Result<usize> {
        let found = self.lines.iter().enumerate().skip(self.at);
        let mut commands =
            found.filter_map(|(at, line)| Some((at, line.strip_prefix("$ ")?.to_owned())));
        let (at, next) = commands.next().unwrap_or_default();
        ensure!(next == command, "{}: the next command is `{next}`, not `{command}`", self.name());
        self.at = at + 1;
        Ok(at + 1)
    }

    /// Compares what came out with what the page shows from this line on.
    fn compare(&mut self, first: usize, command: &str, output: &str) {
        let shown = self.lines[first..]
            .iter()
            .take_while(|line| *line != "```" && !line.starts_with("$ "))
            .count();
        let page = self.lines[first..first + shown].join("\n");
        self.at = first + shown;
        if same(&page, output) {
            return;
        }
        if std::env::var_os(BLESS).is_some() {
            let lines = output.trim_end().lines().map(|line| line.trim_end().to_owned());
            let lines: Vec<String> = lines.collect();
            self.at = first + lines.len();
            self.lines.splice(first..first + shown, lines);
        } else {
            self.differs.push(format!("`{command}`\n{}", output.trim_end()));
        }
    }

    /// That every command was run, and wrote what the page shows.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        if std::env::var_os(BLESS).is_some() {
            let _one = PAGES.lock().unwrap_or_else(PoisonError::into_inner);
            let mut all = lines(&self.path)?;
            let range = section(&all, &self.heading)?;
            all.splice(range, self.lines.clone());
            std::fs::write(&self.path, all.join("\n") + "\n")?;
        }
        let left = self.lines[self.at..].iter().find(|line| line.starts_with("$ "));
        ensure!(left.is_none(), "{}: nobody ran `{}`", self.name(), left.map_or("", |line| line));
        let differs = self.differs.join("\n");
        ensure!(
            differs.is_empty(),
            "{} shows something else (`{BLESS}=1` writes it down):\n{differs}",
            self.name()
        );
        Ok(())
    }

    fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// Without the notes of what is waited for: whether one is printed depends on how fast istiod is.
fn untimed(notes: &str) -> String {
    let lines = notes.split_inclusive('\n');
    lines.filter(|line| !line.starts_with("note: waiting for ")).collect()
}

fn lines(path: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// The lines from a heading of the second level to the next one.
fn section(lines: &[String], heading: &str) -> anyhow::Result<Range<usize>> {
    let is_heading = |line: &String| line.strip_prefix("## ") == Some(heading);
    let first = lines.iter().position(is_heading);
    let first = first.with_context(|| format!("no heading `## {heading}`"))?;
    let others = &lines[first + 1..];
    let length = others.iter().position(|line| line.starts_with("## ")).unwrap_or(others.len());
    Ok(first..first + 1 + length)
}
