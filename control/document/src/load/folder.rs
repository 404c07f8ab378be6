//! The files that a command line names: a folder stands for the YAML and JSON files in it, at any depth.
//!
//! Hidden folders are not entered (`.git`), and neither are links to folders, which may lead anywhere, back to where
//! one came from included. What is no ordinary file is not read: a FIFO would be waited for.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::reason;
use super::source::{self, STDIN, Source, Unreadable};

/// The endings of the files of a folder that are looked at.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// What a link to a folder is called.
pub const LINK: &str = "a symbolic link to a folder";

/// What a command line names.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The files, in the order of their names on the command line, those of a folder by name, each once.
    pub files: Vec<Result<Input, Unreadable>>,
    /// What is in the folders and is not read.
    pub skipped: Vec<Skipped>,
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its path, or `-`. A name in a folder may have any bytes.
    pub path: PathBuf,
    /// How it came to be one.
    pub origin: Origin,
}

impl Input {
    /// Reads it.
    ///
    /// # Errors
    /// As for [`Source::read_path`].
    pub fn read(&self) -> Result<Source, Unreadable> {
        Source::read_path(&self.path)
    }
}

/// How a file came to be an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was named.
    Named,
    /// It is in a folder that was named.
    Found,
}

/// Something in a folder that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name.
    pub name: String,
    /// What it is: `a FIFO`, `a symbolic link to a folder`.
    pub what: &'static str,
}

/// What `names` mean.
#[must_use]
pub fn inputs(names: &[String]) -> Inputs {
    let mut inputs = Inputs::default();
    for name in names {
        if name != STDIN && Path::new(name).is_dir() {
            inputs.folder(Path::new(name));
        } else {
            inputs.files.push(Ok(Input { path: name.into(), origin: Origin::Named }));
        }
    }
    inputs.files = once(inputs.files);
    inputs
}

impl Inputs {
    /// Adds what is in a folder, at any depth.
    fn folder(&mut self, folder: &Path) {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let listed = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
            match listed {
                Ok(entries) => {
                    for entry in entries {
                        match seen(&entry) {
                            Seen::File => found.push(entry.path()),
                            Seen::Folder => folders.push(entry.path()),
                            Seen::Odd(what) => {
                                self.skipped.push(Skipped { name: lossy(&entry.path()), what });
                            }
                            Seen::Foreign => {}
                        }
                    }
                }
                Err(error) => self.files.push(Err(Unreadable {
                    name: lossy(&folder),
                    reason: reason::io(&error),
                    help: None,
                })),
            }
        }
        found.sort();
        self.skipped.sort_by(|one, other| one.name.cmp(&other.name));
        let found = found.into_iter().map(|path| Ok(Input { path, origin: Origin::Found }));
        self.files.extend(found);
    }
}

/// What an entry of a folder is to a reader.
enum Seen {
    File,
    Folder,
    /// What would be read if it were an ordinary file, or a folder.
    Odd(&'static str),
    /// Of no concern.
    Foreign,
}

fn seen(entry: &DirEntry) -> Seen {
    let path = entry.path();
    let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
    let is_link = entry.file_type().is_ok_and(|found| found.is_symlink());
    // Of what the link leads to; one that leads nowhere is said where it is read.
    let found = fs::metadata(&path).map(|metadata| metadata.file_type());
    if found.as_ref().is_ok_and(fs::FileType::is_dir) {
        return match (is_hidden, is_link) {
            (true, _) => Seen::Foreign,
            (false, true) => Seen::Odd(LINK),
            (false, false) => Seen::Folder,
        };
    }
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if !ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) {
        return Seen::Foreign;
    }
    found.ok().and_then(source::odd).map_or(Seen::File, Seen::Odd)
}

fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Without the files that were there before by another name; a file that is named too counts as named.
fn once(inputs: Vec<Result<Input, Unreadable>>) -> Vec<Result<Input, Unreadable>> {
    let identity =
        |input: &Input| fs::canonicalize(&input.path).unwrap_or_else(|_| input.path.clone());
    let named: BTreeSet<PathBuf> = inputs
        .iter()
        .flatten()
        .filter(|input| input.origin == Origin::Named)
        .map(identity)
        .collect();
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for input in inputs {
        let Ok(mut input) = input else {
            kept.push(input);
            continue;
        };
        let identity = identity(&input);
        if named.contains(&identity) {
            input.origin = Origin::Named;
        }
        if seen.insert(identity) {
            kept.push(Ok(input));
        }
    }
    kept
}

#[cfg(test)]
mod tests;
