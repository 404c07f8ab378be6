//! A map from byte strings to what stands behind them, for look-ups in the hot path: in one hash and one comparison,
//! and without either for most of what is not in it.
//!
//! Keys come from a configuration and are never removed; what a request asks for is only ever looked up, so that no client
//! can make it grow or slow.

/// A map by byte strings.
#[derive(Clone, Debug)]
pub(crate) struct Lookup<T> {
    keys: Keys,
    /// What stands behind each key, by its number.
    values: Vec<T>,
}

impl<T> Default for Lookup<T> {
    fn default() -> Self {
        Self { keys: Keys::default(), values: Vec::new() }
    }
}

impl<T> Lookup<T> {
    /// Changes the value of `key`, which is `new` where there was none.
    pub(crate) fn update(&mut self, key: &[u8], new: T, change: impl FnOnce(&mut T)) {
        let number = self.keys.number_or_insert(key);
        if number == self.values.len() {
            self.values.push(new);
        }
        self.values.get_mut(number).map(change);
    }

    #[inline]
    pub(crate) fn get(&self, key: &[u8]) -> Option<&T> {
        self.keys.number(key).and_then(|number| self.values.get(number))
    }

    /// Whether some key may begin with `byte`: false for most bytes where there are few keys.
    #[inline]
    pub(crate) fn may_begin_with(&self, byte: u8) -> bool {
        self.keys.firsts >> (byte % 64) & 1 == 1
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl<T: Copy> Lookup<T> {
    /// The value of `key`; `new`, and so from now on, where there was none.
    pub(crate) fn get_or_insert(&mut self, key: &[u8], new: T) -> T {
        let mut value = new;
        self.update(key, new, |known| value = *known);
        value
    }
}

/// Byte strings, numbered as they come: a hash table with linear probing, at most half full.
#[derive(Clone, Debug, Default)]
struct Keys {
    texts: Vec<Box<[u8]>>,
    /// By hash: the number of a text and 1, or 0. As many as a power of 2, or none.
    table: Vec<u32>,
    /// Which sketch texts have, modulo 64: most of what is asked for has another.
    sketch: u64,
    /// Which bytes texts begin with, modulo 64.
    firsts: u64,
}

impl Keys {
    /// Most of what is asked for ends here, which is why this part is in line.
    #[inline]
    fn number(&self, key: &[u8]) -> Option<usize> {
        if self.sketch & sketch_bit(key) == 0 { None } else { self.find(key) }
    }

    #[inline(never)]
    fn find(&self, key: &[u8]) -> Option<usize> {
        let mut place = hash(key);
        loop {
            // There is a place that is empty: half of them are.
            let number = (*self.table.get(self.place(place))? as usize).checked_sub(1)?;
            if self.texts.get(number).is_some_and(|text| equal(text, key)) {
                return Some(number);
            }
            place = place.wrapping_add(1);
        }
    }

    fn number_or_insert(&mut self, key: &[u8]) -> usize {
        if let Some(number) = self.number(key) {
            return number;
        }
        let number = self.texts.len();
        self.texts.push(key.into());
        self.sketch |= sketch_bit(key);
        self.firsts |= key.first().map_or(0, |first| 1 << (first % 64));
        if self.texts.len().saturating_mul(2) > self.table.len() {
            let places = self.texts.len().saturating_mul(4).next_power_of_two();
            self.table = vec![0; places];
            for number in 0..self.texts.len() {
                self.put(number);
            }
        } else {
            self.put(number);
        }
        number
    }

    /// Puts a number into the table at the first place that is empty from its text's hash on.
    fn put(&mut self, number: usize) {
        let Some(text) = self.texts.get(number) else { return };
        let mut place = hash(text);
        while self.table.get(self.place(place)).is_some_and(|taken| *taken != 0) {
            place = place.wrapping_add(1);
        }
        let place = self.place(place);
        if let (Some(slot), Ok(number)) =
            (self.table.get_mut(place), u32::try_from(number.saturating_add(1)))
        {
            *slot = number;
        }
    }

    fn place(&self, hash: usize) -> usize {
        hash & self.table.len().wrapping_sub(1)
    }
}

/// One of 64 bits, by the length and the first byte.
fn sketch_bit(key: &[u8]) -> u64 {
    let first = key.first().copied().unwrap_or_default();
    1 << ((key.len() ^ usize::from(first).wrapping_mul(5)) % 64)
}

/// Whether both are the same, without the call that `==` is.
fn equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let ((one, one_rest), (other, other_rest)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    one.iter().zip(other).all(|(one, other)| one == other)
        && one_rest.iter().zip(other_rest).all(|(one, other)| one == other)
}

/// Eight bytes a step, the last eight of them once more. Each is folded, multiplied and folded again, so that what differs
/// in any byte differs in the lower half; the multiplier is SplitMix64's. Not for what a request may fill a table with.
#[inline]
fn hash(key: &[u8]) -> usize {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let fold = |word: u64| word ^ (word >> 32);
    let mix = |hash: u64, word: u64| fold(fold(hash ^ word).wrapping_mul(MULTIPLIER));
    let length = key.len() as u64;
    let hash = match (key.last_chunk::<8>(), key.first_chunk::<4>(), key.last_chunk::<4>()) {
        (Some(last), ..) => {
            let (words, _) = key.as_chunks::<8>();
            let hash = words.iter().fold(length, |hash, word| mix(hash, u64::from_le_bytes(*word)));
            mix(hash, u64::from_le_bytes(*last))
        }
        (None, Some(first), Some(last)) => {
            let halves = u64::from(u32::from_le_bytes(*first)) << 32;
            mix(length, halves | u64::from(u32::from_le_bytes(*last)))
        }
        _ => {
            let word = key.iter().fold(0, |word: u64, byte| word << 8 | u64::from(*byte));
            mix(length, word)
        }
    };
    #[expect(clippy::cast_possible_truncation, reason = "its lower half is what a table needs")]
    let hash = hash as usize;
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_is_found_and_nothing_else() {
        let mut lookup = Lookup::default();
        let keys: Vec<String> = (0..5000).map(|n| format!("{n}{}", "x".repeat(n % 70))).collect();
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(lookup.get_or_insert(key.as_bytes(), number), number);
        }
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(lookup.get(key.as_bytes()), Some(&number));
            assert_eq!(lookup.get_or_insert(key.as_bytes(), usize::MAX), number);
            assert_eq!(lookup.get(format!("{key}y").as_bytes()), None);
        }
        assert_eq!(lookup.get(b""), None);
        assert_eq!(lookup.get_or_insert(b"", 7), 7);
        assert_eq!(lookup.get(b""), Some(&7));
    }

    #[test]
    fn texts_that_differ_in_little_stand_apart() {
        let before = ["v", "id", "version=v", "a-rather-long-name-of-a-cookie-", "1234567"];
        let behind = ["", "x", "-and-more", "; Path=/"];
        for (before, behind) in before.iter().flat_map(|b| behind.iter().map(move |e| (b, e))) {
            let place = |number| hash(format!("{before}{number:05}{behind}").as_bytes()) % 4096;
            let places: std::collections::BTreeSet<_> = (0..1024).map(place).collect();
            // Of 1024 random ones into 4096 places 906 are different, on average; of ones in a row of bad hashes, a few dozen.
            assert!(places.len() > 750, "{before}00000{behind}: {}", places.len());
        }
    }
}
