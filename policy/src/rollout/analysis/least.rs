//! The search for the least number of requests that is enough.

/// Beyond it a double does not tell a number from the next.
pub(super) const MOST: u64 = 1 << 53;

/// The least number that `is_enough`, where all above it are; none where one on the way is too large for an answer.
pub(super) fn least(is_enough: impl Fn(u64) -> Option<bool>) -> Option<u64> {
    let (mut few, mut enough) = (0, 1_u64);
    while !is_enough(enough)? {
        few = enough;
        enough = enough.checked_mul(2).filter(|number| *number < MOST)?;
    }
    while enough.saturating_sub(few) > 1 {
        let middle = few.midpoint(enough);
        if is_enough(middle)? {
            enough = middle;
        } else {
            few = middle;
        }
    }
    Some(enough)
}
