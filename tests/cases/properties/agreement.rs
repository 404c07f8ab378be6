//! Native program, naive reading and module come to the same decisions, whatever the Release and the request.

use std::cell::Cell;

use policy::split::Generator;
use policy::{Checked, Decision, Lines, Program, Request, Scratch};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use super::always;
use super::generate::{releases, requests};
use super::naive::Naive;
use crate::release::check;
use crate::served::{Headers, decided, lines, send, serve};

/// A request that notices when a header is read twice.
struct Recorded<'a> {
    headers: &'a Headers,
    reads: Vec<String>,
    draws: &'a Cell<Generator>,
}

impl Request for Recorded<'_> {
    fn lines(&mut self, name: &str) -> Lines {
        self.reads.push(name.to_owned());
        lines(self.headers, name)
    }

    fn caller(&mut self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn draw(&mut self) -> u64 {
        let mut generator = self.draws.replace(Generator::new(0));
        let draw = generator.draw();
        self.draws.set(generator);
        draw
    }
}

fn decide(
    checked: &Checked,
    headers: &Headers,
    draws: &Cell<Generator>,
    scratch: &mut Scratch,
) -> (Decision, Vec<String>) {
    let mut request = Recorded { headers, reads: Vec::new(), draws };
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
    let draws = Cell::new(Generator::new(7));
    // One scratch for all: nothing of a request may be left for the next one.
    let mut scratch = Scratch::default();
    for headers in requests {
        let (decision, reads) = decide(&checked, headers, &draws, &mut scratch);
        let expected = naive.decide(headers);
        prop_assert!(
            expected.agrees(&decision),
            "{:?}, not {:?}, of {:?} by {:#}",
            decision,
            expected,
            headers,
            release
        );
        for (at, read) in reads.iter().enumerate() {
            prop_assert!(!reads[..at].contains(read), "{read} is read twice");
            prop_assert!(
                checked.program.headers().any(|input| input == read),
                "{read} is no input"
            );
        }
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
        let draws = Cell::new(Generator::new(seed));
        let mut scratch = Scratch::default();
        for headers in &requests {
            let effects = send(&mut vm, headers);
            let (decision, reads) = decide(&checked, headers, &draws, &mut scratch);
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
