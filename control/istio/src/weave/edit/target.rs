//! A list or map in the text, where it may be changed.

use std::collections::BTreeSet;

use document::load::tree::{Entry, Id, ROOT, Shape, Style, Tree};
use policy::{Code, Path, Problem, Segment};
use serde_json::Value;

use super::emit;

/// A list or map, or the nothing that is to become one.
pub(super) struct Target<'t> {
    pub(super) text: &'t str,
    pub(super) tree: &'t Tree,
    pub(super) path: Path,
    pub(super) id: Id,
    /// The key that holds it, and the map of that key.
    pub(super) key: Option<(Id, Id)>,
}

/// The values that aliases repeat.
pub(super) fn repeated(tree: &Tree) -> BTreeSet<Id> {
    let target = |entry: &Entry| match entry.shape {
        Shape::Alias(target) => Some(target),
        _ => None,
    };
    tree.entries.iter().filter_map(target).collect()
}

impl<'t> Target<'t> {
    /// Follows the path; what is the same in several places by an alias cannot be changed in one.
    pub(super) fn find(
        text: &'t str,
        tree: &'t Tree,
        repeated: &BTreeSet<Id>,
        segments: &[Segment],
    ) -> Result<Self, Problem> {
        let mut target = Self { text, tree, path: Path::root(), id: ROOT, key: None };
        target.check(repeated)?;
        for segment in segments {
            let entry = target.entry();
            let (found, path) = match (&entry.shape, segment) {
                (Shape::List(items), Segment::Index(index)) => {
                    (items.get(*index).map(|id| (*id, None)), target.path.index(*index))
                }
                (Shape::Map(entries), Segment::Key(name)) => {
                    let found = entries.iter().find(|(key, _)| tree.key_name(*key) == *name);
                    (found.map(|(key, id)| (*id, Some((*key, target.id)))), target.path.key(name))
                }
                _ => (None, target.path.clone()),
            };
            let Some((id, key)) = found else {
                target.check_merged()?;
                return Err(super::foreign(&path));
            };
            target = Self { path, id, key, ..target };
            target.check(repeated)?;
        }
        target.check_merged()?;
        Ok(target)
    }

    /// Of a map with a merge key it could not be told which fields are its own.
    fn check_merged(&self) -> Result<(), Problem> {
        if !self.tree.has_merged(self.id) {
            return Ok(());
        }
        let message = "this map merges fields by `<<`, and cannot be changed in place";
        let problem = Problem::error(Code::Syntax, &self.path, message);
        Err(problem.help("write the merged fields out, without `<<`"))
    }

    fn check(&self, repeated: &BTreeSet<Id>) -> Result<(), Problem> {
        let message = if matches!(self.entry().shape, Shape::Alias(_)) {
            "this is an alias (`*`) of a value that would change elsewhere too"
        } else if repeated.contains(&self.id) {
            "this has an alias (`*`) elsewhere and would change there too"
        } else {
            return Ok(());
        };
        let help = "write it out in both places";
        Err(Problem::error(Code::Syntax, &self.path, message).help(help))
    }

    pub(super) fn entry(&self) -> &'t Entry {
        &self.tree.entries[self.id]
    }

    /// The keys and values of a map.
    pub(super) fn entries(&self) -> Option<&'t [(Id, Id)]> {
        match &self.entry().shape {
            Shape::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The position of a key in a map.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.entries()?.iter().position(|(key, _)| self.tree.key_name(*key) == name)
    }

    /// A text that takes the place of another, in its quotes.
    pub(super) fn requoted(&self, old: Id, value: &Value) -> Option<String> {
        let entry = &self.tree.entries[old];
        let Shape::Scalar { style, .. } = entry.shape else { return None };
        emit::requoted(value.as_str()?, self.text.get(entry.span.clone())?, style)
    }

    /// The items of a list.
    pub(super) fn items(&self) -> Option<&'t [Id]> {
        match &self.entry().shape {
            Shape::List(items) => Some(items),
            _ => None,
        }
    }

    /// Whether nothing is written here.
    pub(super) fn is_absent(&self) -> bool {
        matches!(&self.entry().shape, Shape::Scalar { .. }) && self.entry().span.is_empty()
    }

    /// Whether it is written in brackets, or would have to be.
    pub(super) fn is_flow(&self) -> bool {
        match self.key {
            Some((_, map)) if self.is_absent() => self.tree.is_flow(self.text, map),
            _ => self.tree.is_flow(self.text, self.id),
        }
    }

    /// Whether keys are quoted here, as in JSON.
    pub(super) fn is_json(&self) -> bool {
        self.quotes_keys(self.id).or_else(|| self.quotes_keys(ROOT)).unwrap_or(false)
    }

    fn quotes_keys(&self, id: Id) -> Option<bool> {
        match &self.tree.entries[id].shape {
            Shape::List(items) => items.first().and_then(|id| self.quotes_keys(*id)),
            Shape::Map(entries) => entries.first().map(|(key, _)| {
                let key = &self.tree.entries[*key].shape;
                matches!(key, Shape::Scalar { style: Style::Double, .. })
            }),
            _ => None,
        }
    }

    pub(super) fn start(&self, id: Id) -> usize {
        self.tree.entries[id].span.start
    }

    pub(super) fn end(&self, id: Id) -> usize {
        self.tree.entries[id].span.end
    }
}
