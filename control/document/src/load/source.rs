//! The text of a file or of standard input, read whole within a limit.
//!
//! A file that is no text, too large or not there at all is [`Unreadable`], with the reason in words that
//! name no system call.

use std::fmt;
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use super::reason;

/// The largest file that is read. A Release of a thousand rules has 0.2 MiB.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// The file name that means standard input.
pub const STDIN: &str = "-";
/// What standard input is called in messages.
pub const STDIN_NAME: &str = "<stdin>";

/// The byte order mark.
const MARK: char = '\u{feff}';

/// A text and where it is from.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    /// Whether a byte order mark stood before the text.
    has_mark: bool,
    /// The offset at which each line starts.
    lines: Vec<usize>,
    /// How many characters stand before each block of [`BLOCK`] bytes: a line may be as long as a file.
    blocks: Vec<usize>,
}

/// Bytes of which the characters are counted anew for each position.
const BLOCK: usize = 1024;

/// A line and a column, counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Source {
    /// `text`, under the name that its problems are printed with.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let starts = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        let mut before = 0;
        let blocks = text.as_bytes().chunks(BLOCK).map(|block| {
            let first = before;
            before += characters(block);
            first
        });
        let blocks = blocks.collect();
        Self { name: name.into(), text, has_mark: false, lines, blocks }
    }

    /// Reads the file `name`, or standard input for `-`.
    ///
    /// # Errors
    /// When it cannot be read, is larger than [`MAX_BYTES`], or no UTF-8.
    pub fn read(name: &str) -> Result<Self, Unreadable> {
        Self::read_path(Path::new(name))
    }

    /// Reads the file at `path`, or standard input for `-`. Bytes of its name that are not UTF-8 are replaced in messages.
    ///
    /// # Errors
    /// As for [`Source::read`].
    pub fn read_path(path: &Path) -> Result<Self, Unreadable> {
        let (name, bytes) = if path == Path::new(STDIN) {
            (STDIN_NAME.to_owned(), limited(io::stdin().lock()))
        } else {
            (path.to_string_lossy().into_owned(), open(path).and_then(limited))
        };
        let unreadable = |reason: String| Unreadable { name: name.clone(), reason, help: None };
        let bytes = bytes.map_err(unreadable)?;
        if bytes.len() as u64 > MAX_BYTES {
            let size = MAX_BYTES / 1024 / 1024;
            return Err(unreadable(format!("it is larger than {size} MiB")));
        }
        let (text, has_mark) = decode(bytes).map_err(|reason| Unreadable {
            help: Some("save the file as UTF-8".to_owned()),
            ..unreadable(reason)
        })?;
        Ok(Self { has_mark, ..Self::new(name, text) })
    }

    /// Its name, as given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What a file holds that says `text` and begins as this one does: some editors write a byte order mark, which is no
    /// part of the text, and stays.
    #[must_use]
    pub fn file_of(&self, text: String) -> String {
        if self.has_mark { format!("{MARK}{text}") } else { text }
    }

    /// The position of the character at `offset`.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let column = self.characters_before(offset) - self.characters_before(self.lines[line - 1]);
        Position { line, column: column + 1 }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let block = offset / BLOCK;
        // The text may end with a block.
        let before = self.blocks.get(block).copied();
        let start = if before.is_some() { block } else { block.saturating_sub(1) } * BLOCK;
        let before = before.or_else(|| self.blocks.last().copied()).unwrap_or_default();
        before + characters(&self.text.as_bytes()[start..offset])
    }

    /// The character at or behind a line and a column of bytes, both counted from 1, as `serde_json` has them.
    #[must_use]
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        self.text.ceil_char_boundary(start + column.saturating_sub(1))
    }

    /// The line that `offset` is on, without its end: where it starts, and its text.
    #[must_use]
    pub fn line(&self, offset: usize) -> (usize, &str) {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines[line - 1];
        let end = self.lines.get(line).copied().unwrap_or(self.text.len());
        (start, self.text[start..end].trim_end_matches(['\n', '\r']))
    }
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file, as given.
    pub name: String,
    /// The reason.
    pub reason: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read `{}`: {}", self.name, self.reason)
    }
}

impl std::error::Error for Unreadable {}

/// Opens a file that has an end.
///
/// # Errors
/// When it cannot be opened, or is no [`ordinary`] file; the reason as a part of a sentence.
pub fn open(path: &Path) -> Result<File, String> {
    ordinary(path)?;
    File::open(path).map_err(|error| reason::io(&error))
}

/// Looks whether a file has an end. Anything else would be waited for, or read for ever.
///
/// # Errors
/// When it is not a regular file, or cannot be looked at; the reason as a part of a sentence.
pub fn ordinary(path: &Path) -> Result<(), String> {
    let metadata = fs::metadata(path).map_err(|error| reason::io(&error))?;
    match odd(metadata.file_type()) {
        // What a shell makes of `<(…)`, and a pipe by its other name.
        Some(_) if !metadata.is_dir() && is_descriptor(path) => Ok(()),
        Some(what) => Err(format!("it is {what}")),
        None => Ok(()),
    }
}

/// What else than an ordinary file something is.
pub(super) fn odd(found: FileType) -> Option<&'static str> {
    if found.is_file() {
        None
    } else if found.is_dir() {
        Some("a directory")
    } else if found.is_fifo() {
        Some("a FIFO")
    } else if found.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}

/// Whether the path names something that this process has open already.
fn is_descriptor(path: &Path) -> bool {
    ["/dev/fd", "/dev/stdin", "/proc/self/fd"].iter().any(|open| path.starts_with(open))
}

/// How many characters begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| !matches!(byte, 0x80..=0xBF)).count()
}

/// Up to one byte more than the limit, so that the caller can tell.
fn limited(reader: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = reader.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(|error| reason::io(&error))
}

/// The text without the byte order mark that some editors write, and whether there was one.
fn decode(bytes: Vec<u8>) -> Result<(String, bool), String> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err("it is UTF-16".to_owned());
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].split(|byte| *byte == b'\n').count();
        format!("byte {at}, on line {line}, is not UTF-8")
    })?;
    let has_mark = text.starts_with(MARK);
    if has_mark {
        text.drain(..MARK.len_utf8());
    }
    Ok((text, has_mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_lines_from_1() {
        let source = Source::new("x", "a\r\né: b\n");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(7), Position { line: 2, column: 4 });
        assert_eq!(source.position(source.text().len()), Position { line: 3, column: 1 });
        assert_eq!(source.line(4), (3, "é: b"));
        assert_eq!(source.line(1), (0, "a"));
        assert_eq!(Source::new("x", "").line(0), (0, ""));
    }

    #[test]
    fn positions_in_a_long_line_are_those_of_its_characters() {
        for text in ["x".repeat(BLOCK * 2), "aé한🙂".repeat(BLOCK), String::new()] {
            let text = format!("é\n{text}");
            let source = Source::new("x", text.clone());
            for (count, (at, _)) in text.char_indices().skip(2).enumerate().step_by(7) {
                assert_eq!(source.position(at), Position { line: 2, column: count + 1 }, "{at}");
            }
            let column = text.chars().count() - 1;
            assert_eq!(source.position(text.len()), Position { line: 2, column });
        }
    }

    #[test]
    fn decodes_utf8_only() {
        assert_eq!(decode(b"\xEF\xBB\xBFa".to_vec()), Ok(("a".to_owned(), true)));
        assert_eq!(decode(b"a".to_vec()), Ok(("a".to_owned(), false)));
        assert_eq!(decode(b"\xFF\xFEa\0".to_vec()), Err("it is UTF-16".to_owned()));
        assert_eq!(
            decode(b"a\nb\xC3(".to_vec()),
            Err("byte 3, on line 2, is not UTF-8".to_owned())
        );
    }
}
