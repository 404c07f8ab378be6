//! Which test of a block it waits behind: the one that the fewest requests are likely to meet.

use super::Check;
use super::index::{IndexVec, SlotId, TestId};

/// What a block waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pivot {
    /// A test to be marked.
    Test(TestId),
    /// A slot to have a value.
    Slot(SlotId),
}

/// How much a test narrows down which requests may meet it: the lower, the rarer.
///
/// A value is rarer than a text in a value, which is rarer than a required literal that a regex must still
/// confirm; any value at all hardly narrows. The figures only order tests of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rarity {
    Value = 1,
    Text = 2,
    Literal = 4,
    Any = 1_000_000,
}

/// The pivot of a block with these tests that must hold: of the rarest, the one that the fewest blocks share
/// (a test that all blocks share would make each of them a candidate of the same requests).
pub(super) fn choose(
    must_hold: impl Iterator<Item = TestId>,
    checks: &IndexVec<TestId, Check>,
    rarities: &IndexVec<TestId, Rarity>,
    shared_by: &IndexVec<TestId, usize>,
) -> Option<Pivot> {
    let cost = |test: &TestId| {
        let rarity = rarities.get(*test).copied().unwrap_or(Rarity::Any);
        let shared = shared_by.get(*test).copied().unwrap_or_default();
        (shared.saturating_mul(rarity as usize), *test)
    };
    let test = must_hold.min_by_key(cost)?;
    Some(match checks.get(test)? {
        Check::Present { slot } | Check::Automaton { slot, marked: false, .. } => {
            Pivot::Slot(*slot)
        }
        Check::Marked { .. } | Check::Automaton { marked: true, .. } => Pivot::Test(test),
    })
}
