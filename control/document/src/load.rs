//! Reads documents: a file's text ([`Source`]) into [`Document`]s, each a [`policy::Node`] that still knows
//! where in the text everything stands.
//!
//! YAML 1.2 with its core schema, and so JSON; and merge keys, as `kubectl` reads them. What a reader of Releases could
//! not be sure about (unknown tags, keys that are no text) is refused, and nothing a file holds can cost more than its
//! size.

mod expand;
pub mod folder;
mod locate;
mod merge;
mod parse;
pub mod reason;
mod scalar;
pub mod source;
mod syntax;
pub mod tree;
mod unread;
mod within;

use std::ops::Range;
use std::sync::OnceLock;

use policy::{Code, Node, Path, Place, Problem, Problems};
use serde::Deserialize;
use serde_json::Value;

pub use parse::documents;
pub use source::{Source, Unreadable};

use tree::Tree;
use unread::Unread;

/// How deep a document may nest.
pub const MAX_DEPTH: usize = 64;
/// The longest key of a map, in bytes: as many characters as YAML has in one that is followed by a `:` on its line.
pub const MAX_KEY: usize = 1024;

/// One document of a [`Source`].
#[derive(Debug)]
pub struct Document {
    /// What it says.
    pub node: Node,
    /// What is wrong with it as a document; more problems of it belong here too, so that none says the
    /// consequence of another.
    pub problems: Problems,
    /// Those, by place, as soon as they are asked for.
    unread: OnceLock<Unread>,
    tree: Tree,
}

impl Document {
    /// A document that is no file's: nothing in it has a place.
    ///
    /// # Errors
    /// When it is none: a number beyond those of a document.
    pub fn of(value: &Value) -> Result<Self, Vec<Problem>> {
        let node = Node::deserialize(value).map_err(|error| {
            let message = format!("cannot parse this: {error}");
            vec![Problem::error(Code::Type, &Path::root(), message)]
        })?;
        Ok(Self::new(node, Problems::default(), Tree::default()))
    }

    fn new(node: Node, problems: Problems, tree: Tree) -> Self {
        Self { node, problems, unread: OnceLock::new(), tree }
    }

    /// What is wrong in what stands at `root`, or with what holds it: nothing that is said about these is to say the
    /// consequence of it.
    #[must_use]
    pub fn problems_of(&self, root: &Path) -> Vec<&Problem> {
        if self.problems.is_empty() {
            return Vec::new();
        }
        let unread = self.unread.get_or_init(|| Unread::of(&self.problems));
        let numbers = unread.overlapping(root);
        numbers.into_iter().filter_map(|number| self.problems.get(number)).collect()
    }

    /// The bytes of the source that `place` means: the thing itself, or what is nearest to it.
    #[must_use]
    pub fn locate(&self, source: &Source, place: &Place) -> Range<usize> {
        locate::locate(&self.tree, source.text(), place)
    }

    /// The document as it is written.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }
}

/// What keeps a text from being read any further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The bytes at which reading ended.
    pub span: Range<usize>,
    /// What is wrong there.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

#[cfg(test)]
mod tests;
