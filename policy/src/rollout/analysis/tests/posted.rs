//! Cases in which other tools did not see that the candidate is worse, as people posted them.

use super::fixture::{block, errors};
use crate::rollout::analysis::tally::Tally;

#[test]
fn what_people_posted_comes_out_as_worse() {
    for (name, blocks) in [
        // Control 0, 0, 0, 0, 0, experiment 1, 4, 2, 3, 1: passed.
        ("kayenta#799", [1, 4, 2, 3, 1].map(|errors| (errors, 100, 0, 100)).to_vec()),
        // A baseline without errors, a candidate with errors: passed.
        ("spinnaker#5622", vec![(5, 500, 0, 500); 4]),
        // Seven times 100 and three times 1 against ten times 1.
        (
            "spinnaker#6278",
            [100, 100, 1, 100, 100, 1, 100, 100, 1, 100].map(|n| (n, 1000, 1, 1000)).to_vec(),
        ),
    ] {
        let mut tally = Tally::new(&errors(), None);
        for counts in &blocks {
            tally.add(&block(*counts));
        }
        assert!(tally.worse() >= 100_f64.ln(), "{name}: {}", tally.worse());
    }
}
