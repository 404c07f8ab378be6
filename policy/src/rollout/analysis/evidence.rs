//! What was counted so far: all that is remembered of an analysis.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::block::Block;
use super::check::Check;
use super::counters::Edge;
use super::dropped::Dropped;
use super::edges::edges;
use super::look::{Added, Look};
use super::tally::Tally;

/// What was counted so far, for each check. A caller keeps it in the status of the Release, and goes on with what is
/// there: a block that began before the end of the last one is refused, so that nothing counts twice. Blocks that were
/// taken and not written down are lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// When it began, in milliseconds since 1970.
    pub(super) since: u64,
    /// The end of the last block that was taken. Before there is one: when it began.
    pub(super) until: u64,
    /// How many were taken.
    pub(super) blocks: u64,
    /// How many were dropped, and why. A block that only some checks could take is among both.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) dropped: BTreeMap<Dropped, u64>,
    pub(super) cases: Vec<Case>,
}

/// What was counted for one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Case {
    pub(super) check: Check,
    /// Why the last block did not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) missed: Option<Dropped>,
    /// One for errors; for durations one for each edge, none before they are chosen.
    pub(super) tallies: Vec<Tally>,
}

impl Evidence {
    /// None so far. It begins at `at`, in milliseconds since 1970: what was counted before is not taken.
    #[must_use]
    pub fn new(checks: &[Check], at: u64) -> Self {
        let cases = checks.iter().cloned().map(Case::new).collect();
        Self { since: at, until: at, blocks: 0, dropped: BTreeMap::new(), cases }
    }

    /// None so far about the candidate, with what is known of stable: how much its requests fail together, and where
    /// durations are compared. For the next step, and for the first with candidate traffic after some without.
    #[must_use]
    pub fn next(&self, checks: &[Check], at: u64) -> Self {
        let mut next = Self::new(checks, at);
        for case in &mut next.cases {
            let same = |known: &&Case| {
                std::mem::discriminant(&known.check) == std::mem::discriminant(&case.check)
            };
            if let Some(known) = self.cases.iter().find(same) {
                let tallies = known.tallies.iter().map(|tally| Tally {
                    dispersion: tally.dispersion.clone(),
                    ..Tally::new(&case.check, tally.edge)
                });
                case.tallies = tallies.collect();
            }
        }
        next
    }

    /// Whether it answers these checks. What was counted for others says nothing of them.
    #[must_use]
    pub fn answers(&self, checks: &[Check]) -> bool {
        self.cases.iter().map(|case| &case.check).eq(checks)
    }

    /// The end of the last block that was taken, in milliseconds since 1970.
    #[must_use]
    pub fn until(&self) -> u64 {
        self.until
    }

    /// Takes what was counted from one look to the next. A scrape is late where it was made at another time than its
    /// look by more than `tolerance`: where another process scrapes, its interval, with looks no closer than that.
    ///
    /// After a block that was dropped the next may begin at any look that is not before the end of the last one taken:
    /// at the one that was refused, or at the last good one, if the split was the same all along.
    ///
    /// # Errors
    /// Where the block is dropped. It counts as dropped, and as nothing else.
    pub fn take(&mut self, before: &Look, now: &Look, tolerance: Duration) -> Result<(), Dropped> {
        let added = if before.at < self.until {
            Err(Dropped::Counted)
        } else {
            now.since(before, tolerance)
        };
        match added {
            Ok(added) => {
                self.add(before, &added);
                self.until = now.at;
                self.blocks = self.blocks.saturating_add(1);
                Ok(())
            }
            Err(dropped) => {
                self.count(dropped);
                // What was counted already is no news, and not missing either.
                if dropped != Dropped::Counted {
                    self.cases.iter_mut().for_each(|case| case.missed = Some(dropped));
                }
                Err(dropped)
            }
        }
    }

    fn add(&mut self, before: &Look, added: &Added) {
        let mut missed = Vec::new();
        for case in &mut self.cases {
            case.missed = case.take(before, added).err();
            missed.extend(case.missed);
        }
        for dropped in missed {
            self.count(dropped);
        }
    }

    fn count(&mut self, dropped: Dropped) {
        let count = self.dropped.entry(dropped).or_default();
        *count = count.saturating_add(1);
    }
}

impl Case {
    fn new(check: Check) -> Self {
        let tallies = match check {
            Check::ErrorsWorseThanStable(_) | Check::ErrorsAtMost(_) => {
                vec![Tally::new(&check, None)]
            }
            Check::DurationWorseThanStable(_) => Vec::new(),
        };
        Self { check, missed: None, tallies }
    }

    fn take(&mut self, before: &Look, added: &Added) -> Result<(), Dropped> {
        if self.tallies.is_empty() {
            // Of what stable counted before this block.
            let known = before.stable.as_ref().map(|stable| edges(&stable.totals()));
            let tally = |edge| Tally::new(&self.check, Some(edge));
            self.tallies = known.unwrap_or_default().into_iter().map(tally).collect();
        }
        if self.tallies.is_empty() {
            return Err(Dropped::NoEdges);
        }
        // All edges or none: one that is left out would say that nothing happened there.
        let blocks = self.tallies.iter().map(|tally| added.block(tally.edge));
        let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
        self.tallies.iter_mut().zip(&blocks).for_each(|(tally, block)| tally.add(block));
        Ok(())
    }
}

impl Added {
    /// What was counted of the requests slower than `edge`; of errors where there is none.
    fn block(&self, edge: Option<Edge>) -> Result<Block, Dropped> {
        let (candidate, stable) = (&self.candidate, &self.stable);
        match edge {
            Some(edge) => {
                Ok(Block { candidate: candidate.slower(edge)?, stable: stable.slower(edge)? })
            }
            None => Ok(Block { candidate: candidate.errors(), stable: stable.errors() }),
        }
    }
}
