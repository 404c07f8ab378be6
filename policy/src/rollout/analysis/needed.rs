//! How many requests an answer takes, of a candidate that is as good as stable.

use super::block::{Block, Counts, real};
use super::check::Check;
use super::least::{MOST, least};
use super::proportion::clean_requests;
use super::tally::Tally;

/// Of the edges where durations are compared, the one near stable's p99 takes the most requests: one of so many is
/// slower.
const SLOWER: u64 = 100;

/// How many requests of the candidate show that it is healthy, where it gets this `share` of all, between 0 and 1: of
/// errors if no request fails, neither its own nor stable's; of durations about so many, if it is as fast as stable.
/// None where no number that matters does.
///
/// A stable that fails can show it sooner, a candidate that fails later.
#[must_use]
pub fn needed(check: &Check, share: f64) -> Option<u64> {
    match check {
        Check::ErrorsAtMost(bound) => clean_requests(bound.rate, bound.beta),
        // Of no errors, stable's have nothing to say.
        Check::ErrorsWorseThanStable(comparison) => least(|requests| {
            let block = Block { candidate: Counts::new(0, requests)?, ..Block::default() };
            Some(shows(check, &block, comparison.floor, comparison.beta))
        }),
        Check::DurationWorseThanStable(comparison) => {
            let hundreds = least(|hundreds| {
                let requests = hundreds.checked_mul(SLOWER)?;
                let others = whole(real(hundreds) * (1.0 - share) / share)?;
                let block = Block {
                    candidate: Counts::new(hundreds, requests)?,
                    stable: Counts::new(others, others.checked_mul(SLOWER)?)?,
                };
                Some(shows(check, &block, comparison.floor, comparison.beta))
            });
            hundreds?.checked_mul(SLOWER)
        }
    }
}

fn shows(check: &Check, block: &Block, floor: f64, beta: f64) -> bool {
    let mut tally = Tally::new(check, None);
    tally.add(block);
    tally.healthy(floor) >= -libm::log(beta)
}

/// The nearest whole number; none where there is none.
fn whole(number: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in the range")]
    let whole = (number >= 0.0 && number < real(MOST)).then(|| libm::round(number) as u64);
    whole
}
