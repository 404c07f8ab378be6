//! A pasted command line, split into words as bash does: quotes, ANSI-C quoting and continued lines.
//!
//! Libraries that split words know neither `$'…'`, which browsers write, nor where each word stands, which
//! problems are shown with. What a shell would put in place of something else is refused: its value is not
//! known here.

use std::ops::Range;

use super::ansi_c;
use crate::explain::request::shown;
use crate::load::Fault;

/// A word of a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// What it says.
    pub bytes: Vec<u8>,
    /// Where it stands in what was pasted.
    pub span: Range<usize>,
}

impl Word {
    /// Another text at the same place.
    #[must_use]
    pub fn holding(&self, bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), span: self.span.clone() }
    }

    /// The word in a message.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.bytes)
    }

    /// Something that is wrong with it.
    #[must_use]
    pub fn fault(&self, message: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { span: self.span.clone(), message: message.into(), help: Some(help.into()) }
    }
}

/// The words of the one command of a text.
pub(super) fn words(text: &str) -> Result<Vec<Word>, Fault> {
    let mut reader = Reader { written: text, text: text.as_bytes(), at: 0 };
    let mut words = Vec::new();
    while reader.skip_blanks(!words.is_empty())? {
        words.push(reader.word()?);
    }
    Ok(words)
}

struct Reader<'a> {
    written: &'a str,
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    /// The length of the line's end that stands `ahead`, if one does.
    fn line_end(&self, ahead: usize) -> Option<usize> {
        match (self.peek(ahead), self.peek(ahead + 1)) {
            (Some(b'\n'), _) => Some(1),
            (Some(b'\r'), Some(b'\n')) => Some(2),
            _ => None,
        }
    }

    /// Goes to the next word of the command; says whether there is one.
    fn skip_blanks(&mut self, has_begun: bool) -> Result<bool, Fault> {
        let mut is_ended = false;
        loop {
            let Some(byte) = self.peek(0) else { return Ok(false) };
            if let (b'\\', Some(length)) = (byte, self.line_end(1)) {
                self.at += 1 + length;
            } else if byte == b'#' {
                let rest = self.text.get(self.at..).unwrap_or_default();
                self.at += rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            } else if byte == b' ' || byte == b'\t' || byte == b'\r' {
                self.at += 1;
            } else if matches!(byte, b'\n' | b';' | b'&') {
                is_ended |= has_begun;
                self.at += 1;
            } else if byte == b'|' {
                // Whatever reads the answer does not change the request.
                return Ok(false);
            } else if is_ended {
                let help = "paste one command, or give all of them as a HAR file with `--har`";
                return Err(self.fault(1, "here a second command begins", help));
            } else if matches!(byte, b'<' | b'>' | b'(' | b')') {
                let message =
                    format!("`{}` is the shell's, no part of a request", char::from(byte));
                return Err(self.fault(1, &message, "leave it out, or put it in single quotes"));
            } else {
                return Ok(true);
            }
        }
    }

    fn word(&mut self) -> Result<Word, Fault> {
        let start = self.at;
        let mut bytes = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' => {
                    break;
                }
                b'\'' => self.single(&mut bytes)?,
                b'"' => self.double(&mut bytes)?,
                b'\\' => self.escaped(&mut bytes),
                b'$' if self.peek(1) == Some(b'\'') => {
                    let rest = self.text.get(self.at + 2..).unwrap_or_default();
                    let quoted = ansi_c::read(rest).map_err(|(offset, message)| {
                        self.at += if offset == 0 { 0 } else { 2 + offset };
                        self.fault(2, &message, "in `$'…'` write `\\'` for the quote itself")
                    })?;
                    bytes.extend(quoted.bytes);
                    self.at += 2 + quoted.length;
                }
                b'^' if self.peek(1) == Some(b'"') || self.line_end(1).is_some() => {
                    let help = "copy it again, as cURL for bash";
                    return Err(self.fault(1, "this is a command line of Windows' cmd", help));
                }
                _ => self.plain(byte, &mut bytes)?,
            }
        }
        Ok(Word { bytes, span: start..self.at })
    }

    fn single(&mut self, bytes: &mut Vec<u8>) -> Result<(), Fault> {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let Some(length) = rest.iter().position(|b| *b == b'\'') else { return Err(self.open()) };
        bytes.extend(rest.get(..length).unwrap_or_default());
        self.at += length + 2;
        Ok(())
    }

    fn double(&mut self, bytes: &mut Vec<u8>) -> Result<(), Fault> {
        let open = self.open();
        self.at += 1;
        loop {
            match self.peek(0).ok_or_else(|| open.clone())? {
                b'"' => break,
                b'\\' if matches!(self.peek(1), Some(b'"' | b'\\' | b'$' | b'`')) => {
                    self.escaped(bytes);
                }
                b'\\' if self.line_end(1).is_some() => self.escaped(bytes),
                byte => self.plain(byte, bytes)?,
            }
        }
        self.at += 1;
        Ok(())
    }

    /// A backslash and what follows it.
    fn escaped(&mut self, bytes: &mut Vec<u8>) {
        if let Some(length) = self.line_end(1) {
            self.at += 1 + length;
            return;
        }
        bytes.push(self.peek(1).unwrap_or(b'\\'));
        self.at = (self.at + 2).min(self.text.len());
    }

    /// A byte that stands for itself, unless the shell would make something else of it.
    fn plain(&mut self, byte: u8, bytes: &mut Vec<u8>) -> Result<(), Fault> {
        let names = |next: u8| next.is_ascii_alphanumeric() || b"_{(\"*@#?!-$".contains(&next);
        if byte == b'`' || (byte == b'$' && self.peek(1).is_some_and(names)) {
            let message = "a shell would put something else here, which is not known";
            return Err(self.fault(1, message, "put what it is in its place, in single quotes"));
        }
        bytes.push(byte);
        self.at += 1;
        Ok(())
    }

    fn open(&self) -> Fault {
        self.fault(1, "this quote does not end", "is all of the command there?")
    }

    fn fault(&self, length: usize, message: &str, help: &str) -> Fault {
        let end = self.written.ceil_char_boundary(self.at + length);
        Fault { span: self.at..end, message: message.to_owned(), help: Some(help.to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Result<Vec<String>, String> {
        let text_of = |word: Word| String::from_utf8_lossy(&word.bytes).into_owned();
        let split = words(text).map(|words| words.into_iter().map(text_of).collect());
        split.map_err(|fault| format!("{}: {}", fault.span.start, fault.message))
    }

    #[test]
    fn words_are_those_of_bash() {
        let cases: &[(&str, &[&str])] = &[
            ("a  b\tc", &["a", "b", "c"]),
            (
                "curl 'a b' \\\n  -H \"c: \\\"d\\\" \\e\" \\\r\n --x",
                &["curl", "a b", "-H", "c: \"d\" \\e", "--x"],
            ),
            ("a'b'\"c\"$'d\\'e'f", &["abcd'ef"]),
            ("a '' \"\"", &["a", "", ""]),
            ("\n\n# a note\ncurl x # said\n\n", &["curl", "x"]),
            ("curl x | jq .", &["curl", "x"]),
            ("curl x;\n", &["curl", "x"]),
            ("a#b a\\ b 5$ ^x", &["a#b", "a b", "5$", "^x"]),
            ("\"a\\\nb\" '\\n' \\", &["ab", "\\n", "\\"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            let expected = expected.iter().map(ToString::to_string).collect();
            assert_eq!(split(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_text() {
        let found = words("curl  'a b' c").unwrap();
        let spans: Vec<_> = found.into_iter().map(|word| word.span).collect();
        assert_eq!(spans, [0..4, 6..11, 12..13]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let cases = [
            ("curl 'a", "5: this quote does not end"),
            ("curl \"a", "5: this quote does not end"),
            ("curl $'a", "5: this quote does not end"),
            ("curl $'a\\u0000'", "8: no argument can hold the character NUL"),
            ("curl $URL", "5: a shell would put something else here, which is not known"),
            ("curl \"$(x)\"", "6: a shell would put something else here, which is not known"),
            ("curl `x`", "5: a shell would put something else here, which is not known"),
            ("curl a > b", "7: `>` is the shell's, no part of a request"),
            ("curl a ;\ncurl b", "9: here a second command begins"),
            ("curl a\ncurl b", "7: here a second command begins"),
            ("curl ^\"a^\"", "5: this is a command line of Windows' cmd"),
            ("curl \"a\" ^\r\n -H \"b\"", "9: this is a command line of Windows' cmd"),
        ];
        for (text, expected) in cases {
            assert_eq!(split(text), Err(expected.to_owned()), "{text}");
        }
    }
}
