//! A header as options say it: `Name: value`, `Name;` for an empty one, `Name:` to take one away.

use document::load::Fault;

use crate::explain::word::Word;

/// A header as it is written.
pub(super) struct Header<'a> {
    /// In lower case.
    pub(super) name: Vec<u8>,
    pub(super) value: &'a [u8],
    /// Whether it is there; otherwise it takes one away.
    pub(super) is_sent: bool,
    pub(super) at: &'a Word,
}

impl<'a> Header<'a> {
    pub(super) fn read(word: &'a Word) -> Result<Self, Fault> {
        let help = "write `Name: value`, or `Name;` for an empty one";
        if word.bytes.first() == Some(&b'@') {
            return Err(word.fault(
                format!("curl would read the file `{}`, which is not supported", word.shown()),
                help,
            ));
        }
        let colon = word.bytes.iter().position(|b| *b == b':');
        let Some((name, value)) = colon.and_then(|colon| word.bytes.split_at_checked(colon)) else {
            let name = word.bytes.trim_ascii().strip_suffix(b";").ok_or_else(|| {
                word.fault(format!("expected a header, found `{}`", word.shown()), help)
            })?;
            return Ok(Self {
                name: name.to_ascii_lowercase(),
                value: b"",
                is_sent: true,
                at: word,
            });
        };
        if name.is_empty() {
            let message =
                format!("`{}` is not a header, but part of the request line", word.shown());
            return Err(word.fault(message, "use the URL and the method instead"));
        }
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        Ok(Self { name: name.to_ascii_lowercase(), value, is_sent: !value.is_empty(), at: word })
    }
}
