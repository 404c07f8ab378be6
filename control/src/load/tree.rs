//! A document as it is written: every value with its bytes, aliases still being aliases.
//!
//! [`expand`](super::expand) makes the [`policy::Node`] of it, [`locate`](super::locate) finds places in it.

use std::borrow::Cow;
use std::ops::Range;

/// The values of a document, the one that holds another before it; the first is the document's.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) entries: Vec<Entry>,
}

/// The position of an [`Entry`] in its [`Tree`].
pub(super) type Id = usize;

/// The value that holds all others.
pub(super) const ROOT: Id = 0;

/// A value.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its bytes, anchor and tag included, what follows it excluded.
    pub(super) span: Range<usize>,
    /// The tag that it is written with: `!!str`, `!local`.
    pub(super) tag: Option<String>,
    pub(super) shape: Shape,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Shape {
    /// Text, already freed from quotes, escapes and indentation.
    Scalar { text: String, style: Style },
    /// A list.
    List(Vec<Id>),
    /// Keys and their values.
    Map(Vec<(Id, Id)>),
    /// The value of another place.
    Alias(Id),
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Bare.
    Plain,
    /// `'…'`.
    Single,
    /// `"…"`.
    Double,
    /// A block after `|`.
    Literal,
    /// A block after `>`.
    Folded,
}

impl Tree {
    /// The value at `id`, aliases followed.
    pub(super) fn resolved(&self, id: Id) -> &Entry {
        let entry = &self.entries[id];
        match entry.shape {
            // An anchor is never put on an alias: one step is all.
            Shape::Alias(target) => &self.entries[target],
            _ => entry,
        }
    }

    /// The name of a key in a path, whatever it is that somebody wrote for a key.
    pub(super) fn key_name(&self, key: Id) -> Cow<'_, str> {
        match &self.resolved(key).shape {
            Shape::Scalar { text, .. } => Cow::Borrowed(text),
            Shape::List(_) => Cow::Borrowed("[…]"),
            Shape::Map(_) | Shape::Alias(_) => Cow::Borrowed("{…}"),
        }
    }
}
