//! Istio's relative weights, as the percentages of a Release.

/// Hundredths of a percent: a Release has no finer steps.
const WHOLE: u64 = 10_000;

/// Percentages of weights.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shares {
    /// In hundredths of a percent, in the order of the weights; together the whole.
    pub(super) hundredths: Vec<u64>,
    /// Whether they say exactly what the weights say.
    pub(super) is_exact: bool,
}

/// Rescales weights by the method of largest remainders (Hamilton): each gets its share rounded down, and what is
/// left goes to those that lost most, of equal ones to the first. None where all are 0.
pub(super) fn rescale(weights: &[u32]) -> Option<Shares> {
    let sum: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    if sum == 0 {
        return None;
    }
    let scaled = weights.iter().map(|weight| u64::from(*weight) * WHOLE);
    let (mut hundredths, remainders): (Vec<u64>, Vec<u64>) =
        scaled.map(|scaled| (scaled / sum, scaled % sum)).unzip();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|position| std::cmp::Reverse(remainders[*position]));
    let left = WHOLE - hundredths.iter().sum::<u64>();
    for position in order.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        hundredths[position] += 1;
    }
    let is_exact = remainders.iter().all(|remainder| *remainder == 0);
    Some(Shares { hundredths, is_exact })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_become_percentages() {
        let cases: &[(&[u32], &[u64], bool)] = &[
            (&[90, 10], &[9000, 1000], true),
            (&[2, 3], &[4000, 6000], true),
            (&[1], &[10_000], true),
            (&[1, 1, 1], &[3334, 3333, 3333], false),
            (&[1, 2], &[3333, 6667], false),
            (&[100, 0, 0], &[10_000, 0, 0], true),
            (&[1, 7], &[1250, 8750], true),
            (&[1, 100_000], &[0, 10_000], false),
            (&[i32::MAX as u32, i32::MAX as u32], &[5000, 5000], true),
        ];
        for (weights, hundredths, is_exact) in cases {
            let shares = rescale(weights).unwrap();
            assert_eq!(
                (shares.hundredths.as_slice(), shares.is_exact),
                (*hundredths, *is_exact),
                "{weights:?}"
            );
        }
        assert_eq!(rescale(&[0, 0]), None);
        assert_eq!(rescale(&[]), None);
    }
}
