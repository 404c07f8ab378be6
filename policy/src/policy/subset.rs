//! The versions of the service, and which of them is the stable one.

use std::collections::BTreeMap;

use super::{SubsetId, name};
use crate::path::Path;
use crate::problem::{Code, Part, Problem, Problems};
use crate::spec::{self, Entries, suggest};

/// The key of the stable subset: no other has it.
pub const STABLE_KEY: &str = "stable";

/// The most subsets of a Release. The CRD allows fewer; for more versions than this there is no use.
pub const MAX_SUBSETS: usize = 256;

/// A version of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subset {
    /// Its name, as in a DestinationRule.
    pub name: String,
    /// The labels of its pods, as written; none: an existing DestinationRule has them.
    pub labels: Vec<(String, String)>,
    /// What the split hashes: `stable` for the stable subset, otherwise `key`, or the name.
    pub key: String,
}

pub(crate) fn read(release: &spec::Release, at: &Path, problems: &mut Problems) -> Vec<Subset> {
    let path = at.key("subsets");
    if release.subsets.is_empty() {
        let problem = Problem::error(Code::Empty, &path, "a Release has at least one subset");
        problems.add(problem.help("`- {name: v1, labels: {version: v1}}`"));
    }
    if release.subsets.len() > MAX_SUBSETS {
        let found = release.subsets.len();
        let message = format!("a Release has at most {MAX_SUBSETS} subsets, found {found}");
        problems.unread(Problem::error(Code::OutOfRange, &path, message));
        // Without a name: what names one of the others is no problem of its own.
        return vec![Subset { name: String::new(), labels: Vec::new(), key: String::new() }];
    }
    let mut subsets: Vec<Subset> = Vec::new();
    let mut selecting = BTreeMap::new();
    for (index, written) in release.subsets.iter().enumerate() {
        let at = path.index(index);
        let spec::Subset { name, labels, key, .. } = written;
        if !name::is_dns_label(name) {
            let message = format!("`{name}` cannot be the name of a subset");
            let problem = Problem::error(Code::InvalidName, &at.key("name"), message);
            problems.add(problem.help("at most 63 lower-case letters, digits and `-`"));
        } else if subsets.iter().any(|other| other.name == *name) {
            let message = format!("another subset has the name `{name}`");
            problems.add(Problem::error(Code::DuplicateName, &at.key("name"), message));
        }
        if labels.as_ref().is_some_and(Entries::is_empty) {
            let message =
                format!("subset `{name}` without labels would select every pod of the host");
            problems.add(Problem::error(Code::Empty, &at.key("labels"), message));
        }
        let labels = labels.as_ref();
        let labels = labels.map(|labels| read_labels(labels, &at.key("labels"), problems));
        let labels = labels.unwrap_or_default();
        if !labels.is_empty()
            && let Some(other) = selecting.insert(sorted(labels.clone()), name)
        {
            let message = format!("subsets `{other}` and `{name}` have the same labels");
            let problem = Problem::error(Code::DuplicateName, &at.key("labels"), message);
            problems.add(problem.help(
                "they select the same pods, so a split between them would decide nothing: give each version a label of \
                 its own; subsets that differ in their traffic policy only are one version",
            ));
        }
        let key = split_key(release, name, key.as_ref());
        check_key(&key, &subsets, written, &at, problems);
        subsets.push(Subset { name: name.clone(), labels, key });
    }
    subsets
}

/// What a split hashes for a subset. The stable one has a key of its own, so that its users stay where they
/// are when a release makes another version the stable one.
fn split_key(release: &spec::Release, name: &str, key: Option<&String>) -> String {
    match key {
        _ if name == release.stable => STABLE_KEY.to_owned(),
        Some(key) => key.clone(),
        None => name.to_owned(),
    }
}

fn check_key(
    key: &str,
    subsets: &[Subset],
    written: &spec::Subset,
    at: &Path,
    problems: &mut Problems,
) {
    let path = at.key(if written.key.is_some() { "key" } else { "name" });
    if key.is_empty() {
        problems.add(Problem::error(Code::Empty, &path, "the key is empty"));
    }
    // A name that stands there twice is a problem of its own.
    let clash = subsets.iter().find(|other| other.key == key && other.name != written.name);
    let reserved = key == STABLE_KEY && (written.key.is_some() || written.name == STABLE_KEY);
    if let Some(other) = clash {
        let message =
            format!("subsets `{}` and `{}` have the same key `{key}`", other.name, written.name);
        let help = if reserved {
            "`stable` is the key of the stable subset: give this one another `key`"
        } else {
            "the split cannot distinguish them: give one of them another `key`"
        };
        problems.add(Problem::error(Code::DuplicateName, &path, message).help(help));
    }
}

pub(crate) fn read_stable(
    release: &spec::Release,
    subsets: &[Subset],
    path: &Path,
    problems: &mut Problems,
) -> Option<SubsetId> {
    find(&release.stable, subsets, problems, || {
        let message =
            format!("the stable subset `{}` is not declared in `subsets`", release.stable);
        Problem::error(Code::UnknownSubset, path, message)
    })
}

/// The subset `name`, which stands in this part of `at`.
pub(crate) fn declared(
    name: &str,
    subsets: &[Subset],
    (at, part): (&Path, Part),
    problems: &mut Problems,
) -> Option<SubsetId> {
    find(name, subsets, problems, || {
        let message = format!("subset `{name}` is not declared in `subsets`");
        Problem::error(Code::UnknownSubset, at, message).about(part)
    })
}

/// The subset `name`; adds `unknown` where there is none, unless it may be one whose name could not be read.
fn find(
    name: &str,
    subsets: &[Subset],
    problems: &mut Problems,
    unknown: impl FnOnce() -> Problem,
) -> Option<SubsetId> {
    let id = subsets.iter().position(|subset| subset.name == name);
    if id.is_none() && subsets.iter().all(|subset| !subset.name.is_empty()) {
        let mut unknown = unknown();
        if !problems.are_many() {
            let names: Vec<_> = subsets.iter().map(|subset| subset.name.as_str()).collect();
            unknown = unknown.help(suggest(name, &names));
        }
        problems.add(unknown);
    }
    id.map(SubsetId)
}

/// The labels of pods, as written.
pub(super) fn read_labels(
    labels: &Entries<String>,
    path: &Path,
    problems: &mut Problems,
) -> Vec<(String, String)> {
    for (key, value) in labels.iter() {
        let at = path.key(key);
        if !name::is_label_key(key) {
            let message = format!("`{key}` cannot be the key of a label");
            problems.add(Problem::error(Code::InvalidName, &at, message).about(Part::Key(0)));
        }
        if !name::is_label_value(value) {
            let message = format!("`{value}` cannot be the value of a label");
            let problem = Problem::error(Code::InvalidName, &at, message);
            problems.add(problem.help("at most 63 letters, digits, `-`, `_` and `.`"));
        }
    }
    labels.iter().map(|(key, value)| (key.to_owned(), value.clone())).collect()
}

/// Labels in an order that does not depend on how they are written: equal where they select the same pods.
pub(super) fn sorted(mut labels: Vec<(String, String)>) -> Vec<(String, String)> {
    labels.sort_unstable();
    labels
}
