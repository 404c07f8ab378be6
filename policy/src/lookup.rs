//! A map from byte strings to what stands behind them, for look-ups in the hot path: in one hash and one comparison,
//! and without either for most of what is not in it.
//!
//! Keys come from a configuration and are never removed; what a request asks for is only ever looked up, so that nobody
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

    pub(crate) fn get(&self, key: &[u8]) -> Option<&T> {
        self.keys.number(key).and_then(|number| self.values.get(number))
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
    /// Which lengths texts have, modulo 64: most of what is asked for has another.
    lengths: u64,
}

impl Keys {
    fn number(&self, key: &[u8]) -> Option<usize> {
        if self.lengths & length_bit(key) == 0 {
            return None;
        }
        let mut place = hash(key);
        loop {
            // There is a place that is empty: half of them are.
            let number = (*self.table.get(self.place(place))? as usize).checked_sub(1)?;
            if self.texts.get(number).is_some_and(|text| **text == *key) {
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
        self.lengths |= length_bit(key);
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

fn length_bit(key: &[u8]) -> u64 {
    1 << (key.len() % 64)
}

/// Eight bytes a step, each mixed into the upper half by a multiplication; the multiplier is that of Steele, Lea and
/// Flood's SplitMix64. Not for what a request may fill a table with.
fn hash(key: &[u8]) -> usize {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let mixed = (hash ^ word).wrapping_mul(MULTIPLIER);
        mixed ^ (mixed >> 32)
    };
    let (words, rest) = key.as_chunks::<8>();
    let hash = words.iter().fold(key.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let rest = rest.iter().rev().fold(0, |word: u64, byte| word << 8 | u64::from(*byte));
    #[expect(clippy::cast_possible_truncation, reason = "its lower half is what a table needs")]
    let hash = mix(hash, rest) as usize;
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
        let mut places = std::collections::BTreeSet::new();
        for number in 0..1024 {
            places.insert(hash(format!("v{number:05}").as_bytes()) % 4096);
        }
        // Of 1024 random ones into 4096 places 906 are different, on average.
        assert!(places.len() > 850, "{}", places.len());
    }
}
