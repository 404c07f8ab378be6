//! A pasted command line, split into words as bash does: quotes, ANSI-C quoting and continued lines.
//!
//! Libraries that split words know neither `$'…'`, which browsers write, nor where each word stands, which
//! problems are shown with. What a shell would put in place of something else is refused: its value is not
//! known here.

use document::load::Fault;

use super::super::word::Word;
use super::ansi_c;

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
                return Err(self.fault(1, "a second command begins here", help));
            } else if matches!(byte, b'<' | b'>' | b'(' | b')') {
                let message =
                    format!("`{}` is shell syntax, not part of a request", char::from(byte));
                return Err(self.fault(1, &message, "remove it, or put it in single quotes"));
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
            let message = "a shell would expand this, and its value is unknown";
            return Err(self.fault(1, message, "replace it by its value, in single quotes"));
        }
        bytes.push(byte);
        self.at += 1;
        Ok(())
    }

    fn open(&self) -> Fault {
        self.fault(1, "unclosed quote", "check that the command is complete")
    }

    fn fault(&self, length: usize, message: &str, help: &str) -> Fault {
        let end = self.written.ceil_char_boundary(self.at + length);
        Fault { span: self.at..end, message: message.to_owned(), help: Some(help.to_owned()) }
    }
}

#[cfg(test)]
mod tests;
