//! Lengths of time, as they are typed and told.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A length of time, as `90s`, `10m` or `1h30m`: read as a Release's own, by [`policy::duration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length(pub Duration);

impl FromStr for Length {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let length = policy::duration::parse(text).filter(|length| !length.is_zero());
        length.map(Self).ok_or_else(|| {
            "expected a duration above zero, such as `90s`, `10m` or `1h30m`".to_owned()
        })
    }
}

/// `1h 30m`, down to the millisecond.
impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let parts = [
            (seconds / 3600, "h"),
            (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
            (u64::from(self.0.subsec_millis()), "ms"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, unit)| format!("{number}{unit}"))
            .collect();
        f.write_str(if parts.is_empty() { "0s" } else { "" })?;
        f.write_str(&parts.join(" "))
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

    #[test]
    fn lengths_are_told_by_their_units() {
        for (milliseconds, text) in [
            (0, "0s"),
            (1_500, "1s 500ms"),
            (570_000, "9m 30s"),
            (5_400_000, "1h 30m"),
            (21_598_000, "5h 59m 58s"),
            (2_592_000_000, "720h"),
        ] {
            assert_eq!(Length(Duration::from_millis(milliseconds)).to_string(), text);
        }
    }
}
