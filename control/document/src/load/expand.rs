//! A tree to a [`Node`]: aliases resolved, bare words given their meaning, keys made text.
//!
//! What cannot be read is a problem and stays in the node as well as it can, so that the rest of the document
//! is still checked. Aliases may not make more of a document than a file may hold ("billion laughs").

use std::collections::{BTreeMap, HashMap};

use policy::{Code, Node, Part, Path, Problem, Problems, Segment};

use super::MAX_DEPTH;
use super::merge::{MAX_FIELDS, Unmerged};
use super::scalar;
use super::source::MAX_BYTES;
use super::tree::{Id, ROOT, Shape, Style, Tree};

/// What a value costs beside its text, about its size in memory.
const VALUE_COST: usize = 64;

/// The node of a tree, and what of it cannot be read, the merge keys of `unmerged` included.
pub(super) fn expand(tree: &Tree, unmerged: &BTreeMap<Id, Unmerged>) -> (Node, Problems) {
    let mut expansion = Expansion {
        tree,
        unmerged,
        steps: Vec::new(),
        cost: 0,
        exhausted: false,
        problems: Problems::default(),
    };
    let node = expansion.node(ROOT, None);
    (node, expansion.problems)
}

struct Expansion<'t> {
    tree: &'t Tree,
    unmerged: &'t BTreeMap<Id, Unmerged>,
    /// Where the value being read stands.
    steps: Vec<Segment>,
    /// What aliases have added.
    cost: usize,
    /// Whether that was said to be too much.
    exhausted: bool,
    problems: Problems,
}

impl Expansion<'_> {
    /// Reads a value; `aliased` is how many steps lead to the outermost alias that it is read through.
    fn node(&mut self, id: Id, aliased: Option<usize>) -> Node {
        let tree = self.tree;
        let entry = &tree.entries[id];
        // What is merged costs as what an alias repeats.
        let aliased = aliased.or_else(|| tree.has_merged(id).then_some(self.steps.len()));
        if let Some(first) = aliased
            && !self.affordable(id, first)
        {
            return Node::Null;
        }
        match &entry.shape {
            Shape::Alias(target) => self.node(*target, aliased.or(Some(self.steps.len()))),
            Shape::Scalar { text, style } => self.scalar(text, *style, entry.tag.as_deref()),
            Shape::List(items) => {
                self.collection_tag(entry.tag.as_deref(), "!!seq");
                let items = items.iter().enumerate();
                Node::List(
                    items.map(|(i, item)| self.below(Segment::Index(i), *item, aliased)).collect(),
                )
            }
            Shape::Map(_) => {
                self.collection_tag(entry.tag.as_deref(), "!!map");
                self.map(tree.fields(id), aliased)
            }
        }
    }

    fn below(&mut self, step: Segment, id: Id, aliased: Option<usize>) -> Node {
        self.steps.push(step);
        let node = self.node(id, aliased);
        self.steps.pop();
        node
    }

    fn map(&mut self, fields: &[(Id, Id)], aliased: Option<usize>) -> Node {
        let mut read: Vec<(String, Node)> = Vec::with_capacity(fields.len());
        let mut seen = HashMap::new();
        for (key, value) in fields {
            let name = self.tree.key_name(*key);
            let before = seen.entry(name.clone()).or_insert(0_usize);
            let name = name.into_owned();
            if let Some(problem) = self.key(*key, *value, &name) {
                self.problems.unread(problem.about(Part::Key(*before)));
            }
            *before += 1;
            let node = self.below(Segment::Key(name.clone()), *value, aliased);
            read.push((name, node));
        }
        Node::Map(read)
    }

    /// What is wrong with a key.
    fn key(&self, key: Id, value: Id, name: &str) -> Option<Problem> {
        // Of a key that is right, as most are, no path is made.
        let at = || self.path().key(name);
        if let Some(unmerged) = self.unmerged.get(&key) {
            return Some(self.unmerged(*unmerged, value, &at()));
        }
        let entry = self.tree.resolved(key);
        let found = match &entry.shape {
            Shape::Scalar { text, style: Style::Plain } if entry.tag.is_none() => {
                match scalar::plain(text) {
                    Node::String(_) => return None,
                    node => node.describe(),
                }
            }
            Shape::Scalar { .. } => return None,
            Shape::List(_) => "a list".to_owned(),
            Shape::Map(_) | Shape::Alias(_) => "a map".to_owned(),
        };
        let help = match &entry.shape {
            Shape::Scalar { text, .. } if !text.is_empty() => {
                format!("quote it: `\"{text}\":`")
            }
            Shape::Map(_) => {
                "render the template before checking it; quote text that contains `{{`".to_owned()
            }
            _ => "write a name before the `:`".to_owned(),
        };
        let message = format!("expected text as a key, found {found}");
        Some(Problem::error(Code::Type, &at(), message).help(help))
    }

    /// What is wrong with a merge key that is not read.
    fn unmerged(&self, unmerged: Unmerged, value: Id, at: &Path) -> Problem {
        if unmerged == Unmerged::TooMany {
            let message = format!("with its merge keys expanded, this exceeds {MAX_FIELDS} fields");
            let help = "write the fields out instead of merging them by `<<`";
            return Problem::error(Code::Syntax, at, message).help(help);
        }
        let found = match &self.tree.resolved(value).shape {
            Shape::Scalar { text, .. } if text.is_empty() => "nothing".to_owned(),
            Shape::Scalar { text, .. } => format!("`{text}`"),
            Shape::List(_) if matches!(self.tree.entries[value].shape, Shape::Alias(_)) => {
                "an alias of a list".to_owned()
            }
            Shape::List(_) => "a list with other items".to_owned(),
            Shape::Map(_) | Shape::Alias(_) => "a map".to_owned(),
        };
        let message = format!("expected a map, or a list of maps, behind `<<`, found {found}");
        Problem::error(Code::Type, at, message).help("merge a map by its alias: `<<: *name`")
    }

    fn scalar(&mut self, text: &str, style: Style, tag: Option<&str>) -> Node {
        let (node, expected) = match (tag, style) {
            (None, Style::Plain) => return scalar::plain(text),
            (None | Some("!" | "!!str"), _) => return Node::String(text.to_owned()),
            (Some("!!int"), _) => (scalar::plain(text), "a whole number"),
            (Some("!!float"), _) => (scalar::plain(text), "a number"),
            (Some("!!bool"), _) => (scalar::plain(text), "`true` or `false`"),
            (Some("!!null"), _) => (scalar::plain(text), "nothing"),
            (Some(tag), _) => {
                self.unknown_tag(tag);
                return scalar::plain(text);
            }
        };
        let fits = match (&node, tag) {
            (Node::Number(value), Some("!!int")) => value.fract() == 0.0,
            (Node::Number(_), Some("!!float"))
            | (Node::Bool(_), Some("!!bool"))
            | (Node::Null, Some("!!null")) => true,
            _ => false,
        };
        if !fits {
            let tag = tag.unwrap_or_default();
            let message = format!("expected {expected} after `{tag}`, found `{text}`");
            self.unread(Code::Type, message, "remove the tag, or correct the value");
        }
        node
    }

    fn collection_tag(&mut self, tag: Option<&str>, own: &str) {
        match tag {
            None => {}
            Some(tag) if tag == own || tag == "!" => {}
            Some(
                tag @ ("!!str" | "!!int" | "!!float" | "!!bool" | "!!null" | "!!seq" | "!!map"),
            ) => {
                let found = if own == "!!seq" { "a list" } else { "a map" };
                let message = format!("`{tag}` does not apply to {found}");
                self.unread(Code::Type, message, "remove the tag");
            }
            Some(tag) => self.unknown_tag(tag),
        }
    }

    fn unknown_tag(&mut self, tag: &str) {
        self.unread(
            Code::Syntax,
            format!("unknown tag `{tag}`"),
            "remove the tag; quote text that starts with `!`",
        );
    }

    /// Whether there is room for one more value of an alias; says once when there is not, at the alias that
    /// `first` steps lead to.
    fn affordable(&mut self, id: Id, first: usize) -> bool {
        if self.exhausted {
            return false;
        }
        let text = match &self.tree.entries[id].shape {
            Shape::Scalar { text, .. } => text.len(),
            // Keys are read with the map; the map pays for them.
            Shape::Map(_) => {
                let fields = self.tree.fields(id).iter();
                fields.map(|(key, _)| self.tree.key_name(*key).len()).sum()
            }
            Shape::List(_) | Shape::Alias(_) => 0,
        };
        self.cost = self.cost.saturating_add(VALUE_COST + text);
        let limit = usize::try_from(MAX_BYTES).unwrap_or(usize::MAX);
        let message = if self.steps.len() > MAX_DEPTH {
            format!("with its aliases expanded, this nests deeper than {MAX_DEPTH} levels")
        } else if self.cost > limit {
            format!("with its aliases expanded, this exceeds {} MiB", limit / 1024 / 1024)
        } else {
            return true;
        };
        self.exhausted = true;
        let problem = Problem::error(Code::Syntax, &path_of(&self.steps[..first]), message);
        self.problems.unread(problem.help("write the values out instead of using aliases (`*`)"));
        false
    }

    fn unread(&mut self, code: Code, message: String, help: &str) {
        self.problems.unread(Problem::error(code, &self.path(), message).help(help));
    }

    fn path(&self) -> Path {
        path_of(&self.steps)
    }
}

fn path_of(steps: &[Segment]) -> Path {
    steps.iter().fold(Path::root(), |path, step| match step {
        Segment::Key(key) => path.key(key),
        Segment::Index(index) => path.index(*index),
    })
}
