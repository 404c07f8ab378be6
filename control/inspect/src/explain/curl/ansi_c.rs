//! ANSI-C quoting, `$'…'`, which browsers write around what single quotes cannot hold.
//!
//! Source: the manual of bash, section 3.1.2.4.

/// What the quoted text says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    pub(super) bytes: Vec<u8>,
    /// The length of what was read, with the quote that ends it.
    pub(super) length: usize,
}

/// What is wrong, and how far behind the start.
pub(super) type Wrong = (usize, String);

/// Reads from behind `$'` to the quote that ends it.
pub(super) fn read(text: &[u8]) -> Result<Quoted, Wrong> {
    let mut bytes = Vec::new();
    let mut at = 0;
    loop {
        match text.get(at) {
            None => return Err((0, "unclosed quote".to_owned())),
            Some(b'\'') => return Ok(Quoted { bytes, length: at + 1 }),
            Some(b'\\') => {
                let rest = text.get(at + 1..).unwrap_or_default();
                let length = escape(rest, &mut bytes).map_err(|message| (at, message))?;
                at += 1 + length;
            }
            Some(byte) => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
}

/// Reads what follows a backslash; its length.
fn escape(rest: &[u8], bytes: &mut Vec<u8>) -> Result<usize, String> {
    let Some(first) = rest.first() else { return Ok(0) };
    let plain = match first {
        b'a' => 0x07,
        b'b' => 0x08,
        b'e' | b'E' => 0x1b,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'\'' | b'"' | b'?' => *first,
        b'0'..=b'7' => {
            let (number, length) = digits(rest, 8, 3);
            // Bash drops what is more than a byte, too.
            byte(number & 0xff, bytes)?;
            return Ok(length);
        }
        b'x' | b'u' | b'U' => {
            let most = match first {
                b'x' => 2,
                b'u' => 4,
                _ => 8,
            };
            let (number, length) = digits(rest.get(1..).unwrap_or_default(), 16, most);
            match (length, first) {
                (0, _) => bytes.extend([b'\\', *first]),
                (_, b'x') => byte(number, bytes)?,
                _ => character(number, bytes)?,
            }
            return Ok(1 + length);
        }
        b'c' => {
            let Some(control) = rest.get(1) else { return Ok(1) };
            byte(u32::from(control & 0x1f), bytes)?;
            return Ok(2);
        }
        _ => {
            bytes.push(b'\\');
            *first
        }
    };
    bytes.push(plain);
    Ok(1)
}

/// The number that starts the text, of `most` digits, and how many it has.
fn digits(text: &[u8], base: u32, most: usize) -> (u32, usize) {
    let digit = |byte: &u8| char::from(*byte).to_digit(base);
    let found = text.iter().take(most).map_while(digit);
    found.fold((0, 0), |(number, length), digit| (number * base + digit, length + 1))
}

fn byte(number: u32, bytes: &mut Vec<u8>) -> Result<(), String> {
    match u8::try_from(number) {
        Ok(byte) if byte > 0 => {
            bytes.push(byte);
            Ok(())
        }
        _ => Err("an argument cannot contain NUL".to_owned()),
    }
}

fn character(number: u32, bytes: &mut Vec<u8>) -> Result<(), String> {
    let character =
        char::from_u32(number).ok_or_else(|| format!("U+{number:04X} is not a character"));
    match character? {
        '\0' => byte(0, bytes),
        character => {
            bytes.extend(character.encode_utf8(&mut [0; 4]).bytes());
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Result<Vec<u8>, String> {
        read(text.as_bytes()).map(|quoted| quoted.bytes).map_err(|(_, message)| message)
    }

    #[test]
    fn escapes_are_those_of_bash() {
        let cases: &[(&str, &[u8])] = &[
            ("it\\'s' rest", b"it's"),
            (r"a\u0021b'", b"a!b"),
            (r"\x41\x4\101\12'", b"A\x04A\n"),
            (r"\u00e4\U0001F600'", "ä😀".as_bytes()),
            (r"\xff'", b"\xff"),
            (r"\q\xg\u'", br"\q\xg\u"),
            (r#"\\\"\?\t\e\cA'"#, b"\\\"?\t\x1b\x01"),
            ("'", b""),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text).as_deref(), Ok(*expected), "{text}");
        }
    }

    #[test]
    fn what_no_argument_can_be_is_refused() {
        let cases = [
            ("open", "unclosed quote"),
            (r"open\'", "unclosed quote"),
            (r"\", "unclosed quote"),
            (r"\u0000'", "an argument cannot contain NUL"),
            (r"\x0'", "an argument cannot contain NUL"),
            (r"\ud83d'", "U+D83D is not a character"),
            (r"\UFFFFFFFF'", "U+FFFFFFFF is not a character"),
        ];
        for (text, expected) in cases {
            assert_eq!(said(text), Err(expected.to_owned()), "{text}");
        }
    }
}
