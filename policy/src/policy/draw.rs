//! Splits as users see them: who is drawn into which subset, and from which share on.

use super::{Policy, Share, Split, SubsetId};
use crate::split::Rendezvous;

impl Policy {
    /// A split made ready to draw from.
    #[must_use]
    pub fn rendezvous(&self, split: &Split) -> Rendezvous<SubsetId> {
        self.weighted(split.shares())
    }

    /// The smallest share of `subset` with which it would get the user of `draw`, the other subsets of `split`
    /// keeping theirs at the cost of the stable one; `None` where no such share does, and for the stable subset.
    #[must_use]
    pub fn joins(&self, split: &Split, subset: SubsetId, draw: u64) -> Option<Share> {
        if subset == self.stable {
            return None;
        }
        let others: Vec<_> =
            split.shares().filter(|(id, _)| *id != subset && *id != self.stable).collect();
        let taken: u16 = others.iter().map(|(_, share)| share.hundredths()).sum();
        let all = Share::ALL.hundredths().saturating_sub(taken);
        let is_in = |hundredths: u16| {
            let own = (subset, Share::of_hundredths(hundredths));
            let rest = (self.stable, Share::of_hundredths(all.saturating_sub(hundredths)));
            let split = self.weighted(others.iter().copied().chain([own, rest]));
            split.pick(draw) == Some(subset)
        };
        // Growing at the cost of the stable subset only ever moves users in: what is searched is a threshold.
        let (mut out, mut within) = (0, all);
        if !is_in(all) {
            return None;
        }
        while within.saturating_sub(out) > 1 {
            let middle = out.midpoint(within);
            if is_in(middle) {
                within = middle;
            } else {
                out = middle;
            }
        }
        Some(Share::of_hundredths(within))
    }

    fn weighted(&self, shares: impl Iterator<Item = (SubsetId, Share)>) -> Rendezvous<SubsetId> {
        Rendezvous::new(shares.filter_map(|(id, share)| {
            let subset = self.subsets.get(id.0)?;
            Some((subset.key.as_str(), share.hundredths(), id))
        }))
    }
}

#[cfg(test)]
mod tests;
