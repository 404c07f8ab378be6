//! The decisions of tests/data/decide: every request goes through native code, through the module in the
//! proxy-wasm host, and through the real Envoy, and each says what the file says.

mod case;
mod envoy;
mod file;
mod host;
mod native;
mod value;

use std::path::{Path, PathBuf};

use file::File;

pub(crate) use envoy::counted;

/// Every file, in the order of their names.
#[track_caller]
pub(crate) fn files() -> Vec<File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/decide");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yaml");
    let mut paths: Vec<_> = entries.filter(is_yaml).collect();
    paths.sort();
    paths.iter().map(|path| File::read(path)).collect()
}

/// What does not agree with its file, gathered so that one run shows all.
#[derive(Default)]
struct Disagreements(Vec<String>);

impl Disagreements {
    fn check(&mut self, case: &case::Case, found: &case::Outcome) {
        if !case.expected.allows(found) {
            let case::Case { place, expected, .. } = case;
            self.0.push(format!("{place}: expected {expected}, found {found}"));
        }
    }

    #[track_caller]
    fn none(self) {
        assert!(self.0.is_empty(), "{} disagreements:\n{}", self.0.len(), self.0.join("\n"));
    }
}

#[test]
fn there_are_cases_of_every_subject() {
    let files = files();
    let cases: usize = files.iter().map(|file| file.cases.len()).sum();
    assert!(files.len() >= 25 && cases >= 250, "{} files, {cases} cases", files.len());
    let skipped =
        files.iter().flat_map(|file| &file.cases).filter(|case| case.no_envoy.is_some()).count();
    assert!(skipped * 10 < cases, "Envoy does not see {skipped} of {cases}");
}
