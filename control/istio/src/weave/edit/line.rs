//! Lines of a text, which end in a line feed or, on Windows, in two characters.

/// Where the line of `at` starts.
pub(super) fn start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |feed| feed + 1)
}

/// Where the line of `at` ends, in front of what ends it.
pub(super) fn end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// Where the next line starts, or the text ends.
pub(super) fn next(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |feed| at + feed + 1)
}

/// Where the line before that of `at` ends, in front of what ends it.
pub(super) fn end_before(text: &str, at: usize) -> Option<usize> {
    let feed = start(text, at).checked_sub(1)?;
    let before = text.get(..feed)?;
    Some(before.strip_suffix('\r').unwrap_or(before).len())
}

/// What ends the line of `at`; the last line may have no end, then that of the line before.
pub(super) fn ending(text: &str, at: usize) -> &'static str {
    let of = |end: usize| match text.get(end..) {
        Some(rest) if rest.starts_with("\r\n") => Some("\r\n"),
        Some(rest) if rest.starts_with('\n') => Some("\n"),
        _ => None,
    };
    of(end(text, at)).or_else(|| of(end_before(text, at)?)).unwrap_or("\n")
}

/// How many characters stand before `at` on its line, if they are but what indents a block.
pub(super) fn indentation(text: &str, at: usize) -> Option<usize> {
    let before = text.get(start(text, at)..at)?;
    before.bytes().all(|byte| matches!(byte, b' ' | b'-')).then_some(before.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_either_way_or_with_the_text() {
        let text = "a\r\n  - b\nc";
        assert_eq!((start(text, 7), end(text, 7), next(text, 7)), (3, 8, 9));
        assert_eq!((start(text, 0), end(text, 0), next(text, 0)), (0, 1, 3));
        assert_eq!((end_before(text, 7), end_before(text, 0)), (Some(1), None));
        assert_eq!(end_before(text, 9), Some(8));
        assert_eq!((ending(text, 0), ending(text, 7), ending(text, 9)), ("\r\n", "\n", "\n"));
        assert_eq!(ending("a", 0), "\n");
        assert_eq!((indentation(text, 7), indentation(text, 8)), (Some(4), None));
    }
}
