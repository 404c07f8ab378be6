//! Percentages, exact to a hundredth, as they are told and written.

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
}
