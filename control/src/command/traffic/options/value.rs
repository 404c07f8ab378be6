//! Values of options that have bounds.

use std::num::NonZeroUsize;
use std::time::Duration;

use document::report::Length;

use envoy::traffic::pace::{FASTEST, LONGEST, SLOWEST};

/// The requests a second.
pub(in super::super) fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (SLOWEST..=FASTEST).contains(rate));
    rate.ok_or_else(|| format!("expected a number from {SLOWEST} to {FASTEST}"))
}

/// A time.
pub(in super::super) fn time(text: &str) -> Result<Duration, String> {
    let read = text.parse().ok().map(|Length(time)| time);
    let read = read.filter(|time| (Duration::from_millis(100)..=LONGEST).contains(time));
    read.ok_or_else(|| "expected a duration of at most an hour, such as `30s` or `5m`".to_owned())
}

/// A number of connections.
pub(in super::super) fn connections(text: &str) -> Result<NonZeroUsize, String> {
    let read = text.parse::<NonZeroUsize>().ok().filter(|number| number.get() <= 100);
    read.ok_or_else(|| "expected a number from 1 to 100".to_owned())
}

/// The beginning of identities.
pub(in super::super) fn seed(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_seed = !text.is_empty() && text.len() <= 64 && text.chars().all(is_plain);
    let expected = "expected up to 64 letters, digits, `-`, `_` or `.`";
    is_seed.then(|| text.to_owned()).ok_or_else(|| expected.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_bound_is_refused() {
        assert!(rate("0").is_err() && rate("1001").is_err() && rate("NaN").is_err());
        assert_eq!(rate("0.5"), Ok(0.5));
        assert!(time("2h").is_err() && time("0s").is_err() && time("10").is_err());
        assert_eq!(time("1m30s"), Ok(Duration::from_secs(90)));
        assert!(connections("0").is_err() && connections("101").is_err());
        assert!(seed("a;b").is_err() && seed("").is_err() && seed("user").is_ok());
    }
}
