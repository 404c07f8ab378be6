//! The cases in native code, as `serin` itself decides them.

use std::collections::BTreeMap;

use policy::split::Generator;
use policy::{Lines, Request, Scratch};

use super::{Disagreements, files};
use crate::served::{Headers, lines};

struct Given<'a> {
    headers: &'a Headers,
    caller: &'a BTreeMap<String, String>,
    draws: &'a mut Generator,
    drawn: bool,
}

impl Request for Given<'_> {
    fn lines(&mut self, name: &str) -> Lines {
        lines(self.headers, name)
    }

    fn caller(&mut self, label: &str) -> Option<Vec<u8>> {
        self.caller.get(label).map(|value| value.clone().into_bytes())
    }

    fn draw(&mut self) -> u64 {
        self.drawn = true;
        self.draws.draw()
    }
}

#[test]
fn native_code_decides_as_the_files_say() {
    let mut disagreements = Disagreements::default();
    let mut scratch = Scratch::default();
    let mut draws = Generator::new(1);
    for file in files() {
        for case in &file.cases {
            let (headers, caller) = (&case.headers, &file.caller);
            let mut request = Given { headers, caller, draws: &mut draws, drawn: false };
            let decision = file.checked.program.decide(&mut request, &mut scratch);
            disagreements.check(case, &file.outcome(decision.rule, decision.subset.0));
            assert_eq!(request.drawn, case.expected.subset.is_none(), "{}: chance", case.place);
        }
    }
    disagreements.none();
}
