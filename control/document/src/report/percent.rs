//! Percentages as they are printed: exact ones of a Release, and measured ones.

use std::fmt;

use policy::policy::Share;
use serde_json::{Number, Value};

/// A percentage, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub u64);

impl Percent {
    /// As a number of JSON: a whole one without a point.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self.whole() {
            Some(whole) => Value::from(whole),
            None => Number::from_f64(self.exact()).map_or(Value::Null, Value::Number),
        }
    }

    fn whole(self) -> Option<u64> {
        self.0.is_multiple_of(100).then_some(self.0 / 100)
    }

    #[expect(clippy::cast_precision_loss, reason = "nothing has 2^53 hundredths of a percent")]
    fn exact(self) -> f64 {
        self.0 as f64 / 100.0
    }
}

impl From<Share> for Percent {
    fn from(share: Share) -> Self {
        Self(share.hundredths().into())
    }
}

/// `10 %`, `37.20 %`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.whole() {
            Some(whole) => write!(f, "{whole} %"),
            None => write!(f, "{:.2} %", self.exact()),
        }
    }
}

/// A part of a whole in percent, as counted or computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Portion(f64);

impl Portion {
    /// `part` of `total`; zero if the total is zero.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "2^53 of anything are not counted")]
    pub fn of(part: u64, total: u64) -> Self {
        Self(if total == 0 { 0.0 } else { part as f64 * 100.0 / total as f64 })
    }

    /// A part of 1.
    #[must_use]
    pub fn of_one(part: f64) -> Self {
        Self(part * 100.0)
    }

    /// As a number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }

    /// As a number, without the digits that arithmetic left: 9, not 8.999999999999998.
    #[must_use]
    pub fn rounded(self) -> f64 {
        const STEPS: f64 = 1e9;
        (self.0 * STEPS).round() / STEPS
    }
}

/// `9.00 %`; `< 0.01 %` of what is not nothing.
impl fmt::Display for Portion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > 0.0 && self.0 < 0.005 {
            return f.write_str("< 0.01 %");
        }
        write!(f, "{:.2} %", self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_percentages_have_no_point() {
        for (hundredths, text, value) in [
            (0, "0 %", json!(0)),
            (1000, "10 %", json!(10)),
            (3720, "37.20 %", json!(37.2)),
            (7, "0.07 %", json!(0.07)),
            (100_000, "1000 %", json!(1000)),
        ] {
            let percent = Percent(hundredths);
            assert_eq!((percent.to_string().as_str(), percent.to_value()), (text, value));
        }
    }

    #[test]
    fn what_arithmetic_leaves_is_not_shown() {
        let part = Portion::of_one(0.1 * 0.9);
        assert!((part.rounded() - 9.0).abs() < f64::EPSILON);
        assert_eq!(part.to_string(), "9.00 %");
        assert_eq!(Portion::of_one(0.00001).to_string(), "< 0.01 %");
        assert_eq!(Portion::of(1, 3).to_string(), "33.33 %");
        assert_eq!(Portion::of(1, 0), Portion::default());
    }
}
