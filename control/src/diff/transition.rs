//! Which part of the users moves from which subset to which, exactly.
//!
//! A user of a split has for each key κ a number E_κ = -ln t that is distributed as Exp(1), independent of all
//! others; the key with the smallest E_κ / w_κ wins (`policy::split` writes it as the largest w_κ / E_κ). Two splits
//! of one cohort and identity share E wherever their keys are equal. Let w be the old weights, w' the new ones, 0
//! for a key that a split does not have.
//!
//! *Stays with its key a.* Given E_a = s, every other key loses both times where
//! E_κ > s m_κ, m_κ = max(w_κ/w_a, w'_κ/w'_a), so
//!
//! > P = ∫ e^(-s) ∏ e^(-s m_κ) ds = 1 / Σ_κ max(w_κ/w_a, w'_κ/w'_a), over all keys, a among them.
//!
//! *Goes from key a to another, b.* Let E_a = s and E_b = r s. Then a beats b at first where r > w_b/w_a, and b
//! beats a afterwards where r < w'_b/w'_a. Every other key loses both times where
//! E_κ > s max(w_κ/w_a, r w'_κ/w'_b). The density of (s, r) is s e^(-s(1+r)), and ∫ s e^(-sD) ds = 1/D², so
//!
//! > P = ∫ dr / D(r)², D(r) = 1 + r + Σ_{κ≠a,b} max(w_κ/w_a, r w'_κ/w'_b), for r from w_b/w_a to w'_b/w'_a.
//!
//! D is linear between the points r_κ = (w_κ/w_a) (w'_b/w'_κ), and on such a piece, D = A + B r,
//! ∫ dr / D² = (1/B) (1/D(r₁) - 1/D(r₂)) = (r₂ - r₁) / (D(r₁) D(r₂)).
//!
//! A row sums up to the old share, a column to the new one. That nobody goes from a to b unless w'_b/w'_a > w_b/w_a
//! is what DESIGN.md, section 3, says about more than two subsets.

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
    // A weight of 0 makes it infinite: everybody leaves.
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
