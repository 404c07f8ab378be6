//! Users in numbers, and how far from its share a subset of them may honestly be.

use policy::split::Cohort;

/// The draws of `users` users in a cohort.
pub(super) fn draws(cohort: &str, users: u32) -> Vec<u64> {
    let cohort = Cohort::new(cohort.as_bytes());
    (0..users).map(|user| cohort.draw(format!("user-{user}").as_bytes())).collect()
}

/// Whether `found` of `all` fits a share, with a chance of at most 1 in a million to say no to an honest one.
///
/// Chernoff's bound holds for any number of independent draws: P(as far off or farther) <= 2 exp(-n KL(found ||
/// share)) (Hoeffding, "Probability Inequalities for Sums of Bounded Random Variables", 1963, theorem 1).
pub(super) fn fits(found: u32, all: u32, share: f64) -> bool {
    let part = f64::from(found) / f64::from(all);
    let term = |part: f64, share: f64| if part > 0.0 { part * (part / share).ln() } else { 0.0 };
    let divergence = term(part, share) + term(1.0 - part, 1.0 - share);
    f64::from(all) * divergence <= (2.0_f64 / 1e-6).ln()
}

#[test]
fn the_bound_tells_honest_shares_from_others() {
    assert!(fits(100, 1000, 0.1) && fits(60, 1000, 0.1) && fits(0, 100, 0.1));
    assert!(
        !fits(40, 1000, 0.1)
            && !fits(170, 1000, 0.1)
            && !fits(1, 1000, 0.0)
            && !fits(999, 1000, 1.0)
    );
}
