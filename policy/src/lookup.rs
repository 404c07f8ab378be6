//! A map from byte strings to what stands behind them, in one hash and one comparison.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

/// A map by byte strings. Keys come from the configuration, never from a request, so nobody can craft
/// collisions into it.
#[derive(Clone, Debug)]
pub(crate) struct Lookup<T> {
    table: HashTable<(Box<[u8]>, T)>,
}

impl<T> Default for Lookup<T> {
    fn default() -> Self {
        Self { table: HashTable::new() }
    }
}

impl<T> Lookup<T> {
    /// The value of `key`; `value` when there was none.
    pub(crate) fn entry_or(&mut self, key: &[u8], value: T) -> &mut T {
        let equal = |entry: &(Box<[u8]>, T)| *entry.0 == *key;
        let rehash = |entry: &(Box<[u8]>, T)| xxh3_64(&entry.0);
        let entry = self.table.entry(xxh3_64(key), equal, rehash);
        &mut entry.or_insert_with(|| (key.into(), value)).into_mut().1
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<&T> {
        if self.table.is_empty() {
            return None;
        }
        self.table.find(xxh3_64(key), |entry| *entry.0 == *key).map(|(_, value)| value)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}
