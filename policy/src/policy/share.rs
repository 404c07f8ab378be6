//! Percentages, exact to a hundredth.

use super::names::Names;
use super::{SubsetId, subset};
use crate::decimal::decimal;
use crate::path::Path;
use crate::problem::{Code, Part, Problem, Problems};
use crate::spec::Entries;

/// A part of all users, in hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u16);

impl Share {
    /// All users.
    pub const ALL: Self = Self(10_000);

    /// Reads a percentage.
    fn read(percent: f64) -> Result<Self, (&'static str, Option<&'static str>)> {
        if percent.is_nan() {
            return Err(("a percentage cannot be NaN", None));
        }
        if percent < 0.0 {
            return Err(("a percentage cannot be negative", None));
        }
        if percent > 100.0 {
            return Err(("a percentage cannot be over 100", None));
        }
        let hundredths = percent * 100.0;
        // 0.07 * 100 is 7.000000000000001 in binary: what is meant is a hundredth, not its nearest double.
        if (hundredths - libm::round(hundredths)).abs() > 1e-6 {
            let help = "the finest step is 0.01 percent";
            return Err(("a percentage has at most two decimals", Some(help)));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10,000")]
        Ok(Self(libm::round(hundredths) as u16))
    }

    pub(super) fn of_hundredths(hundredths: u16) -> Self {
        Self(hundredths)
    }

    /// In hundredths of a percent, 0 to 10,000.
    #[must_use]
    pub fn hundredths(self) -> u16 {
        self.0
    }

    /// In percent.
    #[must_use]
    pub fn percent(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// How requests are split: the subsets that get any, whose shares sum up to all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split(Vec<(SubsetId, Share)>);

impl Split {
    /// All to one subset.
    pub(crate) fn all_to(subset: SubsetId) -> Self {
        Self(vec![(subset, Share::ALL)])
    }

    /// The subsets that get any and their shares, as declared.
    pub fn shares(&self) -> impl Iterator<Item = (SubsetId, Share)> {
        self.0.iter().copied()
    }

    /// The subset that gets all users, if one does.
    #[must_use]
    pub fn only(&self) -> Option<SubsetId> {
        match self.0.as_slice() {
            [(subset, _)] => Some(*subset),
            _ => None,
        }
    }

    /// Reads a split; what it does not name goes to the stable subset.
    pub(crate) fn read(
        split: &Entries<f64>,
        names: &Names,
        path: &Path,
        problems: &mut Problems,
    ) -> Option<Self> {
        let subsets = names.subsets;
        if split.is_empty() {
            let problem = Problem::error(Code::Empty, path, "a split names at least one subset");
            problems.add(problem);
            return None;
        }
        let mut shares = vec![0_u16; subsets.len()];
        let mut total: u32 = 0;
        let mut readable = true;
        for (name, percent) in split.iter() {
            let at = path.key(name);
            let id = subset::declared(name, subsets, (&at, Part::Key(0)), problems);
            match Share::read(*percent) {
                Ok(share) => {
                    total = total.saturating_add(u32::from(share.0));
                    if let Some(slot) = id.and_then(|id| shares.get_mut(id.0)) {
                        *slot = share.0;
                    }
                }
                Err((message, help)) => {
                    let problem = Problem::error(
                        Code::InvalidSplit,
                        &at,
                        format!("{message}, found `{}`", decimal(*percent)),
                    );
                    problems.add(Problem { help: help.map(str::to_owned), ..problem });
                    readable = false;
                }
            }
            readable &= id.is_some();
        }
        if !readable {
            return None;
        }
        let stable = names.stable.and_then(|id| Some((id, subsets.get(id.0)?)));
        let named = stable.is_some_and(|(_, subset)| split.get(&subset.name).is_some());
        let rest = whole_or_rest(total, named, path, problems)?;
        if let Some(slot) = stable.and_then(|(id, _)| shares.get_mut(id.0)) {
            *slot = slot.saturating_add(rest);
        }
        let positive = shares.into_iter().enumerate().filter(|(_, share)| *share > 0);
        Some(Self(positive.map(|(id, share)| (SubsetId(id), Share(share))).collect()))
    }
}

impl Share {
    /// The share of so many percent; none where that is no share.
    #[must_use]
    pub fn from_percent(percent: f64) -> Option<Self> {
        Self::read(percent).ok()
    }
}

impl Split {
    /// The split with these shares, each subset once; none where they do not sum up to all users.
    #[must_use]
    pub fn from_shares(shares: impl IntoIterator<Item = (SubsetId, Share)>) -> Option<Self> {
        let mut shares: Vec<_> = shares.into_iter().filter(|(_, share)| share.0 > 0).collect();
        shares.sort_unstable_by_key(|(subset, _)| *subset);
        let total =
            shares.iter().fold(0_u32, |sum, (_, share)| sum.saturating_add(u32::from(share.0)));
        let once = shares.windows(2).all(|pair| matches!(pair, [(a, _), (b, _)] if a != b));
        (total == u32::from(Share::ALL.0) && once).then_some(Self(shares))
    }
}

/// What is left for the stable subset, given the sum of what is named.
fn whole_or_rest(
    total: u32,
    stable_named: bool,
    path: &Path,
    problems: &mut Problems,
) -> Option<u16> {
    let whole = u32::from(Share::ALL.0);
    if total == whole || (total < whole && !stable_named) {
        return u16::try_from(whole.saturating_sub(total)).ok();
    }
    let sum = decimal(f64::from(total) / 100.0);
    problems.add(if total > whole {
        let message = format!("the shares add up to {sum} %, over 100");
        Problem::error(Code::InvalidSplit, path, message)
    } else {
        let message = format!("the shares add up to {sum} %, and the stable subset is among them");
        Problem::error(Code::InvalidSplit, path, message)
            .help("make it 100, or leave the stable subset out: it gets the rest")
    });
    None
}
