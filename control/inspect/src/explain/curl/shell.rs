//! Words as a shell reads them.

use std::fmt::Write as _;

/// A word: plain where it can be, in single quotes otherwise, and as `$'…'` where it is no text.
pub(super) fn quoted(word: &[u8]) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.,:=@%+".contains(byte);
    let is_text = |text: &str| !text.chars().any(char::is_control);
    match std::str::from_utf8(word) {
        Ok(text) if !text.is_empty() && word.iter().all(is_plain) => text.to_owned(),
        Ok(text) if is_text(text) => format!("'{}'", text.replace('\'', r"'\''")),
        _ => {
            let mut quoted = String::from("$'");
            for byte in word {
                // Writing to a String cannot fail.
                let _ = match byte {
                    b'\'' | b'\\' => write!(quoted, "\\{}", char::from(*byte)),
                    b' '..=b'~' => write!(quoted, "{}", char::from(*byte)),
                    _ => write!(quoted, "\\x{byte:02x}"),
                };
            }
            quoted + "'"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        let cases: [(&[u8], &str); 6] = [
            (b"/api/?a=1", "'/api/?a=1'"),
            (b"/api/v2", "/api/v2"),
            (b"", "''"),
            (b"it's", r"'it'\''s'"),
            (b"a\tb\\", r"$'a\x09b\\'"),
            (b"\xff'", r"$'\xff\''"),
        ];
        for (word, expected) in cases {
            assert_eq!(quoted(word), expected);
            let printf = format!("printf %s {expected}");
            let output = std::process::Command::new("bash").args(["-c", &printf]).output().unwrap();
            assert_eq!(output.stdout, word, "{expected}");
        }
    }
}
