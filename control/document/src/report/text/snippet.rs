//! The line that a problem is on, ready to be shown: only as much of it as a screen may take, and printable.

use std::ops::Range;

use super::printable::printable;

/// Bytes shown at most before the mark, in the mark, and behind it: more than any screen is wide. A file of one long line
/// would otherwise be copied for each of its problems.
const MAX_BYTES: usize = 1024;

/// A part of a line, and the bytes of it that are marked.
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) mark: Range<usize>,
}

/// What is shown of `line`, of which `mark` is meant.
pub(super) fn excerpt(line: &str, mark: Range<usize>) -> Excerpt {
    let start = line.floor_char_boundary(mark.start.saturating_sub(MAX_BYTES));
    let mark_end = line.floor_char_boundary(mark.end.min(mark.start + MAX_BYTES)).max(mark.start);
    let end = line.ceil_char_boundary((mark_end + MAX_BYTES).min(line.len()));
    let mut text = shown(&line[start..mark.start]);
    let shown_start = text.len();
    text.push_str(&shown(&line[mark.start..mark_end]));
    let shown_end = text.len();
    text.push_str(&shown(&line[mark_end..end]));
    Excerpt { text, mark: shown_start..shown_end }
}

/// Printable; a tab is shown as blanks.
fn shown(part: &str) -> String {
    part.split('\t').map(printable).collect::<Vec<_>>().join("\t")
}
