//! Laws that hold for every Release and request: of the splits, of the program against a naive reading of the
//! same policy, and of the module against native code. Cases are drawn from fixed seeds.

mod agreement;
mod gate;
mod generate;
mod population;
mod rollouts;
mod round_trip;
mod splits;

use proptest::prelude::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Runs `law` on this many values, always the same ones, and prints the smallest that breaks it.
#[track_caller]
fn always<S: Strategy>(
    cases: u32,
    values: &S,
    law: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    if let Err(broken) = TestRunner::new_with_rng(config, rng).run(values, law) {
        panic!("{broken}");
    }
}
