//! Weighted rendezvous hashing: which subset of a split a user is in.
//!
//! With identity bytes u, cohort c and subset key k: H = XXH3-64(u, seed = XXH3-64(c)); for each subset
//! x = mix(H xor XXH3-64(k)), mix the SplitMix64 finalizer; t = ((x >> 12) + 0.5) / 2^52; the largest
//! weight / -ln(t) wins, ties go to the smaller key. Weights are hundredths of a percent. `ln` is libm's, so
//! that native code and wasm agree to the bit. So shares are exact, a user moves only to a subset whose
//! weight grew against the one they are in, and every program that implements these lines agrees (the test
//! vectors in tests/data/split never change).
//! Sources: Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates" (1998); the weighting by
//! -w/ln(h): Schindelhauer and Schomaker, "Weighted Distributed Hash Tables" (2005).

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// The salt of a split, hashed once per configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cohort(u64);

impl Cohort {
    /// The cohort of this name.
    #[must_use]
    pub fn new(name: &[u8]) -> Self {
        Self(xxh3_64(name))
    }

    /// Where a user stands in the draw of this cohort.
    #[must_use]
    pub fn draw(self, identity: &[u8]) -> u64 {
        xxh3_64_with_seed(identity, self.0)
    }
}

/// A split made ready to draw from.
#[derive(Clone, Debug)]
pub struct Rendezvous<T> {
    /// In the order of their keys: of equal scores the first wins.
    candidates: Vec<Candidate<T>>,
}

#[derive(Clone, Debug)]
struct Candidate<T> {
    weight: f64,
    key: u64,
    subset: T,
}

impl<T: Copy> Rendezvous<T> {
    /// The split with these keys and weights; a weight of 0 never wins.
    pub fn new<'k>(weighted: impl IntoIterator<Item = (&'k str, u16, T)>) -> Self {
        let mut ordered: Vec<(&str, u16, T)> = Vec::new();
        for entry in weighted.into_iter().filter(|(_, weight, _)| *weight > 0) {
            let place = ordered.partition_point(|(key, ..)| *key < entry.0);
            ordered.insert(place, entry);
        }
        let candidate = |(key, weight, subset): (&str, u16, T)| Candidate {
            weight: f64::from(weight),
            key: xxh3_64(key.as_bytes()),
            subset,
        };
        Self { candidates: ordered.into_iter().map(candidate).collect() }
    }

    /// The subset that gets all users, if one does.
    #[must_use]
    pub fn only(&self) -> Option<T> {
        match self.candidates.as_slice() {
            [candidate] => Some(candidate.subset),
            _ => None,
        }
    }

    /// The subset for a draw; `None` when no weight is over 0.
    #[must_use]
    pub fn pick(&self, draw: u64) -> Option<T> {
        let mut best = f64::NEG_INFINITY;
        let mut picked = None;
        for candidate in &self.candidates {
            let score = candidate.weight / -libm::log(unit(mix(draw ^ candidate.key)));
            if score > best {
                best = score;
                picked = Some(candidate.subset);
            }
        }
        picked
    }
}

/// 52 bits as a number between 0 and 1, never either.
#[expect(clippy::cast_precision_loss, reason = "52 bits and a half fit a double's 53")]
fn unit(x: u64) -> f64 {
    ((x >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
#[must_use]
pub fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// SplitMix64, for draws that are not sticky.
#[derive(Clone, Debug)]
pub struct Generator(u64);

impl Generator {
    /// The generator that starts at `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }
}
