//! The witness requests for two Releases: for every block one that meets it, the same with each input on the other
//! side of some test, and pairs of blocks in one.

use std::collections::{BTreeMap, BTreeSet};

use policy::Policy;
use policy::policy::{Block, Rule, Subject, Test};

use super::super::pairing::Pairing;
use super::{Witness, regexes, values};

/// As many requests are made at most.
const MAX_REQUESTS: usize = 100_000;
/// So much is done at most for all requests together: to make and send one counts as many as it sets inputs and bytes in
/// them; to decide it, as many as there are inputs, and one for 32 blocks, which are found by an index.
const MAX_WORK: usize = 10_000_000;

/// Whether all requests were made that there are to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::diff) enum Extent {
    /// They were.
    All,
    /// There would have been more.
    Cut,
}

/// Makes the requests and shows each to `see`, the plainest first.
pub(in crate::diff) fn each(
    old: &Policy,
    new: &Policy,
    pairing: &Pairing,
    see: &mut impl FnMut(&Witness),
) -> Extent {
    let mut pool = pool(old, new);
    for (subject, value) in regexes::values(old, new, pairing) {
        pool.entry(subject).or_default().insert(value);
    }
    let mut makers = Vec::new();
    for (policy, is_changed) in [
        (old, changed(old, &pairing.removed, pairing, |kept| kept.old)),
        (new, changed(new, &pairing.added, pairing, |kept| kept.new)),
    ] {
        for (rule, is_changed) in policy.rules().iter().zip(is_changed) {
            makers.extend(rule.blocks().iter().map(|block| Maker::new(block, is_changed)));
        }
    }
    let (mut left, mut work) = (MAX_REQUESTS, MAX_WORK);
    let decided = 1 + pool.len() + makers.len() / 32;
    let mut show = |witness: &Witness| {
        let bytes: usize = witness.0.values().map(Vec::len).sum();
        work = work.saturating_sub(decided + witness.0.len() + bytes);
        if left > 0 && witness.is_sendable() {
            left -= 1;
            see(witness);
        }
        left > 0 && work > 0
    };
    let is_done = show(&Witness::default())
        && makers.iter().all(|maker| show(&maker.base))
        && [true, false].into_iter().all(|is_changed| {
            let mut makers = makers.iter().filter(|maker| maker.is_changed == is_changed);
            makers.all(|maker| maker.vary(&pool, &mut show))
        })
        && makers
            .iter()
            .filter(|maker| maker.is_changed)
            .all(|changed| makers.iter().all(|other| changed.join(other, &mut show)));
    if is_done { Extent::All } else { Extent::Cut }
}

/// By rule of a Release, whether anything about it but its split is another.
fn changed(
    policy: &Policy,
    alone: &[usize],
    pairing: &Pairing,
    place: impl Fn(&super::super::pairing::Kept) -> usize,
) -> Vec<bool> {
    let mut changed = vec![false; policy.rules().len()];
    for rule in alone {
        changed[*rule] = true;
    }
    for kept in &pairing.kept {
        changed[place(kept)] = kept.is_moved || !kept.is_same;
    }
    changed
}

/// The values to try of each input.
type Pool = BTreeMap<Subject, BTreeSet<Vec<u8>>>;

fn pool(old: &Policy, new: &Policy) -> Pool {
    let mut pool = Pool::new();
    let blocks = old.rules().iter().chain(new.rules()).flat_map(Rule::blocks);
    for condition in blocks.flat_map(|block| &block.conditions) {
        let values = values::around(&condition.subject, &condition.test);
        pool.entry(condition.subject.clone()).or_default().extend(values);
    }
    pool
}

/// How two values of one input become one.
type Way = fn(&[u8], &[u8]) -> Vec<u8>;

/// Makes requests for one block.
struct Maker {
    base: Witness,
    subjects: BTreeSet<Subject>,
    /// Whether its rule is new, gone, or another.
    is_changed: bool,
}

impl Maker {
    fn new(block: &Block, is_changed: bool) -> Self {
        let mut tests: BTreeMap<&Subject, Vec<&Test>> = BTreeMap::new();
        for condition in block.conditions.iter().filter(|condition| condition.holds) {
            tests.entry(&condition.subject).or_default().push(&condition.test);
        }
        let values = tests.into_iter().map(|(subject, tests)| {
            values::passing(subject, &tests).map(|value| (subject.clone(), value))
        });
        let base = Witness(values.flatten().collect());
        let subjects = block.conditions.iter().map(|condition| condition.subject.clone());
        Self { base, subjects: subjects.collect(), is_changed }
    }

    /// The block's request with each of its inputs as something else, alone or beside what it was; `false` where
    /// `show` has enough.
    fn vary(&self, pool: &Pool, show: &mut impl FnMut(&Witness) -> bool) -> bool {
        self.subjects.iter().all(|subject| {
            let own = self.base.get(subject);
            let mut values = pool.get(subject).into_iter().flatten();
            show(&self.base.with(subject, None))
                && values.all(|value| {
                    show(&self.base.with(subject, Some(value)))
                        && own.is_none_or(|own| {
                            let [before, behind] = [[value, own].concat(), [own, value].concat()];
                            show(&self.base.with(subject, Some(&before)))
                                && show(&self.base.with(subject, Some(&behind)))
                        })
                })
        })
    }

    /// The requests of two blocks in one; where both set an input: one, the other, or both in a row.
    fn join(&self, other: &Self, show: &mut impl FnMut(&Witness) -> bool) -> bool {
        let ways: [Way; 4] = [
            |own, _| own.to_vec(),
            |_, others| others.to_vec(),
            |own, others| [own, others].concat(),
            |own, others| [others, own].concat(),
        ];
        let is_shared = other.base.0.keys().any(|subject| self.base.get(subject).is_some());
        let ways = if is_shared { ways.as_slice() } else { &ways[..1] };
        ways.iter().all(|way| {
            let mut joined = self.base.clone();
            for (subject, value) in &other.base.0 {
                let own = self.base.get(subject);
                let value = own.map_or_else(|| value.clone(), |own| way(own, value));
                joined = joined.with(subject, Some(&value));
            }
            show(&joined)
        })
    }
}
