//! What the objects of a file are meant to be: a Release with a mistake in its first lines is one still.

use istio::field::Field;
use policy::spec::{API_VERSION, KIND, nearest};
use policy::{Code, Node, Path, Problem};

use super::{Subject, virtual_services};

/// The group of the `apiVersion` of a Release; other projects have kinds of that name too.
const GROUP: &str = "serin.dev";

/// What an object is meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// A Release, of any version.
    Release,
    /// A VirtualService.
    Service,
    /// Any other object.
    Other,
    /// No object, as far as it can be told.
    Unclear,
}

/// What this is meant to be.
pub(super) fn meant(root: &Field<'_>, subject: Subject) -> Meant {
    if is_release(root.node) {
        Meant::Release
    } else if subject == Subject::All && virtual_services::is_meant(root) {
        Meant::Service
    } else if root.word("apiVersion").is_some() && root.word("kind").is_some() {
        Meant::Other
    } else {
        Meant::Unclear
    }
}

fn is_release(node: &Node) -> bool {
    let Node::Map(entries) = node else { return false };
    let all = |key: &'static str| {
        entries.iter().filter(move |(known, _)| known == key).filter_map(|(_, value)| match value {
            Node::String(text) => Some(text.as_str()),
            _ => None,
        })
    };
    let versions = || all("apiVersion");
    if versions().any(is_own) {
        return true;
    }
    let is_foreign =
        |version: &str| version.contains('/') && nearest(group(version), &[GROUP]).is_none();
    all("kind").any(|kind| kind == KIND) && !versions().any(is_foreign)
}

/// Whether a version is of the group of Releases, however it is written.
fn is_own(version: &str) -> bool {
    group(version).eq_ignore_ascii_case(GROUP)
}

fn group(version: &str) -> &str {
    version.split('/').next().unwrap_or(version)
}

/// Whether the `apiVersion` of this is that of Releases.
pub(super) fn has_own_version(node: &Node) -> bool {
    matches!(node.get("apiVersion"), Some(Node::String(version)) if is_own(version))
}

/// The problem of an object that is passed over and holds a Release: a template, a list whose kind is mistyped, a list
/// of JSON.
pub(super) fn held(root: &Field<'_>) -> Option<Problem> {
    let mut open = vec![(root.node, root.path.clone())];
    while let Some((node, path)) = open.pop() {
        match node {
            Node::Map(_) if has_own_version(node) && node.get("spec").is_some() => {
                let message = "this Release is inside another object, where it is ignored";
                let problem = Problem::error(Code::Kind, &path, message);
                let help = "write it as a document of its own, or as an item of a `kind: List`";
                return Some(problem.help(help));
            }
            // What `metadata` names, such as an owner, is not there.
            Node::Map(entries) => open.extend(
                entries
                    .iter()
                    .filter(|(key, _)| key != "metadata")
                    .map(|(key, value)| (value, path.key(key))),
            ),
            Node::List(items) => {
                open.extend(
                    items.iter().enumerate().map(|(index, item)| (item, path.index(index))),
                );
            }
            _ => {}
        }
    }
    None
}

/// The one problem of an object of another kind, whose fields are not looked at; its path begins at the object.
pub(super) fn other_kind(root: &Field<'_>) -> Option<Problem> {
    let kind = root.word("kind").filter(|kind| *kind != KIND)?;
    let message = format!("expected the kind `{KIND}`, found `{kind}`");
    let is_typo = kind.eq_ignore_ascii_case("releases") || nearest(kind, &[KIND]).is_some();
    let help = if is_typo {
        format!("did you mean `{KIND}`?")
    } else if root.word("apiVersion").is_some_and(is_own) {
        format!("`{GROUP}` has no other kind")
    } else {
        beginning()
    };
    Some(Problem::error(Code::Kind, &Path::root().key("kind"), message).help(help))
}

/// That the one object of a file is no Release.
pub(super) fn no_release(root: &Field<'_>) -> Problem {
    let kind = root.word("kind").unwrap_or_default();
    if kind == KIND {
        let version = root.word("apiVersion").unwrap_or_default();
        let message = format!("expected `{API_VERSION}`, found `{version}`");
        return Problem::error(Code::Kind, &root.path.key("apiVersion"), message);
    }
    let message = format!("expected the kind `{KIND}`, found `{kind}`");
    let help = match kind {
        "VirtualService" => "`serin import` creates a Release from a VirtualService".to_owned(),
        _ => beginning(),
    };
    Problem::error(Code::Kind, &root.path.key("kind"), message).help(help)
}

/// That of many objects none is a Release; the first of them stands for all.
pub(super) fn no_releases(first: &Field<'_>, number: usize) -> Problem {
    let message = format!("none of the {number} objects in this file is a Release");
    Problem::error(Code::Kind, &first.path.key("kind"), message).help(beginning())
}

/// That a list has no items.
pub(super) fn empty_list() -> Problem {
    Problem::error(Code::Empty, &Path::root().key("items"), "this list has no Release: it is empty")
}

fn beginning() -> String {
    format!("a Release begins with `apiVersion: {API_VERSION}`")
}

/// Whether a text that cannot be read has a line that says it is a Release or a VirtualService.
pub(super) fn is_mentioned(text: &str) -> bool {
    text.lines().any(|line| {
        let words: Vec<&str> = line
            .split([' ', '\t', ':', '"', '\'', ',', '{', '}', '[', ']', '\r', '-'])
            .filter(|word| !word.is_empty())
            .collect();
        // The first words of a line, or any of JSON, which has many on one.
        let is_json = line.trim_start().starts_with(['{', '[', '"']);
        let pairs = words.windows(2).take(if is_json { words.len() } else { 1 });
        pairs.into_iter().any(|pair| match pair {
            ["kind", kind] => [KIND, "VirtualService"].contains(kind),
            ["apiVersion", version] => is_own(version),
            _ => false,
        })
    })
}
