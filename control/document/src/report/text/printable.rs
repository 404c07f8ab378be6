//! The one filter between foreign text and a terminal: control characters move its cursor and change its colours, marks
//! of direction make a line read as another one, and line separators end it where no line ends.

use std::borrow::Cow;
use std::fmt::Write;

/// Text of a document or a file name without what would move a terminal's cursor, change its colours or turn the
/// direction of what stands around it.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut printed = String::with_capacity(text.len());
    for character in text.chars() {
        push(&mut printed, character, is_hidden(character));
    }
    printed
}

/// The same for JSON, and for YAML in double quotes, where such characters stand in texts only: the document has the
/// same meaning afterwards.
pub(crate) fn escaped(document: String) -> String {
    let is_foreign = |character| is_hidden(character) && character != '\n';
    if !document.contains(is_foreign) {
        return document;
    }
    let mut written = String::with_capacity(document.len());
    for character in document.chars() {
        if is_foreign(character) {
            // Writing to a String cannot fail.
            let _ = write!(written, "\\u{:04x}", u32::from(character));
        } else {
            written.push(character);
        }
    }
    written
}

/// What is about to be printed, styles included: whatever was not made [`printable`] on its way is so here.
pub(crate) fn screened(text: &str) -> Cow<'_, str> {
    let is_plain = |character: char| !is_hidden(character) || matches!(character, '\n' | '\t');
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut printed = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let is_kept = is_plain(character) || character == '\x1b' && is_style(&text[at..]);
        push(&mut printed, character, !is_kept);
    }
    Cow::Owned(printed)
}

/// Whether it is never printed as it is.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control() || is_format(character)
}

/// Marks of direction, what separates lines and paragraphs, and what takes no room: two names that differ in that alone
/// look alike. Joiners stay, without which some scripts and emojis cannot be written.
fn is_format(character: char) -> bool {
    matches!(
        character,
        '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
    )
}

/// Whether a text begins with a sequence that sets colours and nothing else.
fn is_style(text: &str) -> bool {
    text.strip_prefix("\x1b[").is_some_and(|rest| {
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
    })
}

fn push(text: &mut String, character: char, is_escaped: bool) {
    if is_escaped {
        // Writing to a String cannot fail.
        let _ = write!(text, "{}", character.escape_default());
    } else {
        text.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each range, and both ends of those that have any.
    const HIDDEN: &str = "\0\x07\x1b\x1f\x7f\u{80}\u{85}\u{9b}\u{9f}\u{61c}\u{180e}\u{200b}\u{200e}\u{200f}\u{2028}\
                          \u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{206f}\u{feff}\u{fff9}\u{fffb}";

    #[test]
    fn foreign_text_has_no_hidden_characters() {
        for hidden in HIDDEN.chars().chain(['\n', '\t', '\r']) {
            let text = printable(&format!("a{hidden}é"));
            assert!(text.starts_with("a\\") && text.ends_with('é'), "{text:?}");
        }
        assert_eq!(printable("\u{a0}\u{ad}한\u{200d}🙂"), "\u{a0}\u{ad}한\u{200d}🙂");
        assert_eq!(printable("\u{9b}31m\u{202e}"), r"\u{9b}31m\u{202e}");
    }

    #[test]
    fn documents_mean_the_same_without_hidden_characters() {
        let json = serde_json::to_string_pretty(&serde_json::json!({ HIDDEN: [HIDDEN] })).unwrap();
        let written = escaped(json.clone());
        assert!(!written.contains(|c| is_hidden(c) && c != '\n'), "{written:?}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&written), read(&json));
    }

    #[test]
    fn the_last_filter_leaves_lines_and_styles() {
        let styled = "\x1b[1;31merror\x1b[0m\n\ta é";
        assert_eq!(screened(styled), styled);
        assert_eq!(screened("\x1b]0;x\x07\x1b[2J\u{9b}m\r"), r"\u{1b}]0;x\u{7}\u{1b}[2J\u{9b}m\r");
        assert_eq!(screened(HIDDEN), printable(HIDDEN));
    }
}
