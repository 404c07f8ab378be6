//! The options of `serin analyze`: checks and rates.

use std::str::FromStr;

use policy::rollout::analysis::{AtMost, Check, Comparison};

/// What is asked of the candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CheckArg {
    /// Errors, against stable's.
    Errors,
    /// Durations, against stable's.
    Duration,
    /// Errors, against a bound.
    ErrorsAtMost(f64),
}

impl FromStr for CheckArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            None if text == "errors" => Ok(Self::Errors),
            None if text == "duration" => Ok(Self::Duration),
            Some(("errors-at-most", rate)) => error_rate(rate).map(Self::ErrorsAtMost),
            _ => Err("expected `errors`, `duration` or `errors-at-most=1%`".to_owned()),
        }
    }
}

impl CheckArg {
    /// The question, where a healthy candidate may be taken for worse so often.
    #[must_use]
    pub fn check(self, alpha: f64) -> Check {
        let comparison = Comparison { alpha, ..Comparison::default() };
        match self {
            Self::Errors => Check::ErrorsWorseThanStable(comparison),
            Self::Duration => Check::DurationWorseThanStable(comparison),
            Self::ErrorsAtMost(rate) => Check::ErrorsAtMost(AtMost { alpha, ..AtMost::new(rate) }),
        }
    }
}

/// Reads a rate above 0 and below 1: `1%`, or `0.01`.
pub(super) fn error_rate(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.trim().strip_suffix('%') {
        Some(percent) => (percent.trim_end(), 100.0),
        None => (text.trim(), 1.0),
    };
    let rate = number.parse::<f64>().ok().map(|number| number / unit);
    rate.filter(|rate| *rate > 0.0 && *rate < 1.0)
        .ok_or_else(|| "expected a rate between 0 and 100 %, such as `1%` or `0.01`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_read_with_their_bounds() {
        for (text, expected) in [
            ("errors", CheckArg::Errors),
            ("duration", CheckArg::Duration),
            ("errors-at-most=1%", CheckArg::ErrorsAtMost(0.01)),
            ("errors-at-most=0.05", CheckArg::ErrorsAtMost(0.05)),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for text in
            ["", "error", "errors=1%", "errors-at-most", "errors-at-most=0", "errors-at-most=2"]
        {
            assert!(text.parse::<CheckArg>().is_err(), "{text}");
        }
    }
}
