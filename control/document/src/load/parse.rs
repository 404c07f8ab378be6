//! Text to documents: the events of the YAML parser, put together as trees.
//!
//! The first thing that is no YAML ends the reading, as a [`Fault`]; the documents before it stand.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::expand::expand;
use super::merge;
use super::source::Source;
use super::syntax;
use super::tree::{Entry, Id, Shape, Style, Tree};
use super::{Document, Fault, MAX_DEPTH, MAX_KEY};

/// The documents of `source`, and what keeps the rest of it from being read.
#[must_use]
pub fn documents(source: &Source) -> (Vec<Document>, Option<Fault>) {
    let text = source.text();
    let offsets = Offsets::new(text);
    let mut documents = Vec::new();
    let mut builder = Builder::new(text);
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok((event, span)) => (event, offsets.range(span)),
            Err(error) => {
                let at = offsets.byte(error.marker().index());
                return (documents, Some(syntax::fault(text, at, error.info())));
            }
        };
        match event {
            Event::DocumentStart(_) => builder = Builder::new(text),
            Event::DocumentEnd => documents.extend(finish(std::mem::take(&mut builder.tree))),
            event => {
                if let Err(fault) = builder.add(event, span) {
                    return (documents, Some(fault));
                }
            }
        }
    }
    (documents, None)
}

/// The document of a tree; none where nothing is written between two `---`.
fn finish(mut tree: Tree) -> Option<Document> {
    let root = tree.entries.first()?;
    if root.span.is_empty() {
        return None;
    }
    let unmerged = merge::merge(&mut tree);
    let (node, problems) = expand(&tree, &unmerged);
    Some(Document::new(node, problems, tree))
}

/// A list or map that is not complete yet.
enum Open {
    List(Id, Vec<Id>),
    Map(Id, Vec<(Id, Id)>, Option<Id>),
}

impl Open {
    fn id(&self) -> Id {
        match self {
            Self::List(id, _) | Self::Map(id, ..) => *id,
        }
    }
}

struct Builder<'t> {
    text: &'t str,
    tree: Tree,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Id>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, tree: Tree::default(), open: Vec::new(), anchors: BTreeMap::new() }
    }

    fn add(&mut self, event: Event<'_>, span: Range<usize>) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.check_key(&text, &span)?;
                let shape = Shape::Scalar { text: text.into_owned(), style: style_of(style) };
                let span = self.scalar_span(span, &shape);
                self.push(span, anchor, tag, shape);
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_depth(&span)?;
                let id = self.push(span, anchor, tag, Shape::List(Vec::new()));
                self.open.push(Open::List(id, Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                self.check_depth(&span)?;
                let id = self.push(span, anchor, tag, Shape::Map(Vec::new()));
                self.open.push(Open::Map(id, Vec::new(), None));
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(&span),
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied();
                let Some(target) = target.filter(|id| self.open.iter().all(|o| o.id() != *id))
                else {
                    return Err(syntax::endless_alias(self.text, span));
                };
                if let Shape::Scalar { text, .. } = &self.tree.entries[target].shape {
                    self.check_key(text, &span)?;
                }
                self.push(span, 0, None, Shape::Alias(target));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_depth(&self, span: &Range<usize>) -> Result<(), Fault> {
        if self.open.len() < MAX_DEPTH { Ok(()) } else { Err(syntax::too_deep(span.start)) }
    }

    /// Refuses a very long key: all that is below it is named with it.
    fn check_key(&self, text: &str, span: &Range<usize>) -> Result<(), Fault> {
        let is_key = matches!(self.open.last(), Some(Open::Map(_, _, None)));
        if is_key && text.len() > MAX_KEY {
            return Err(syntax::long_key(text.len(), span.start));
        }
        Ok(())
    }

    /// Adds a value to the tree and to the list or map that is open.
    fn push(
        &mut self,
        span: Range<usize>,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        shape: Shape,
    ) -> Id {
        let id = self.tree.entries.len();
        self.tree.entries.push(Entry { span, tag: tag.map(|tag| written(&tag)), shape });
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        match self.open.last_mut() {
            Some(Open::List(_, items)) => items.push(id),
            Some(Open::Map(_, entries, key)) => match key.take() {
                Some(key) => entries.push((key, id)),
                None => *key = Some(id),
            },
            None => {}
        }
        id
    }

    /// Completes the innermost list or map, whose closing bracket, where it has one, is at `end`.
    fn close(&mut self, end: &Range<usize>) {
        let Some(open) = self.open.pop() else { return };
        let id = open.id();
        let (shape, last) = match open {
            Open::List(_, items) => {
                let last = items.last().copied();
                (Shape::List(items), last)
            }
            Open::Map(_, entries, _) => {
                let last = entries.last().map(|(key, value)| (*key).max(*value));
                (Shape::Map(entries), last)
            }
        };
        // The end of a block is where its last value ends; the parser only sees it at what follows.
        let end = match self.text.as_bytes().get(end.start) {
            Some(b']' | b'}') if !end.is_empty() => end.start + 1,
            _ => {
                last.map_or(self.tree.entries[id].span.end, |last| self.tree.entries[last].span.end)
            }
        };
        let entry = &mut self.tree.entries[id];
        entry.span.end = end.max(entry.span.start);
        entry.shape = shape;
    }

    /// The bytes of a scalar: the parser adds blanks and line ends behind some, and gives one that is not
    /// there the span of whatever follows.
    fn scalar_span(&self, span: Range<usize>, shape: &Shape) -> Range<usize> {
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let absent = matches!(shape, Shape::Scalar { text, style: Style::Plain } if text.is_empty())
            && !raw.starts_with(['!', '&']);
        let end = if absent { span.start } else { span.start + raw.trim_end().len() };
        span.start..end
    }
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
    }
}

/// A tag as its author wrote it, or nearly.
fn written(tag: &Tag) -> String {
    match tag.handle.as_str() {
        _ if tag.is_yaml_core_schema() => format!("!!{}", tag.suffix),
        "" | "!" => format!("{}{}", tag.handle, tag.suffix),
        handle => format!("!<{handle}{}>", tag.suffix),
    }
}

/// From the parser's offsets, which count characters, to bytes.
struct Offsets {
    /// The byte of each character; empty where every character is a byte.
    bytes: Vec<usize>,
    length: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(byte, _)| byte).collect()
        };
        Self { bytes, length: text.len() }
    }

    fn byte(&self, character: usize) -> usize {
        if self.bytes.is_empty() {
            return character.min(self.length);
        }
        self.bytes.get(character).copied().unwrap_or(self.length)
    }

    fn range(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }
}
