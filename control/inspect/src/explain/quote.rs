//! Bytes of a request on a line: in quotes, what does not print escaped, long ones cut.

use std::fmt::Write;

use document::report::text::printable;

/// The characters of a value that are shown.
const MAX_CHARACTERS: usize = 120;

/// The bytes in quotes; long ones end with how many there are.
#[must_use]
pub fn quoted(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut left = MAX_CHARACTERS;
    for chunk in bytes.utf8_chunks() {
        let shown: String = chunk.valid().chars().take(left).collect();
        left -= shown.chars().count();
        text.push_str(&printable(&shown.replace('\\', "\\\\").replace('"', "\\\"")));
        for byte in chunk.invalid().iter().take(left) {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
            left -= 1;
        }
        if left == 0 {
            break;
        }
    }
    let is_cut = left == 0 && String::from_utf8_lossy(bytes).chars().count() > MAX_CHARACTERS;
    if is_cut { format!("\"{text}…\" ({} bytes)", bytes.len()) } else { format!("\"{text}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_on_their_line() {
        let cases: &[(&[u8], &str)] = &[
            (b"v2", "\"v2\""),
            (b"", "\"\""),
            ("ä \"b\" \\".as_bytes(), "\"ä \\\"b\\\" \\\\\""),
            (b"\x1b[31m\n\xff\xfe", "\"\\u{1b}[31m\\n\\xff\\xfe\""),
            ("a\u{202e}b".as_bytes(), "\"a\\u{202e}b\""),
        ];
        for (bytes, expected) in cases {
            assert_eq!(quoted(bytes), *expected);
        }
        assert_eq!(quoted(&[b'a'; 120]), format!("\"{}\"", "a".repeat(120)));
        assert_eq!(quoted(&[b'a'; 9000]), format!("\"{}…\" (9000 bytes)", "a".repeat(120)));
        assert_eq!(quoted(&[0xff; 121]), format!("\"{}…\" (121 bytes)", "\\xff".repeat(120)));
    }
}
