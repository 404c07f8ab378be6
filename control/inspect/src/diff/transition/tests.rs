//! The formula against the program's own draw, and an integral taken step by step.

use policy::split::{Cohort, Rendezvous};

use super::*;

/// Subsets that are named as their keys, with their shares in percent.
fn split(shares: &[(&'static str, u16)]) -> Vec<Candidate<'static>> {
    let candidate = |(key, percent): &(&'static str, u16)| Candidate {
        subset: key,
        key,
        weight: f64::from(*percent) / 100.0,
    };
    shares.iter().filter(|(_, percent)| *percent > 0).map(candidate).collect()
}

/// Splits of every kind: shares grow, shrink, come and go, and change places.
fn pairs() -> Vec<(Vec<Candidate<'static>>, Vec<Candidate<'static>>)> {
    let pair = |old: &[_], new: &[_]| (split(old), split(new));
    vec![
        pair(&[("stable", 90), ("v2", 10)], &[("stable", 80), ("v2", 20)]),
        pair(&[("stable", 80), ("v2", 20)], &[("stable", 100)]),
        pair(&[("stable", 80), ("v2", 10), ("v3", 10)], &[("stable", 70), ("v2", 20), ("v3", 10)]),
        pair(&[("stable", 80), ("v2", 10), ("v3", 10)], &[("stable", 80), ("v2", 20)]),
        pair(&[("stable", 80), ("v2", 20)], &[("stable", 50), ("v3", 50)]),
        pair(&[("stable", 50), ("v2", 30), ("v3", 20)], &[("v3", 50), ("v2", 1), ("v4", 49)]),
        pair(&[("a", 60), ("b", 40)], &[("c", 70), ("d", 30)]),
        pair(
            &[("a", 1), ("b", 2), ("c", 3), ("d", 14), ("e", 80)],
            &[("a", 30), ("b", 25), ("c", 20), ("d", 15), ("f", 10)],
        ),
        pair(&[("stable", 100)], &[("v2", 100)]),
    ]
}

fn assert_near(found: f64, expected: f64, tolerance: f64, context: &str) {
    assert!((found - expected).abs() < tolerance, "{context}: {found}, expected {expected}");
}

#[test]
fn the_design_s_figures() {
    let two = shared(&split(&[("stable", 90), ("v2", 10)]), &split(&[("stable", 80), ("v2", 20)]));
    let three = shared(
        &split(&[("stable", 80), ("v2", 10), ("v3", 10)]),
        &split(&[("stable", 70), ("v2", 20), ("v3", 10)]),
    );
    let expected: [(&Matrix, &[&[f64]]); 2] = [
        (&two, &[&[0.80, 0.10], &[0.0, 0.10]]),
        (&three, &[&[0.70, 0.09, 0.009], &[0.0, 0.10, 0.0], &[0.0, 0.009, 0.09]]),
    ];
    // The design rounds: what is exact are the sums.
    for (found, expected) in expected {
        for (found, expected) in found.concat().iter().zip(expected.concat()) {
            assert_near(*found, expected, 0.002, &format!("{found:?}"));
        }
    }
    assert_near(two[0][1], 0.1, 1e-15, "exact with two");
}

#[test]
fn rows_are_the_old_shares_and_columns_the_new_ones() {
    for (old, new) in pairs() {
        for matrix in [shared(&old, &new), independent(&old, &new)] {
            for (from, row) in old.iter().zip(&matrix) {
                assert_near(row.iter().sum(), from.weight, 1e-12, from.key);
            }
            for (column, to) in new.iter().enumerate() {
                let sum = matrix.iter().map(|row| row[column]).sum();
                assert_near(sum, to.weight, 1e-12, to.key);
            }
        }
    }
}

#[test]
fn nobody_moves_where_no_share_changes() {
    for (old, _) in pairs() {
        let matrix = shared(&old, &old);
        for (row, shares) in matrix.iter().enumerate() {
            for (column, share) in shares.iter().enumerate() {
                // Exactly: whether users move is asked of these numbers.
                assert!(row == column || *share == 0.0, "{old:?}");
            }
        }
    }
}

#[test]
fn the_program_s_own_draw_agrees() {
    const USERS: u32 = 200_000;
    let weights = |split: &[Candidate<'static>]| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "to 10,000")]
        let weighted =
            |c: &Candidate<'static>| (c.key, (c.weight * 10_000.0).round() as u16, c.key);
        Rendezvous::new(split.iter().map(weighted).collect::<Vec<_>>())
    };
    for (old, new) in pairs() {
        let (first, second) = (weights(&old), weights(&new));
        let cohort = Cohort::new(b"transitions");
        let mut counts = vec![vec![0_u32; new.len()]; old.len()];
        for user in 0..USERS {
            let draw = cohort.draw(&user.to_le_bytes());
            let (from, to) = (first.pick(draw).unwrap(), second.pick(draw).unwrap());
            let row = old.iter().position(|candidate| candidate.key == from).unwrap();
            let column = new.iter().position(|candidate| candidate.key == to).unwrap();
            counts[row][column] += 1;
        }
        for (expected, counted) in shared(&old, &new).concat().iter().zip(counts.concat()) {
            // Five standard deviations of a binomial: one run in ten thousand of all these would fail, and this
            // one is always the same.
            let deviation = (expected * (1.0 - expected) / f64::from(USERS)).sqrt();
            let found = f64::from(counted) / f64::from(USERS);
            let context = format!("{old:?} -> {new:?}");
            assert_near(found, *expected, 5.0 * deviation + 1e-9, &context);
        }
    }
}

/// ∫ dr / D(r)² by Simpson's rule, after r = start + x / (1 - x) where the range is infinite.
fn integral(old: &[Candidate], new: &[Candidate], a: &str, b: &str) -> f64 {
    const STEPS: u32 = 400_000;
    let weight = |split: &[Candidate], key: &str| {
        split.iter().find(|c| c.key == key).map_or(0.0, |found| found.weight)
    };
    let keys: std::collections::BTreeSet<&str> = old.iter().chain(new).map(|c| c.key).collect();
    let density = |r: f64| {
        let others = keys.iter().filter(|key| **key != a && **key != b).map(|key| {
            let before = weight(old, key) / weight(old, a);
            before.max(r * weight(new, key) / weight(new, b))
        });
        (1.0 + r + others.sum::<f64>()).powi(-2)
    };
    let start = weight(old, b) / weight(old, a);
    let end = weight(new, b) / weight(new, a);
    if start >= end {
        return 0.0;
    }
    let at = |x: f64| {
        if end.is_finite() {
            density(start + x * (end - start)) * (end - start)
        } else if x < 1.0 {
            density(start + x / (1.0 - x)) / (1.0 - x).powi(2)
        } else {
            // D grows at least as r: the limit is that of 1 / (B r)², times r².
            let others = keys.iter().filter(|key| **key != a && **key != b);
            let slope: f64 = others.map(|key| weight(new, key) / weight(new, b)).sum();
            (1.0 + slope).powi(-2)
        }
    };
    let step = 1.0 / f64::from(STEPS);
    let sum: f64 = (0..=STEPS)
        .map(|i| {
            let factor = match i {
                0 | STEPS => 1.0,
                odd if odd % 2 == 1 => 4.0,
                _ => 2.0,
            };
            factor * at(f64::from(i) * step)
        })
        .sum();
    sum * step / 3.0
}

#[test]
fn the_closed_form_is_the_integral() {
    for (old, new) in pairs() {
        let matrix = shared(&old, &new);
        for (from, row) in old.iter().zip(&matrix) {
            for (to, found) in new.iter().zip(row).filter(|(to, _)| to.key != from.key) {
                let expected = integral(&old, &new, from.key, to.key);
                let context = format!("{} -> {} of {old:?} -> {new:?}", from.key, to.key);
                assert_near(*found, expected, 1e-9, &context);
            }
        }
    }
}
