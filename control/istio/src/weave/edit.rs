//! Changes of documents: data first ([`Change`]), then text in which no other byte differs.
//!
//! What comes out is read again and compared with what the changes make of the values: YAML that is written in a
//! way that is not foreseen here is refused, never spoiled.

mod block;
mod emit;
mod flow;
mod line;
mod splice;
mod target;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use document::load::{self, Document, Source};
use document::report::{Collection, Diagnostic};
use policy::{Code, Path, Problem, Segment};
use serde_json::Value;

use splice::Splice;
use target::Target;

#[cfg(test)]
pub(super) use emit::flow;
pub(super) use splice::Edited;
#[cfg(test)]
pub(super) use value::filled;
pub(super) use value::json;

/// A change of a list or map.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    /// The position of its document.
    pub(super) document: usize,
    /// The list or map, or the nothing that becomes one; indexes are those before any change.
    pub(super) at: Path,
    /// What is done to it.
    pub(super) action: Action,
}

/// What is done to a list or map.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// An entry is added to a map, behind that of the key `after` or in front of all.
    Add { after: Option<String>, key: String, value: Value },
    /// An entry of a map gets another value.
    Set { key: String, value: Value },
    /// An entry of a map is removed.
    Remove { key: String },
    /// An item is inserted into a list in front of the one that is there now, or behind the last.
    Insert { before: usize, value: Value },
    /// An item of a list is removed.
    Drop { index: usize },
}

/// The changes of each list or map.
type Changed<'c> = BTreeMap<(usize, Vec<Segment>), Vec<&'c Action>>;

/// Makes the changes.
///
/// # Errors
/// With every place where the text cannot be changed.
pub(super) fn apply(
    source: &Source,
    documents: &[Document],
    changes: &[Change],
) -> Result<Edited, Vec<Diagnostic>> {
    let mut changed = Changed::new();
    let mut first: BTreeMap<usize, &Path> = BTreeMap::new();
    let mut splices = Vec::new();
    let mut refused = Collection::default();
    for Change { document, at, action } in changes {
        let segments = at.segments().into_iter().cloned().collect();
        changed.entry((*document, segments)).or_default().push(action);
        first.entry(*document).or_insert(at);
    }
    let repeated: Vec<_> = documents.iter().map(|d| target::repeated(d.tree())).collect();
    for ((position, segments), actions) in &changed {
        let (Some(document), Some(repeated)) = (documents.get(*position), repeated.get(*position))
        else {
            continue;
        };
        let found = Target::find(source.text(), document.tree(), repeated, segments)
            .and_then(|target| splices_of(&target, actions).ok_or_else(|| foreign(&target.path)));
        match found {
            Ok(found) => splices.extend(found),
            Err(problem) => {
                refused.add(problem.severity, || Diagnostic::new(source, document, &problem));
            }
        }
    }
    if !refused.is_empty() {
        return Err(refused.finish(source.name()));
    }
    let edited = Edited::new(source.text(), splices);
    let after = edited.as_ref().map(|edited| load::documents(&Source::new("", &*edited.text)));
    let says = |position: usize| match &after {
        Some((read, None)) if read.len() == documents.len() => {
            read.get(position).map(|document| json(&document.node))
        }
        _ => None,
    };
    for (position, document) in documents.iter().enumerate() {
        let says = says(position);
        let at = first.get(&position);
        let expected = value::changed(position, &document.node, &changed);
        // Where nothing can be read any more it is the fault of what was changed.
        let is_judged = says.is_some() || at.is_some();
        if is_judged && says.map(value::filled) != expected.map(value::filled) {
            let problem = foreign(at.unwrap_or(&&Path::root()));
            refused.add(problem.severity, || Diagnostic::new(source, document, &problem));
        }
    }
    match edited {
        Some(edited) if refused.is_empty() => Ok(edited),
        _ => Err(refused.finish(source.name())),
    }
}

/// What a document says after the changes, whatever its text.
///
/// # Errors
/// When a change is of something that is not there.
pub(super) fn value(document: &Document, changes: &[Change]) -> Result<Value, Vec<Problem>> {
    let mut changed = Changed::new();
    for Change { document, at, action } in changes {
        let segments = at.segments().into_iter().cloned().collect();
        changed.entry((*document, segments)).or_default().push(action);
    }
    let at = changes.first().map_or_else(Path::root, |change| change.at.clone());
    value::changed(0, &document.node, &changed).ok_or_else(|| vec![foreign(&at)])
}

/// How the text changes; none where that is not known.
fn splices_of(target: &Target<'_>, actions: &[&Action]) -> Option<Vec<Splice>> {
    if target.is_flow() { flow::splices(target, actions) } else { block::splices(target, actions) }
}

/// The items that are taken out of a list.
fn dropped(actions: &[&Action]) -> BTreeSet<usize> {
    let dropped = actions.iter().filter_map(|action| match action {
        Action::Drop { index } => Some(*index),
        _ => None,
    });
    dropped.collect()
}

/// The item from which on all of a list are taken out: behind the last one where that stays.
fn end_of_kept(items: usize, actions: &[&Action]) -> usize {
    let dropped = dropped(actions);
    (0..items).rev().take_while(|index| dropped.contains(index)).last().unwrap_or(items)
}

/// The problem of a place that is written in a way that is not foreseen.
fn foreign(path: &Path) -> Problem {
    let message = "this cannot be changed in place as it is written";
    let help = "write it in block style, as `kubectl get -o yaml` does";
    Problem::error(Code::Syntax, path, message).help(help)
}

/// The problem of what stands there and is empty: it could only be replaced, and what it was would be lost.
pub(super) fn empty(path: &Path) -> Problem {
    let message = "this is empty";
    Problem::error(Code::Empty, path, message).help("remove the key, or give it a value")
}

#[cfg(test)]
mod tests;
