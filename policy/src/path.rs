//! Where in a document something stands: a list of keys and indexes, as `spec.rules[0].match[1].path`.
//!
//! The policy never knows bytes or lines; whoever loaded the document resolves a path to its place there.

use std::fmt;

/// One step into a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The value of a map's key.
    Key(String),
    /// The item of a list, counted from 0.
    Index(usize),
}

/// A place in a document, from its root.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Segment>);

impl Path {
    /// The document itself.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The value of `key` below this place.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.join(Segment::Key(key.to_owned()))
    }

    /// Item `index` below this place.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.join(Segment::Index(index))
    }

    #[inline(never)]
    fn join(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }

    /// The steps from the root.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Whether one of the two places holds the other (or they are the same).
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a == b)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) if !is_plain(key) => write!(f, "[{key:?}]")?,
                Segment::Key(key) if position == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_written_in_the_documents() {
        let path = Path::root().key("spec").key("rules").index(0).key("cookies").key("a.b");
        assert_eq!(path.to_string(), r#"spec.rules[0].cookies["a.b"]"#);
    }

    #[test]
    fn overlaps_up_and_down_but_not_sideways() {
        let rules = Path::root().key("rules");
        assert!(rules.overlaps(&rules.index(1)));
        assert!(rules.index(1).overlaps(&rules));
        assert!(!rules.index(0).overlaps(&rules.index(1)));
    }
}
