//! A map of headers as the host writes it (proxy-wasm ABI 0.2.1): the number of pairs, the sizes of each one's key
//! and value, then keys and values in their order, a NUL behind each; numbers are 32 bits, little-endian.

/// The values of `name`, in their order; none where `map` is no such map.
pub(super) fn of(map: &[u8], name: &str) -> Vec<Vec<u8>> {
    all(map, name).unwrap_or_default()
}

fn all(map: &[u8], name: &str) -> Option<Vec<Vec<u8>>> {
    let (count, mut sizes) = number(map)?;
    let mut texts = sizes.get(count.checked_mul(8)?..)?;
    let mut found = Vec::new();
    for _ in 0..count {
        let (key_size, rest) = number(sizes)?;
        let (value_size, rest) = number(rest)?;
        sizes = rest;
        let (key, rest) = text(texts, key_size)?;
        let (value, rest) = text(rest, value_size)?;
        texts = rest;
        if key == name.as_bytes() {
            found.push(value.to_vec());
        }
    }
    Some(found)
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((usize::try_from(u32::from_le_bytes(*number)).ok()?, rest))
}

/// A text of `size` bytes, and what follows its NUL.
fn text(bytes: &[u8], size: usize) -> Option<(&[u8], &[u8])> {
    let (text, rest) = bytes.split_at_checked(size)?;
    Some((text, rest.get(1..)?))
}
