//! The files that a command line names: a folder stands for the YAML and JSON files in it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::source::{self, STDIN, Unreadable};

/// The endings of the files of a folder that are looked at.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name, or `-`.
    pub name: String,
    /// How it came to be one.
    pub origin: Origin,
}

/// How a file came to be an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was named.
    Named,
    /// It is in a folder that was named.
    Found,
}

/// The files that `names` mean, in that order, those of a folder by name, each once.
#[must_use]
pub fn inputs(names: &[String]) -> Vec<Result<Input, Unreadable>> {
    let mut inputs = Vec::new();
    for name in names {
        if name != STDIN && Path::new(name).is_dir() {
            match list(Path::new(name)) {
                Ok(files) => inputs.extend(
                    files.into_iter().map(|name| Ok(Input { name, origin: Origin::Found })),
                ),
                Err(error) => inputs.push(Err(Unreadable {
                    name: name.clone(),
                    reason: source::reason(&error),
                    help: None,
                })),
            }
        } else {
            inputs.push(Ok(Input { name: name.clone(), origin: Origin::Named }));
        }
    }
    once(inputs)
}

/// Without the files that were there before by another name; a file that is named too counts as named.
fn once(inputs: Vec<Result<Input, Unreadable>>) -> Vec<Result<Input, Unreadable>> {
    let identity = |input: &Input| {
        fs::canonicalize(&input.name).unwrap_or_else(|_| PathBuf::from(&input.name))
    };
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

fn list(folder: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ENDINGS.contains(&ending) && !path.is_dir() {
            files.push(path.to_string_lossy().into_owned());
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_its_files_and_each_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.yaml", "a.yml", "c.json", "notes.txt", "sub.yaml/x.yaml"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let name = |file: &str| folder.path().join(file).to_string_lossy().into_owned();
        let names = [name(""), name("b.yaml"), "-".to_owned(), name("gone.yaml"), "-".to_owned()];
        let inputs = inputs(&names).into_iter().map(|input| input.map(|i| (i.name, i.origin)));
        assert_eq!(
            inputs.collect::<Result<Vec<_>, _>>().unwrap(),
            [
                (name("a.yml"), Origin::Found),
                (name("b.yaml"), Origin::Named),
                (name("c.json"), Origin::Found),
                ("-".to_owned(), Origin::Named),
                (name("gone.yaml"), Origin::Named),
            ]
        );
    }
}
