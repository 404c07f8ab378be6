//! Times of the past on the command line.

use std::str::FromStr;

use document::report::Length;
use jiff::{SignedDuration, Timestamp};

/// A time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// This one.
    At(Timestamp),
    /// So long ago.
    Ago(Length),
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(length) = text.parse() {
            return Ok(Self::Ago(length));
        }
        text.parse().map(Self::At).map_err(|_| {
            "expected a time such as `2026-11-30T10:00:00Z`, or how long ago, such as `30m`"
                .to_owned()
        })
    }
}

impl When {
    /// The time, in milliseconds since 1970, where it is `now`.
    #[must_use]
    pub fn milliseconds(self, now: Timestamp) -> u64 {
        let time = match self {
            Self::At(time) => time,
            Self::Ago(Length(length)) => {
                let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
                now.checked_sub(length).unwrap_or(Timestamp::UNIX_EPOCH)
            }
        };
        u64::try_from(time.as_millisecond()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_one_of_the_clock_or_so_long_ago() {
        let now: Timestamp = "2026-11-30T10:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2026-11-30T09:30:00Z", "2026-11-30T09:30:00Z"),
            ("2026-11-30T10:30:00+01:00", "2026-11-30T09:30:00Z"),
            ("30m", "2026-11-30T09:30:00Z"),
            ("1h30m", "2026-11-30T08:30:00Z"),
        ] {
            let expected: Timestamp = expected.parse().unwrap();
            let found = text.parse::<When>().unwrap().milliseconds(now);
            assert_eq!(i64::try_from(found).unwrap(), expected.as_millisecond(), "{text}");
        }
        for text in ["", "10:00", "yesterday", "2026-11-30", "2026-11-30T10:00:00", "-30m", "0s"] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }
}
