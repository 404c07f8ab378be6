//! The options of `serin analyze`: checks, rates, series.

use std::str::FromStr;

use clap::ValueEnum;
use policy::rollout::analysis::{AtMost, Check, Comparison};

/// Whose series are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SeriesArg {
    /// Istio's
    #[default]
    Istio,
    /// Envoy's own, of clusters
    Envoy,
}

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

/// Reads the name of a label of Prometheus.
pub(super) fn label(text: &str) -> Result<String, String> {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_name =
        text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c.is_ascii_digit());
    is_name
        .then(|| text.to_owned())
        .ok_or_else(|| "expected the name of a label, such as `serin_subset`".to_owned())
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
        assert!(label("serin_subset").is_ok());
        for text in ["", "9a", "a-b", "a\"}", "ä"] {
            assert!(label(text).is_err(), "{text}");
        }
    }
}
