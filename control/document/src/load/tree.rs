//! A document as it is written: every value with its bytes, aliases still being aliases.
//!
//! [`expand`](super::expand) makes the [`policy::Node`] of it, [`locate`](super::locate) finds places in it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// The values of a document; the first is the document's.
#[derive(Debug, Default)]
pub struct Tree {
    /// Each after the value that holds it.
    pub entries: Vec<Entry>,
    /// The keys and values of maps with a merge key (`<<`), those of other maps in its place.
    pub(super) merged: BTreeMap<Id, Vec<(Id, Id)>>,
}

/// The position of an [`Entry`] in its [`Tree`].
pub type Id = usize;

/// The value that holds all others.
pub const ROOT: Id = 0;

/// A value.
#[derive(Debug)]
pub struct Entry {
    /// Its bytes, anchor and tag included, what follows it excluded.
    pub span: Range<usize>,
    /// The tag that it is written with: `!!str`, `!local`.
    pub tag: Option<String>,
    /// What it is.
    pub shape: Shape,
}

/// What a value is.
#[derive(Debug)]
pub enum Shape {
    /// Text, already freed from quotes, escapes and indentation.
    Scalar {
        /// What it says.
        text: String,
        /// How it is written.
        style: Style,
    },
    /// A list.
    List(Vec<Id>),
    /// Keys and their values.
    Map(Vec<(Id, Id)>),
    /// The value of another place.
    Alias(Id),
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
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
    #[must_use]
    pub fn resolved(&self, id: Id) -> &Entry {
        &self.entries[self.target(id)]
    }

    /// The keys and values that a map has: those of the maps that it merges (`<<`) among them. None of another value.
    #[must_use]
    pub fn fields(&self, id: Id) -> &[(Id, Id)] {
        match (self.merged.get(&id), &self.entries[id].shape) {
            (Some(fields), _) | (None, Shape::Map(fields)) => fields,
            _ => &[],
        }
    }

    /// Whether a map has a merge key.
    #[must_use]
    pub fn has_merged(&self, id: Id) -> bool {
        self.merged.contains_key(&id)
    }

    /// Whether a key means the fields of other maps.
    #[must_use]
    pub fn is_merge(&self, key: Id) -> bool {
        let Entry { shape: Shape::Scalar { text, style }, tag, .. } = &self.entries[key] else {
            return false;
        };
        let is_plain = *style == Style::Plain && tag.is_none();
        text == "<<" && (is_plain || tag.as_deref() == Some("!!merge"))
    }

    /// The value that an alias repeats; another value itself.
    #[must_use]
    pub fn target(&self, id: Id) -> Id {
        match self.entries[id].shape {
            // An anchor is never put on an alias: one step is all.
            Shape::Alias(target) => target,
            _ => id,
        }
    }

    /// Whether a list or map is written in brackets.
    #[must_use]
    pub fn is_flow(&self, text: &str, id: Id) -> bool {
        let entry = &self.entries[id];
        let first = match &entry.shape {
            Shape::List(items) => items.first(),
            Shape::Map(entries) => entries.first().map(|(key, _)| key),
            Shape::Scalar { .. } | Shape::Alias(_) => return false,
        };
        let raw = text.get(entry.span.clone()).unwrap_or_default();
        let start = properties(raw);
        let has_bracket = raw.get(start..).unwrap_or_default().starts_with(['[', '{']);
        // The span of a block begins with its first item, which may have a bracket of its own.
        has_bracket
            && first.is_none_or(|id| self.entries[*id].span.start > entry.span.start + start)
    }

    /// The name of a key in a path, whatever is written for a key.
    #[must_use]
    pub fn key_name(&self, key: Id) -> Cow<'_, str> {
        match &self.resolved(key).shape {
            Shape::Scalar { text, .. } => Cow::Borrowed(text),
            Shape::List(_) => Cow::Borrowed("[…]"),
            Shape::Map(_) | Shape::Alias(_) => Cow::Borrowed("{…}"),
        }
    }
}

/// Where the text begins behind `!tag` and `&anchor`.
pub(super) fn properties(raw: &str) -> usize {
    let mut rest = raw;
    while rest.starts_with(['!', '&']) {
        let Some(blank) = rest.find(char::is_whitespace) else { return raw.len() };
        rest = rest[blank..].trim_start();
    }
    raw.len() - rest.len()
}
