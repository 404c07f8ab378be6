//! Whole numbers on the command line.

use std::ops::RangeInclusive;

/// Reads a whole number of this range.
pub(super) fn within<T>(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: TryFrom<u64>,
{
    move |text| {
        let number = text.trim().parse().ok().filter(|number| range.contains(number));
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            format!("expected a whole number from {least} to {most}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_and_in_their_range() {
        let port = within::<u16>(1..=65_535);
        assert_eq!(port("8080"), Ok(8080));
        for text in ["", "0", "65536", "-1", "8080.5", "http", "99999999999999999999999"] {
            let expected = "expected a whole number from 1 to 65535";
            assert_eq!(port(text), Err(expected.to_owned()), "{text}");
        }
    }
}
