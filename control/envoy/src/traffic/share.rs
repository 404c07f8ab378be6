//! The users of a subset, and whether chance explains that they are not as many as were promised.

use document::report::Portion;
use serde::Serialize;

use super::binomial;

/// The users of a subset.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The share that was promised, in percent.
    pub nominal: f64,
    /// The share that there is, in percent.
    pub actual: f64,
    /// The users that there are.
    pub users: u64,
    /// The fewest that chance explains.
    pub least: u64,
    /// The most that chance explains.
    pub most: u64,
}

impl Share {
    /// `users` of `total`, where `nominal` percent were promised; the part `alpha` of all honest draws is refused.
    #[must_use]
    pub fn new(nominal: f64, users: u64, total: u64, alpha: f64) -> Self {
        let bounds = binomial::bounds(total, nominal / 100.0, alpha);
        Self {
            nominal,
            actual: Portion::of(users, total).value(),
            users,
            least: *bounds.start(),
            most: *bounds.end(),
        }
    }

    /// The users that chance explains, for people.
    #[must_use]
    pub fn expected(&self) -> String {
        let Self { least, most, .. } = self;
        if least == most { least.to_string() } else { format!("{least} to {most}") }
    }

    /// Whether chance explains the difference.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        (self.least..=self.most).contains(&self.users)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_chance_does_not_explain_is_not_ok() {
        let alpha = binomial::ONE_IN_A_MILLION;
        assert!(Share::new(50.0, 500, 1000, alpha).is_ok());
        assert!(Share::new(50.0, 423, 1000, alpha).is_ok());
        assert!(!Share::new(50.0, 422, 1000, alpha).is_ok());
        assert!(!Share::new(100.0, 999, 1000, alpha).is_ok());
        assert!(!Share::new(0.0, 1, 1000, alpha).is_ok());
        let share = Share::new(10.0, 9, 90, alpha);
        assert!((share.actual - 10.0).abs() < 1e-9);
        assert!(Share::new(10.0, 0, 0, alpha).is_ok());
    }
}
