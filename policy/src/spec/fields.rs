//! Reading values of a document with every problem collected: each function returns what it could make of a
//! value and reports the rest, so that reading goes on to the end.

mod occurrences;

use super::entries::Entries;
use crate::node::Node;
use crate::path::Path;
use crate::problem::{Code, Part, Problem, Problems};
use occurrences::occurrences;

/// The fields that a map may have.
pub(super) struct Shape {
    /// What they are the fields of, for messages: "a rule".
    pub(super) of: &'static str,
    /// The fields of the language.
    pub(super) known: &'static [&'static str],
    /// Fields of the language that this version refuses by name.
    pub(super) later: &'static [&'static str],
}

/// A map whose keys have been checked.
pub(super) struct Fields<'n> {
    entries: &'n [(String, Node)],
    of: &'static str,
    pub(super) path: Path,
    /// The fields of the language that unknown ones were probably meant to be; none: it is not known.
    meant: Vec<Option<&'static str>>,
}

impl<'n> Fields<'n> {
    /// The value of a field, and where it is.
    pub(super) fn get(&self, name: &str) -> Option<(&'n Node, Path)> {
        let (_, node) = self.entries.iter().find(|(key, _)| key == name)?;
        Some((node, self.path.key(name)))
    }

    /// The value of a field that must be there.
    pub(super) fn require(&self, name: &str, problems: &mut Problems) -> Option<(&'n Node, Path)> {
        let field = self.get(name);
        if field.is_none() && self.meant.contains(&Some(name)) {
            problems.known(&self.path.key(name));
        } else if field.is_none() {
            let message = format!("missing field `{name}` of {}", self.of);
            problems.unread(Problem::error(Code::MissingField, &self.path.key(name), message));
        }
        field
    }

    /// Whether there are fields that could not be read, so that others may be missed.
    pub(super) fn strange(&self) -> bool {
        !self.meant.is_empty()
    }

    /// Which of `names` are there.
    pub(super) fn present<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        names.iter().copied().filter(|name| self.get(name).is_some()).collect()
    }
}

fn mistyped(expected: &str, node: &Node, path: &Path, problems: &mut Problems) {
    let message = format!("expected {expected}, found {}", node.describe());
    problems.unread(Problem::error(Code::Type, path, message));
}

/// A map with the fields of `shape`; every other key is a problem.
pub(super) fn fields<'n>(
    node: &'n Node,
    path: &Path,
    shape: &Shape,
    problems: &mut Problems,
) -> Option<Fields<'n>> {
    let entries = map(node, path, &format!("{} (a map)", shape.of), problems)?;
    let mut meant = Vec::new();
    for ((key, _), occurrence) in entries.iter().zip(occurrences(entries)) {
        if shape.known.contains(&key.as_str()) {
            continue;
        }
        let problem = if shape.later.contains(&key.as_str()) {
            let message = format!("field `{key}` of {} is not supported yet", shape.of);
            Problem::error(Code::NotYet, &path.key(key), message)
                .help("remove it: this version does not support it")
        } else {
            let message = format!("unknown field `{key}` of {}", shape.of);
            Problem::error(Code::UnknownField, &path.key(key), message)
                .help(suggest(key, shape.known))
        };
        problems.unread(problem.about(Part::Key(occurrence)));
        let field = nearest(key, shape.known);
        if !meant.contains(&field) {
            meant.push(field);
        }
    }
    Some(Fields { entries, of: shape.of, path: path.clone(), meant })
}

/// The entries of a map with free keys; a key that stands there twice is a problem.
pub(super) fn map<'n>(
    node: &'n Node,
    path: &Path,
    expected: &str,
    problems: &mut Problems,
) -> Option<&'n [(String, Node)]> {
    let Node::Map(entries) = node else {
        mistyped(expected, node, path, problems);
        return None;
    };
    for ((key, _), occurrence) in entries.iter().zip(occurrences(entries)) {
        if occurrence > 0 {
            let message = format!("duplicate key `{key}`");
            let problem = Problem::error(Code::DuplicateKey, &path.key(key), message)
                .about(Part::Key(occurrence))
                .help("remove one of them");
            problems.add(problem);
        }
    }
    Some(entries)
}

/// A map with free keys, each value read by `read`; the first of a repeated key counts.
pub(super) fn entries<T>(
    node: &Node,
    path: &Path,
    expected: &str,
    problems: &mut Problems,
    mut read: impl FnMut(&Node, &Path, &mut Problems) -> T,
) -> Entries<T> {
    let found = map(node, path, expected, problems).unwrap_or_default();
    (found.iter().zip(occurrences(found)))
        .filter(|(_, occurrence)| *occurrence == 0)
        .map(|((key, value), _)| (key.clone(), read(value, &path.key(key), problems)))
        .collect()
}

/// A list, each item read by `read`.
pub(super) fn list<T>(
    node: &Node,
    path: &Path,
    expected: &str,
    problems: &mut Problems,
    mut read: impl FnMut(&Node, &Path, &mut Problems) -> T,
) -> Vec<T> {
    let Node::List(items) = node else {
        mistyped(expected, node, path, problems);
        return Vec::new();
    };
    (items.iter().enumerate()).map(|(i, item)| read(item, &path.index(i), problems)).collect()
}

/// Text.
pub(super) fn string(node: &Node, path: &Path, problems: &mut Problems) -> String {
    match node {
        Node::String(text) => return text.clone(),
        Node::Bool(_) | Node::Number(_) | Node::Null => {
            let message = format!("expected a string, found {}", node.describe());
            let problem = Problem::error(Code::Type, path, message).help("put it in quotes");
            problems.unread(problem);
        }
        Node::List(_) | Node::Map(_) => mistyped("a string", node, path, problems),
    }
    String::new()
}

/// `true` or `false`.
pub(super) fn boolean(node: &Node, path: &Path, problems: &mut Problems) -> bool {
    if let Node::Bool(value) = node {
        return *value;
    }
    mistyped("`true` or `false`", node, path, problems);
    false
}

/// A number.
pub(super) fn number(node: &Node, path: &Path, expected: &str, problems: &mut Problems) -> f64 {
    if let Node::Number(value) = node {
        return *value;
    }
    let message = format!("expected {expected}, found {}", node.describe());
    let problem = Problem::error(Code::Type, path, message);
    let percent = matches!(node, Node::String(text) if is_decimal(text.trim_end_matches('%')));
    problems.unread(if percent {
        problem.help("write only the number, such as `10`")
    } else {
        problem
    });
    0.0
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// One of some words.
pub(super) fn word<T: Copy>(
    node: &Node,
    path: &Path,
    words: &[(&str, T)],
    problems: &mut Problems,
) -> Option<T> {
    if let Node::String(text) = node
        && let Some((_, value)) = words.iter().find(|(word, _)| word == text)
    {
        return Some(*value);
    }
    let accepted: Vec<_> = words.iter().map(|(word, _)| *word).collect();
    mistyped(&alternatives(&accepted), node, path, problems);
    None
}

/// A field that may be missing, read by `read`.
pub(super) fn optional<T>(
    fields: &Fields,
    name: &str,
    problems: &mut Problems,
    read: impl FnOnce(&Node, &Path, &mut Problems) -> T,
) -> Option<T> {
    fields.get(name).map(|(node, path)| read(node, &path, problems))
}

/// Text that may be missing.
pub(super) fn text(fields: &Fields, name: &str, problems: &mut Problems) -> Option<String> {
    optional(fields, name, problems, string)
}

/// Text that must be there.
pub(super) fn required_text(fields: &Fields, name: &str, problems: &mut Problems) -> String {
    let field = fields.require(name, problems);
    field.map(|(node, path)| string(node, &path, problems)).unwrap_or_default()
}

/// The one field of a map that must have exactly one of some.
pub(super) fn one_of<'n>(
    fields: &Fields<'n>,
    names: &[&'static str],
    problems: &mut Problems,
) -> Option<(&'static str, &'n Node, Path)> {
    let present = fields.present(names);
    if let [name] = present.as_slice() {
        return fields.get(name).map(|(node, path)| (*name, node, path));
    }
    if present.is_empty() && fields.strange() {
        problems.known(&fields.path);
        return None;
    }
    let found =
        if present.is_empty() { "none".to_owned() } else { format!("{} of them", present.len()) };
    let message = format!("expected exactly one of {}, found {found}", alternatives(names));
    problems.unread(Problem::error(Code::OneOf, &fields.path, message));
    None
}

/// "`a`, `b` or `c`".
#[must_use]
pub fn alternatives(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The longest name that is looked at as a typo of another one.
const MAX_TYPO: usize = 256;
/// The most names that are listed.
const MAX_LISTED: usize = 32;

/// Help for a name that is not one of `known`: the nearest, or all.
#[must_use]
pub fn suggest(found: &str, known: &[&str]) -> String {
    match nearest(found, known) {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.is_empty() => "there is none".to_owned(),
        None => match known.split_at_checked(MAX_LISTED) {
            Some((first, rest)) if !rest.is_empty() => {
                format!("expected {} or one of {} more", alternatives(first), rest.len())
            }
            _ => format!("expected {}", alternatives(known)),
        },
    }
}

/// A duration as it is written.
#[cfg(feature = "rollout")]
pub(super) fn duration(node: &Node, path: &Path, problems: &mut Problems) -> String {
    if !matches!(node, Node::Number(_)) {
        return string(node, path, problems);
    }
    let message = format!("expected a duration, found {}", node.describe());
    problems.unread(Problem::error(Code::Type, path, message).help("add a unit, as in `10m`"));
    String::new()
}

/// The one of `known` that `found` is a typo of.
#[must_use]
pub fn nearest<'k>(found: &str, known: &[&'k str]) -> Option<&'k str> {
    // The distance takes as many steps as both names have letters, multiplied.
    if found.len() > MAX_TYPO {
        return None;
    }
    // A third of the letters wrong is still a typo; beyond that it is another word.
    let tolerance = found.len() / 3;
    let lower = found.to_ascii_lowercase();
    let distance = |name: &&str| strsim::osa_distance(&lower, &name.to_ascii_lowercase());
    known.iter().copied().min_by_key(distance).filter(|name| distance(name) <= tolerance)
}
