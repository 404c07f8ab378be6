//! Lengths of time on the command line.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

/// A length of time, as `90s`, `10m` or `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length(pub Duration);

impl FromStr for Length {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = text.parse::<SignedDuration>().ok();
        let length = read.and_then(|length| Duration::try_from(length).ok());
        length.filter(|length| !length.is_zero()).map(Self).ok_or_else(|| {
            "expected a length of time above zero, as `90s`, `10m` or `1h30m`".to_owned()
        })
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = SignedDuration::try_from(self.0).unwrap_or(SignedDuration::MAX);
        write!(f, "{length:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_kubernetes_writes_them() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h30m", 5400), ("720h", 2_592_000)] {
            assert_eq!(text.parse(), Ok(Length(Duration::from_secs(seconds))), "{text}");
        }
        for text in ["", "0s", "10", "-3s", "soon", "10m!"] {
            assert!(text.parse::<Length>().is_err(), "{text}");
        }
    }
}
