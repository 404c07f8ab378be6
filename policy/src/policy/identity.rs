//! What tells users apart.

use std::collections::BTreeSet;

use super::name::HeaderName;
use super::subject::Subject;
use crate::path::Path;
use crate::problem::{Code, Part, Problem, Problems};
use crate::spec;

/// Reads the identities; those with problems are left out.
pub(super) fn read(
    identity: &[spec::Identity],
    path: &Path,
    problems: &mut Problems,
) -> Vec<Subject> {
    let mut read: Vec<Subject> = Vec::new();
    let mut known = BTreeSet::new();
    for (index, entry) in identity.iter().enumerate() {
        let at = path.index(index);
        let subject = match entry {
            spec::Identity::Cookie(name) => {
                Subject::cookie(name, &at.key("cookie"), Part::Value, problems)
            }
            spec::Identity::Header(name) => {
                HeaderName::read(name, &at.key("header"), Part::Value, problems)
                    .map(Subject::Header)
            }
        };
        if subject.as_ref().is_some_and(|subject| !known.insert(subject.clone())) {
            problems.add(Problem::error(Code::DuplicateName, &at, "duplicate identity"));
        }
        read.extend(subject);
    }
    read
}

/// A sticky split where users cannot be told apart.
pub(super) fn missing(path: &Path) -> Problem {
    Problem::error(Code::MissingField, path, "a sticky split needs an `identity`")
        .help("say what identifies a user: `identity: [{cookie: device-id}]`")
}
