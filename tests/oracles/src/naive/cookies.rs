//! A `Cookie` header, read plainly.

use super::split_at;

/// Its cookies in order, the same name as often as it is there.
#[must_use]
pub fn cookies(header: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    header.split(|b| *b == b';').filter_map(cookie).collect()
}

fn cookie(piece: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (name, value) = split_at(piece, b'=');
    let (name, value) = (name.trim_ascii().to_vec(), value?.trim_ascii().to_vec());
    let is_quoted = value.len() >= 2 && value.starts_with(b"\"") && value.ends_with(b"\"");
    let value = if is_quoted { value[1..value.len() - 1].to_vec() } else { value };
    (!name.is_empty()).then_some((name, value))
}
