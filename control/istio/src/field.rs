//! A value of an object and its place, read as what it has to be.

use policy::{Code, Node, Path, Problem, Problems};

/// A value and where it is.
#[derive(Clone, Debug)]
pub struct Field<'n> {
    /// What it says.
    pub node: &'n Node,
    /// Where it stands in its document.
    pub path: Path,
}

impl<'n> Field<'n> {
    /// The value of a key; none where there is none, or nothing in it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        let node = self.node.get(key).filter(|node| **node != Node::Null)?;
        Some(Self { node, path: self.path.key(key) })
    }

    /// The text below a key, if one is there.
    #[must_use]
    pub fn word(&self, key: &str) -> Option<&'n str> {
        match self.node.get(key) {
            Some(Node::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The keys and values of a map.
    pub fn entries(&self, problems: &mut Problems) -> Vec<(&'n str, Self)> {
        match self.node {
            Node::Map(entries) => entries
                .iter()
                .map(|(key, node)| (key.as_str(), Self { node, path: self.path.key(key) }))
                .collect(),
            _ => self.otherwise("a map", problems),
        }
    }

    /// The items of a list.
    pub fn items(&self, problems: &mut Problems) -> Vec<Self> {
        match self.node {
            Node::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, node)| Self { node, path: self.path.index(index) })
                .collect(),
            _ => self.otherwise("a list", problems),
        }
    }

    /// A text.
    pub fn text(&self, problems: &mut Problems) -> Option<&'n str> {
        match self.node {
            Node::String(text) => Some(text),
            _ => self.otherwise("a text", problems),
        }
    }

    /// A port's number.
    pub fn port(&self, problems: &mut Problems) -> Option<u16> {
        match self.node {
            Node::Number(number)
                if number.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(number) =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked to be in the range"
                )]
                Some(*number as u16)
            }
            _ => self.otherwise("the number of a port", problems),
        }
    }

    /// The map below a key.
    pub fn map(&self, key: &str, problems: &mut Problems) -> Option<Self> {
        let found = self.get(key)?;
        match found.node {
            Node::Map(_) => Some(found),
            _ => found.otherwise("a map", problems),
        }
    }

    /// The items of the list below a key; none where it is not there.
    pub fn list(&self, key: &str, problems: &mut Problems) -> Vec<Self> {
        self.get(key).map(|list| list.items(problems)).unwrap_or_default()
    }

    /// The maps of the list below a key.
    pub fn maps(&self, key: &str, problems: &mut Problems) -> Vec<Self> {
        let mut items = self.list(key, problems);
        items.retain(|item| {
            let is_map = matches!(item.node, Node::Map(_));
            is_map || item.otherwise("a map", problems)
        });
        items
    }

    /// The texts of the list below a key.
    pub fn texts(&self, key: &str, problems: &mut Problems) -> Vec<&'n str> {
        let items = self.list(key, problems);
        items.iter().filter_map(|item| item.text(problems)).collect()
    }

    /// The text below a key.
    pub fn string(&self, key: &str, problems: &mut Problems) -> Option<&'n str> {
        self.get(key)?.text(problems)
    }

    /// Keys and texts of the map below a key, as of labels.
    pub fn labels(&self, key: &str, problems: &mut Problems) -> Vec<(&'n str, &'n str)> {
        let entries = self.get(key).map(|map| map.entries(problems)).unwrap_or_default();
        entries.iter().filter_map(|(key, value)| Some((*key, value.text(problems)?))).collect()
    }

    fn otherwise<T: Default>(&self, expected: &str, problems: &mut Problems) -> T {
        let message = format!("expected {expected}, found {}", self.node.describe());
        problems.unread(Problem::error(Code::Type, &self.path, message));
        T::default()
    }
}
