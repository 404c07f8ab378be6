//! The inputs in tests/fuzz, through the fuzz targets: what fuzzing found once is looked for in every run of the tests.

mod seeds;

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use oracles::{TARGETS, Target};

use crate::readme::repository;

fn folder() -> PathBuf {
    repository().join("tests/fuzz")
}

/// The names in a folder, without what follows a dot.
fn stems(folder: &Path) -> BTreeSet<String> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let stem = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    entries.map(|entry| stem(entry.unwrap().path())).collect()
}

/// The files of a folder and its subfolders; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    folders.retain(|folder| folder.is_dir());
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() { &mut folders } else { &mut found }.push(path);
        }
    }
    found.sort();
    found
}

/// The folders and files from which a target starts.
fn seeds(target: &Target) -> Vec<PathBuf> {
    let list = fs::read_to_string(folder().join("seeds.txt")).unwrap();
    let lines = list.lines().filter_map(|line| line.strip_prefix(target.name)?.strip_prefix(": "));
    lines.flat_map(|line| line.split(' ')).map(|path| repository().join(path)).collect()
}

/// Runs a target on files; how many there are.
fn replay(target: &Target, folders: &[PathBuf]) -> usize {
    let files: Vec<PathBuf> = folders.iter().flat_map(|folder| files(folder)).collect();
    for file in &files {
        let input = fs::read(file).unwrap();
        assert!(
            catch_unwind(|| (target.run)(&input)).is_ok(),
            "{}: {}",
            target.name,
            file.display()
        );
    }
    files.len()
}

#[test]
fn what_fuzzing_found_is_still_well() {
    let mut found = 0;
    for target in &TARGETS {
        found += replay(target, &[folder().join("regressions").join(target.name)]);
    }
    assert!(found > 0, "no regressions");
}

#[test]
fn the_inputs_that_fuzzing_starts_from_are_well() {
    for target in &TARGETS {
        let folders = [vec![folder().join("corpus").join(target.name)], seeds(target)].concat();
        let number = replay(target, &folders);
        assert!(number > 10, "{}: {number} inputs", target.name);
    }
}

#[test]
fn each_target_has_a_binary_and_each_folder_a_target() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|t| t.name.to_owned()).collect();
    assert_eq!(stems(&folder().join("fuzz_targets")), targets);
    // git keeps no empty folder.
    for name in ["corpus", "regressions"] {
        assert!(stems(&folder().join(name)).is_subset(&targets), "{name}");
    }
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let binaries = manifest.lines().filter_map(|line| line.strip_prefix("path = \"fuzz_targets/"));
    let binaries: BTreeSet<String> =
        binaries.map(|line| line.trim_end_matches(".rs\"").to_owned()).collect();
    assert_eq!(binaries, targets);
}
