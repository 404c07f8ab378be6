//! What deciding costs in time: the program alone, and the module in wasmtime. `make bench` runs it.
//!
//! Times depend on the machine. What a request costs in instructions, the same everywhere, is held by
//! tests/cases/instructions.rs.

mod fixture;
mod module;
mod program;
mod results;

use std::time::{Duration, SystemTime};

use criterion::Criterion;

/// How many rules there are, wherever their number is what is looked at.
const COUNTS: [usize; 4] = [1, 10, 100, 1000];

fn main() -> anyhow::Result<()> {
    // Short, so that all is done in a few minutes: a median of so many repeats to a few percent.
    let criterion = Criterion::default()
        .without_plots()
        .sample_size(20)
        .nresamples(5000)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(700));
    let mut criterion = criterion.configure_from_args();
    let begin = SystemTime::now();
    program::bench(&mut criterion)?;
    module::bench(&mut criterion)?;
    criterion.final_summary();
    results::write(begin)
}
