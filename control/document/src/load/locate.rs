//! Places to bytes: what a [`Place`] means in the text, or what is nearest to it.
//!
//! A field that is missing has no bytes: its place is the key of the map that it is missing from. A list or
//! map over several lines is meant by its key, an item without a key by its first line.

use std::ops::Range;

use policy::{Part, Place, Segment};

use super::tree::{Entry, Id, ROOT, Shape, Tree};
use super::within;

/// A value that a path led to.
struct Found {
    id: Id,
    /// The key that holds it, or holds the list that it is an item of.
    key: Option<Id>,
}

pub(super) fn locate(tree: &Tree, text: &str, place: &Place) -> Range<usize> {
    let segments = place.path.segments();
    let mut found = Found { id: ROOT, key: None };
    for (position, segment) in segments.iter().enumerate() {
        let nth = match place.part {
            Part::Key(nth) if position + 1 == segments.len() => nth,
            _ => 0,
        };
        match step(tree, found.id, segment, nth) {
            Some(next) => found = next,
            None => return value(tree, text, &found),
        }
    }
    match (&place.part, found.key) {
        (Part::Key(_), Some(key)) => tree.entries[key].span.clone(),
        (Part::Within(range), _) => {
            let entry = tree.resolved(found.id);
            inside(text, entry, range).unwrap_or_else(|| value(tree, text, &found))
        }
        _ => value(tree, text, &found),
    }
}

fn step(tree: &Tree, id: Id, segment: &Segment, nth: usize) -> Option<Found> {
    match (&tree.resolved(id).shape, segment) {
        (Shape::List(items), Segment::Index(index)) => {
            Some(Found { id: *items.get(*index)?, key: None })
        }
        (Shape::Map(_), Segment::Key(name)) => {
            let fields = tree.fields(tree.target(id)).iter();
            let mut named = fields.filter(|(key, _)| tree.key_name(*key) == *name);
            let (key, id) = named.nth(nth)?;
            Some(Found { id: *id, key: Some(*key) })
        }
        _ => None,
    }
}

/// The bytes that stand for a whole value.
fn value(tree: &Tree, text: &str, found: &Found) -> Range<usize> {
    let entry = &tree.entries[found.id];
    let span = entry.span.clone();
    let raw = text.get(span.clone()).unwrap_or_default();
    let is_scalar = matches!(entry.shape, Shape::Scalar { .. } | Shape::Alias(_));
    match found.key {
        Some(key) if raw.is_empty() || (!is_scalar && raw.contains('\n')) => {
            tree.entries[key].span.clone()
        }
        _ if is_scalar => span,
        _ => {
            let line = raw.lines().next().unwrap_or_default().trim_end();
            span.start..span.start + line.len()
        }
    }
}

fn inside(text: &str, entry: &Entry, range: &Range<usize>) -> Option<Range<usize>> {
    let Shape::Scalar { text: decoded, style } = &entry.shape else { return None };
    let raw = text.get(entry.span.clone())?;
    let column = entry.span.start - text[..entry.span.start].rfind('\n').map_or(0, |at| at + 1);
    let found = within::find(&within::Written { raw, style: *style, decoded, column }, range)?;
    Some(entry.span.start + found.start..entry.span.start + found.end)
}
