//! Native program, naive reading and module come to the same decisions, whatever the Release and the request.

use std::cell::Cell;

use oracles::naive::Naive;
use oracles::request::Recorded;
use policy::split::Generator;
use policy::{Checked, Decision, Program, Scratch};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use super::always;
use super::generate::{releases, requests};
use crate::release::check;
use crate::served::{Headers, decided, send, serve};

fn decide(
    checked: &Checked,
    headers: &Headers,
    draws: &mut Generator,
    scratch: &mut Scratch,
) -> (Decision, Vec<String>) {
    let mut request = Recorded::new(headers, draws);
    let decision = checked.program.decide(&mut request, scratch);
    (decision, request.reads)
}

/// The program decides as the naive reading does, and reads nothing twice.
fn agrees(
    release: &Value,
    requests: &[Vec<(String, Vec<u8>)>],
    taken: &Cell<[usize; 2]>,
) -> Result<(), TestCaseError> {
    let checked = check(release);
    let naive = Naive::new(&checked.policy);
    let mut draws = Generator::new(7);
    // One scratch for all: nothing of a request may be left for the next one.
    let mut scratch = Scratch::default();
    for headers in requests {
        let decision = naive
            .agrees(&checked.program, headers, &mut draws, &mut scratch)
            .map_err(|wrong| TestCaseError::fail(format!("{wrong}: {headers:?} by {release:#}")))?;
        let [by_rule, all] = taken.get();
        taken.set([by_rule + usize::from(decision.rule.is_some()), all + 1]);
    }
    Ok(())
}

#[test]
fn a_program_decides_as_its_policy_reads() {
    let taken = Cell::new([0, 0]);
    always(2500, &(releases(0..9), vec(requests(), 16)), |(release, requests)| {
        agrees(&release, &requests, &taken)
    });
    let [by_rule, all] = taken.get();
    assert!(all >= 40_000 && by_rule > all / 4 && by_rule < all, "of {all} rules took {by_rule}");
}

#[test]
fn a_program_of_many_rules_decides_as_its_policy_reads() {
    let taken = Cell::new([0, 0]);
    always(120, &(releases(60..150), vec(requests(), 60)), |(release, requests)| {
        agrees(&release, &requests, &taken)
    });
}

#[test]
fn the_module_decides_as_native_code_does_to_the_bit() {
    // The first 8 bytes of the host's randomness, which seed the module's generator.
    let seed = Generator::new(1).draw();
    always(250, &(releases(0..30), vec(requests(), 24)), |(release, requests)| {
        let checked = check(&release);
        let mut vm = serve(&checked);
        let mut draws = Generator::new(seed);
        let mut scratch = Scratch::default();
        for headers in &requests {
            let effects = send(&mut vm, headers);
            let (decision, reads) = decide(&checked, headers, &mut draws, &mut scratch);
            let native = (decision.rule, decision.subset.0);
            prop_assert_eq!(decided(&effects, &checked), native, "{:?} by {:#}", headers, &release);
            let expected = host_reads(&checked.program, reads);
            // Where a comma may stand between two lines, the header alone does not do.
            let alone = [expected.as_slice(), &["*".to_owned()]].concat();
            prop_assert!(
                effects.reads == expected || expected.len() == 1 && effects.reads == alone,
                "{:?} is read, not {expected:?}, by {:#}",
                effects.reads,
                &release
            );
        }
        Ok(())
    });
}

/// What the host is asked for, where the program looks at these headers: one alone, several at once.
fn host_reads(program: &Program, reads: Vec<String>) -> Vec<String> {
    let all = || "*".to_owned();
    match reads.as_slice() {
        [] => Vec::new(),
        _ if program.reads_at_once() => vec![all()],
        [_] => reads,
        [first, ..] => vec![first.clone(), all()],
    }
}
