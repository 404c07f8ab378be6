//! Numbers as people write them. The standard library's formatting of floats, which finds the shortest digits
//! that read back as the same number, would be 5 % of the filter's module; messages need no such thing.

/// A number with up to six decimals.
pub(crate) fn decimal(value: f64) -> String {
    let scaled = libm::round(value * 1e6);
    // Beyond 2^53 a double has no decimals to show, and may be no integer of 64 bits.
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "infinity" } else { "-infinity" }.to_owned();
    }
    let sign = if scaled < 0.0 { "-" } else { "" };
    if scaled.abs() >= 9e15 {
        return if sign.is_empty() { "over 9 billion" } else { "under -9 billion" }.to_owned();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
    let millionths = scaled.abs() as u64;
    let (whole, rest) = (millionths / 1_000_000, millionths % 1_000_000);
    let digits = format!("{sign}{whole}.{rest:06}");
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn prints_what_was_written() {
        let cases = [
            (0.0, "0"),
            (10.0, "10"),
            (99999.0, "99999"),
            (-5.0, "-5"),
            (0.01, "0.01"),
            (33.333, "33.333"),
            (1.1, "1.1"),
            (0.1 + 0.2, "0.3"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "infinity"),
            (1e300, "over 9 billion"),
            (-1e300, "under -9 billion"),
        ];
        for (value, expected) in cases {
            assert_eq!(decimal(value), expected);
        }
    }
}
