//! Numbers of pods.

use super::Amount;
use crate::decimal::decimal;
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};
use crate::spec;

/// Ten times the stable subset's: more is a mistake of the decimal point.
const MOST: u32 = 100_000;

impl Amount {
    /// Whether it is no pods at all.
    #[must_use]
    pub fn is_none(self) -> bool {
        matches!(self, Self::Percent(0) | Self::Pods(0))
    }
}

pub(super) fn read(written: &spec::Amount, at: &Path, problems: &mut Problems) -> Option<Amount> {
    let (message, help) = match written {
        spec::Amount::Pods(number) => match pods(*number) {
            Some(pods) => return Some(Amount::Pods(pods)),
            None => {
                (format!("expected a whole number of pods, found `{}`", decimal(*number)), None)
            }
        },
        spec::Amount::Percent(text) => match percent(text) {
            Some(percent) if percent <= MOST => return Some(Amount::Percent(percent)),
            Some(_) => {
                (format!("expected at most 1000 % of the stable pods, found `{text}`"), None)
            }
            None => {
                let help = "digits and `%`, with at most two decimals";
                (format!("expected a percentage such as `50%`, found `{text}`"), Some(help))
            }
        },
    };
    let problem = Problem::error(Code::OutOfRange, at, message);
    problems.add(Problem { help: help.map(str::to_owned), ..problem });
    None
}

/// What the API takes as a Deployment's `replicas`: 32 bits with a sign.
fn pods(number: f64) -> Option<u32> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float outside the range saturates, and then differs from what was written"
    )]
    let whole = number as i32;
    let is_whole = (f64::from(whole) - number).abs() < f64::EPSILON;
    u32::try_from(whole).ok().filter(|_| is_whole)
}

/// `50%` or `12.5%`, in hundredths of a percent.
fn percent(text: &str) -> Option<u32> {
    let number = text.strip_suffix('%')?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let hundredths = format!("{decimals:0<2}").parse::<u32>().ok()?;
    // So many digits are far over the most.
    let whole = whole.parse::<u32>().unwrap_or(u32::MAX);
    Some(whole.saturating_mul(100).saturating_add(hundredths))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact_to_a_hundredth() {
        let cases = [("50%", 5000), ("0%", 0), ("12.5%", 1250), ("0.07%", 7), ("250%", 25_000)];
        for (text, hundredths) in cases {
            assert_eq!(percent(text), Some(hundredths), "{text}");
        }
        for text in ["%", "5", "-5%", "+5%", "1e2%", ".5%", "5.%", "0.001%", " 5%", "5 %", "inf%"] {
            assert_eq!(percent(text), None, "{text}");
        }
        assert!(percent("99999999999999999999%").is_some_and(|percent| percent > MOST));
    }

    #[test]
    fn pods_are_whole() {
        assert_eq!(pods(0.0), Some(0));
        assert_eq!(pods(3.0), Some(3));
        for number in [-1.0, 0.5, f64::NAN, f64::INFINITY, 3e9] {
            assert_eq!(pods(number), None, "{number}");
        }
    }
}
