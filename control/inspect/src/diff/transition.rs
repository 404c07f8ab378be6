//! Which part of the users moves from which subset to which, exactly.
//!
//! A user of a split has for each key k a number `E[k]` = -ln t that is distributed as Exp(1), independent of all
//! others; the key with the smallest `E[k]` / `w[k]` wins (`policy::split` writes it as the largest w / E). Two splits
//! of one cohort and identity share E wherever their keys are equal. Let w be the old weights and v the new ones, 0 for
//! a key that a split does not have.
//!
//! *Stays with its key a.* Given `E[a]` = s, every other key loses both times where `E[k]` > s `m[k]`, so
//!
//! ```text
//! m[k] = max(w[k]/w[a], v[k]/v[a])
//! P = ∫ e^(-s) ∏ e^(-s m[k]) ds = 1 / Σ m[k]          over all keys, a among them: m[a] = 1
//! ```
//!
//! *Goes from key a to another, b.* Let `E[a]` = s and `E[b]` = r s. Then a beats b at first where r is over
//! `w[b]/w[a]`, and b beats a afterwards where r is under `v[b]/v[a]`. The density of (s, r) is s e^(-s(1+r)), every
//! other key loses both times where `E[k]` > s max(…) below, and ∫ s e^(-sD) ds = 1/D², so
//!
//! ```text
//! D(r) = 1 + r + Σ max(w[k]/w[a], r v[k]/v[b])        over the keys but a and b
//! P = ∫ dr / D(r)²                                    from w[b]/w[a] to v[b]/v[a]
//! ```
//!
//! D is linear between the points where one side of a max overtakes the other, r = `(w[k]/w[a]) (v[b]/v[k])`, and on
//! such a piece, D = A + B r,
//!
//! ```text
//! ∫ dr / D² = (1/B) (1/D(r1) - 1/D(r2)) = (r2 - r1) / (D(r1) D(r2))
//! ```
//!
//! A row sums up to the old share, a column to the new one. No user goes from a to b unless b's weight grew against
//! a's, `v[b]/v[a]` over `w[b]/w[a]`: with two subsets those who have to, with more of them some others too.

/// A subset of a split, as a draw sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate<'a> {
    /// The subset's name.
    pub subset: &'a str,
    /// What the split hashes for it.
    pub key: &'a str,
    /// Its share of the users, over 0; all of a split sum up to 1.
    pub weight: f64,
}

/// The part of the users for each old candidate (row) and new one (column).
pub type Matrix = Vec<Vec<f64>>;

/// Where both splits draw with the same numbers: one cohort and identity.
#[must_use]
pub fn shared(old: &[Candidate], new: &[Candidate]) -> Matrix {
    let mut keys: Vec<&str> = old.iter().chain(new).map(|candidate| candidate.key).collect();
    keys.sort_unstable();
    keys.dedup();
    let weight = |split: &[Candidate], key: &str| {
        split.iter().find(|candidate| candidate.key == key).map_or(0.0, |found| found.weight)
    };
    let weights: Vec<Weights> =
        keys.iter().map(|key| Weights { old: weight(old, key), new: weight(new, key) }).collect();
    let place = |key: &str| keys.partition_point(|other| *other < key);
    let row = |from: &Candidate| {
        let column = |to: &Candidate| between(&weights, place(from.key), place(to.key));
        new.iter().map(column).collect()
    };
    old.iter().map(row).collect()
}

/// Where the second draw knows nothing of the first.
#[must_use]
pub fn independent(old: &[Candidate], new: &[Candidate]) -> Matrix {
    let row = |from: &Candidate| new.iter().map(|to| from.weight * to.weight).collect();
    old.iter().map(row).collect()
}

/// A key's weights.
#[derive(Clone, Copy)]
struct Weights {
    old: f64,
    new: f64,
}

/// From the key at `a`, whose old weight is over 0, to the one at `b`, whose new weight is.
fn between(weights: &[Weights], a: usize, b: usize) -> f64 {
    let (from, to) = (weights[a], weights[b]);
    if a == b {
        let most = |key: &Weights| (key.old / from.old).max(key.new / from.new);
        return 1.0 / weights.iter().map(most).sum::<f64>();
    }
    let others = weights.iter().enumerate().filter(|(place, _)| *place != a && *place != b);
    let lines: Vec<Line> = others
        .map(|(_, key)| Line { floor: key.old / from.old, slope: key.new / to.new })
        .collect();
    let start = to.old / from.old;
    // A weight of 0 makes it infinite: all users leave.
    let end = to.new / from.new;
    let mut points: Vec<f64> = lines.iter().map(|line| line.floor / line.slope).collect();
    points.retain(|point| start < *point && *point < end);
    points.sort_unstable_by(f64::total_cmp);
    points.push(end);
    let mut sum = 0.0;
    let mut from = start;
    for to in points {
        if from < to {
            sum += piece(&lines, from, to);
            from = to;
        }
    }
    sum
}

/// max(floor, slope r)
struct Line {
    floor: f64,
    slope: f64,
}

/// ∫ dr / D(r)² between points where D is linear.
fn piece(lines: &[Line], from: f64, to: f64) -> f64 {
    let middle = if to.is_finite() { f64::midpoint(from, to) } else { 2.0 * from + 1.0 };
    let (mut constant, mut slope) = (1.0, 1.0);
    for line in lines {
        if line.slope * middle > line.floor {
            slope += line.slope;
        } else {
            constant += line.floor;
        }
    }
    let start = constant + slope * from;
    if to.is_finite() {
        (to - from) / (start * (constant + slope * to))
    } else {
        1.0 / (slope * start)
    }
}

#[cfg(test)]
mod tests;
