//! What `serin import` makes of a text: a Release that is well, or the reason why there is none.

use document::load::{self, Source};
use document::report::Severity;
use document::yaml;
use import::{File, Options};
use policy::{Path, Problems};

use crate::check::{read, shown};

/// Whether a text is imported, or refused by name.
///
/// # Panics
/// When it is neither.
pub fn run(bytes: &[u8]) {
    let source = Source::new("input.yaml", String::from_utf8_lossy(bytes));
    let (documents, fault) = load::documents(&source);
    let files = [File { source, documents, fault, is_found: false }];
    let imported = import::import(&files, &Options::default());
    let source = &files[0].source;
    let wrong: Vec<_> = imported.diagnostics.iter().map(|(_, wrong)| wrong.clone()).collect();
    for said in [&wrong, &imported.notes, &imported.passed_over] {
        shown(said, source);
    }
    let is_wrong = imported.diagnostics.iter().any(|(_, d)| d.severity == Severity::Error)
        || !imported.complaints.is_empty();
    let Some(release) = &imported.release else {
        assert!(is_wrong, "not imported, and nothing says why: {}", source.text());
        return;
    };
    assert!(!is_wrong, "imported in spite of {:?}", imported.diagnostics);
    let printed = yaml::block(release).unwrap();
    let mut problems = Problems::default();
    let checked = policy::check(&read(&printed), &Path::root(), &mut problems);
    assert!(checked.is_some() && problems.allow(), "{problems}: {printed}");
}
