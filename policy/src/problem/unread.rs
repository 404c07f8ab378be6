//! Values that could not be read: whether a problem is about one of them is found in as many steps as its path has,
//! however many there are.

use crate::lookup::Lookup;
use crate::path::{Path, Segment};

#[derive(Clone, Debug, Default)]
pub(super) struct Unread {
    /// By path: whether that very value could not be read; otherwise it holds one that could not.
    places: Lookup<bool>,
}

impl Unread {
    pub(super) fn add(&mut self, path: &Path) {
        for (key, is_whole) in keys(path) {
            self.places.update(&key, is_whole, |known| *known |= is_whole);
        }
    }

    /// Whether the place, what holds it, or what it holds could not be read.
    pub(super) fn overlaps(&self, path: &Path) -> bool {
        !self.places.is_empty()
            && keys(path).any(|(key, is_whole)| {
                self.places.get(&key).is_some_and(|is_unread| *is_unread || is_whole)
            })
    }
}

/// The places from the root to `path`, as bytes that differ for different ones, and whether it is `path` itself.
fn keys(path: &Path) -> impl Iterator<Item = (Vec<u8>, bool)> {
    let segments = path.segments();
    let last = segments.len();
    let mut key = Vec::new();
    let mut steps = vec![(Vec::new(), last == 0)];
    for (position, segment) in segments.into_iter().enumerate() {
        match segment {
            Segment::Key(text) => {
                key.push(b'k');
                key.extend_from_slice(&text.len().to_le_bytes());
                key.extend_from_slice(text.as_bytes());
            }
            Segment::Index(index) => {
                key.push(b'i');
                key.extend_from_slice(&index.to_le_bytes());
            }
        }
        steps.push((key.clone(), position.saturating_add(1) == last));
    }
    steps.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_overlap_up_and_down_but_not_sideways() {
        let rules = Path::root().key("spec").key("rules");
        let mut unread = Unread::default();
        assert!(!unread.overlaps(&rules));
        unread.add(&rules.index(1));
        for overlapping in [Path::root(), rules.clone(), rules.index(1), rules.index(1).key("name")]
        {
            assert!(unread.overlaps(&overlapping), "{overlapping}");
        }
        for apart in [rules.index(0), rules.index(11), Path::root().key("spec").key("split")] {
            assert!(!unread.overlaps(&apart), "{apart}");
        }
        unread.add(&Path::root());
        assert!(unread.overlaps(&rules.index(0)));
    }
}
