//! What the files and folders of a command line hold beside what the command looks at: counted, and said in one line.

use document::load::folder::{LINK, Skipped};
use document::report::{Console, text};
use import::review::Review;

/// What was passed over.
#[derive(Debug, Default)]
pub(super) struct PassedOver {
    objects: usize,
    files: usize,
    links: usize,
}

/// How much is said about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Nothing but how much there is.
    Number,
    /// Each by its name.
    Names,
}

impl PassedOver {
    /// Counts what a file holds beside what is looked at.
    pub(super) fn review(
        &mut self,
        name: &str,
        review: &Review,
        detail: Detail,
        console: &mut Console,
    ) {
        let name = text::printable(name);
        self.objects += review.others.len();
        let is_other_file = review.nothing.is_some() && review.others.is_empty();
        self.files += usize::from(is_other_file);
        if detail == Detail::Number {
            return;
        }
        for other in &review.others {
            let label = text::printable(&other.label);
            console.note(&format!("{name}:{}: {label} skipped\n", other.line));
        }
        if is_other_file {
            console.note(&format!("{name}: skipped, it has no objects\n"));
        }
    }

    /// Counts an object that is another.
    pub(super) fn object(&mut self) {
        self.objects += 1;
    }

    /// Counts what folders hold and nothing can read.
    pub(super) fn skipped(&mut self, skipped: &[Skipped], detail: Detail, console: &mut Console) {
        for Skipped { name, what } in skipped {
            let is_link = *what == LINK;
            self.links += usize::from(is_link);
            // What is that odd is hardly meant to be there.
            if !is_link || detail == Detail::Names {
                let name = text::printable(name);
                console.note(&format!("{name}: skipped, it is {what}\n"));
            }
        }
    }

    /// `3 other objects, 1 other file passed over`; none where nothing was.
    pub(super) fn line(&self) -> Option<String> {
        let counts = [
            (self.objects, "other object", "other objects"),
            (self.files, "other file", "other files"),
            (self.links, "link to a folder", "links to folders"),
        ];
        let counts = counts.into_iter().filter(|(number, ..)| *number > 0);
        let parts: Vec<String> = counts
            .map(|(number, one, many)| format!("{number} {}", if number == 1 { one } else { many }))
            .collect();
        (!parts.is_empty()).then(|| format!("{} skipped", parts.join(", ")))
    }

    /// Says how much it is.
    pub(super) fn say(&self, console: &mut Console) {
        if let Some(line) = self.line() {
            console.note(&format!("note: {line}\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_passed_over_is_one_line() {
        for (counts, expected) in [
            ([0, 0, 0], None),
            ([1, 0, 0], Some("1 other object skipped")),
            ([3, 1, 0], Some("3 other objects, 1 other file skipped")),
            ([0, 2, 1], Some("2 other files, 1 link to a folder skipped")),
            ([0, 0, 2], Some("2 links to folders skipped")),
        ] {
            let [objects, files, links] = counts;
            assert_eq!(PassedOver { objects, files, links }.line().as_deref(), expected);
        }
    }
}
