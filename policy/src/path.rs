//! Where in a document something stands: a list of keys and indexes, as `spec.rules[0].match[1].path`.
//!
//! The policy never knows bytes or lines; what loaded the document resolves a path to its place there.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// One step into a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The value of a map's key.
    Key(String),
    /// The item of a list, counted from 0.
    Index(usize),
}

/// A place in a document, from its root.
///
/// Reading makes one for every value, so it shares what is before its last step with all its neighbours.
#[derive(Clone, Default)]
pub struct Path(Option<Arc<Step>>);

struct Step {
    before: Path,
    segment: Segment,
}

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
        Self(Some(Arc::new(Step { before: self.clone(), segment })))
    }

    /// The steps from the root.
    #[must_use]
    pub fn segments(&self) -> Vec<&Segment> {
        let mut segments = Vec::new();
        let mut path = self;
        while let Some(step) = &path.0 {
            segments.push(&step.segment);
            path = &step.before;
        }
        segments.reverse();
        segments
    }

    /// Whether one of the two places holds the other (or they are the same).
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.segments().iter().zip(other.segments()).all(|(a, b)| *a == b)
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.segments() == other.segments()
    }
}

impl Eq for Path {}

impl Hash for Path {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.segments().hash(state);
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Path({self})")
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.segments().into_iter().enumerate() {
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
