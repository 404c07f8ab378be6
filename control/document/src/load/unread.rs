//! What is wrong with a document, by place: a list may have as many objects as problems, and each asks for its own.

use std::collections::BTreeMap;

use policy::{Path, Problems, Segment};

/// The numbers of problems by their places.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// By place: the problems of that very place.
    at: BTreeMap<Vec<Segment>, Vec<usize>>,
    /// By place: those of what it holds.
    below: BTreeMap<Vec<Segment>, Vec<usize>>,
}

impl Unread {
    pub(super) fn of(problems: &Problems) -> Self {
        let mut unread = Self::default();
        for (number, problem) in problems.iter().enumerate() {
            let mut place = owned(&problem.place.path);
            unread.at.entry(place.clone()).or_default().push(number);
            while place.pop().is_some() {
                unread.below.entry(place.clone()).or_default().push(number);
            }
        }
        unread
    }

    /// Those that are in what stands at `root`, or about what holds it, in their order.
    pub(super) fn overlapping(&self, root: &Path) -> Vec<usize> {
        let root = owned(root);
        let above = (0..=root.len()).filter_map(|length| self.at.get(&root[..length]));
        let mut numbers: Vec<usize> =
            above.chain(self.below.get(&root)).flatten().copied().collect();
        numbers.sort_unstable();
        numbers
    }
}

fn owned(path: &Path) -> Vec<Segment> {
    path.segments().into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use policy::{Code, Problem};

    use super::*;

    #[test]
    fn finds_the_problems_that_overlap_and_no_others() {
        let root = Path::root();
        let items = root.key("items");
        let paths =
            [items.index(0).key("a"), root.clone(), items.index(1), items.clone(), items.index(11)];
        let mut problems = Problems::default();
        for path in &paths {
            problems.unread(Problem::error(Code::Type, path, "no"));
        }
        let unread = Unread::of(&problems);
        for at in paths.iter().chain(&[items.index(1).key("x"), root.key("z")]) {
            let expected: Vec<usize> =
                (0..paths.len()).filter(|number| paths[*number].overlaps(at)).collect();
            assert_eq!(unread.overlapping(at), expected, "{at}");
        }
    }
}
