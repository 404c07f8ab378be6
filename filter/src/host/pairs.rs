//! A map of headers as the host writes it (proxy-wasm ABI 0.2.1): the number of pairs, the sizes of each one's key
//! and value, then keys and values in their order, a NUL behind each; numbers are 32 bits, little-endian.

use policy::Lines;

/// The headers of a request.
pub(crate) struct Pairs {
    map: Vec<u8>,
}

impl Pairs {
    pub(super) fn new(map: Vec<u8>) -> Self {
        Self { map }
    }

    /// The lines of the header `name`, in their order; none where the host wrote no such map.
    pub(crate) fn lines(&self, name: &str) -> Lines {
        // Where one header is asked for Envoy knows it by its old name, too.
        let name = if name == "host" { ":authority" } else { name };
        let mut lines = Lines::default();
        let add = |value: &[u8]| match &lines.first {
            None => lines.first = Some(value.to_vec()),
            Some(_) => lines.more.push(value.to_vec()),
        };
        if self.walk(name, add).is_none() { Lines::default() } else { lines }
    }

    fn walk(&self, name: &str, mut found: impl FnMut(&[u8])) -> Option<()> {
        let (count, mut sizes) = number(&self.map)?;
        let mut texts = sizes.get(count.checked_mul(8)?..)?;
        for _ in 0..count {
            let (key_size, rest) = number(sizes)?;
            let (value_size, rest) = number(rest)?;
            sizes = rest;
            let (key, rest) = text(texts, key_size)?;
            let (value, rest) = text(rest, value_size)?;
            texts = rest;
            if key == name.as_bytes() {
                found(value);
            }
        }
        Some(())
    }
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
