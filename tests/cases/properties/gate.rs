//! A gate is necessary: whatever the Release and the request, what leaves the stable subset passes it.

use std::cell::Cell;

use istio::gate::{Condition, Gate, Input, Relation, Test};
use policy::regex::Case;
use policy::split::Generator;
use policy::{Lines, Request, Scratch};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use super::always;
use super::generate::{releases, requests};
use crate::release::check;
use crate::served::{Headers, lines};

/// A request from a caller whose every label is the same.
struct From<'a> {
    headers: &'a Headers,
    label: Option<&'static [u8]>,
    draws: Generator,
}

impl Request for From<'_> {
    fn lines(&mut self, name: &str) -> Lines {
        lines(self.headers, name)
    }

    fn caller(&mut self, _: &str) -> Option<Vec<u8>> {
        self.label.map(<[u8]>::to_vec)
    }

    fn draw(&mut self) -> u64 {
        self.draws.draw()
    }
}

/// As Envoy's routes compare a header: all its lines, joined by commas.
fn meets(condition: &Condition, headers: &Headers) -> bool {
    let header = match &condition.input {
        Input::Header(name) => name,
        Input::Path | Input::Query(_) => ":path",
    };
    let lines: Vec<&[u8]> = (headers.iter())
        .filter(|(name, _)| name == header)
        .map(|(_, value)| value.as_slice())
        .collect();
    if lines.is_empty() {
        return false;
    }
    let mut value = lines.join(&b',');
    let contains =
        |value: &[u8], text: &[u8]| value.windows(text.len()).any(|window| window == text);
    let Test::Text { relation, text, case } = &condition.test else {
        return match &condition.input {
            Input::Query(name) => contains(&value, name.as_bytes()),
            Input::Header(_) | Input::Path => true,
        };
    };
    let mut text = text.clone().into_bytes();
    if *case == Case::Ignore {
        value.make_ascii_lowercase();
        text.make_ascii_lowercase();
    }
    match relation {
        Relation::Exact => value == text,
        Relation::Prefix => value.starts_with(&text),
        Relation::Contains => contains(&value, &text),
    }
}

/// How many requests met Releases that have a gate; of these left stable; and did not pass.
type Seen = Cell<[usize; 3]>;

fn holds(
    release: &Value,
    requests: &[Vec<(String, Vec<u8>)>],
    label: Option<&'static [u8]>,
    seen: &Seen,
) -> Result<(), TestCaseError> {
    let checked = check(release);
    let Some(gate) = Gate::of(&checked.policy) else { return Ok(()) };
    prop_assert!((1..=Gate::MOST).contains(&gate.conditions().len()));
    let mut scratch = Scratch::default();
    for headers in requests {
        let mut request = From { headers, label, draws: Generator::new(7) };
        let decision = checked.program.decide(&mut request, &mut scratch);
        let leaves = decision.subset != checked.policy.stable();
        let passes = gate.conditions().iter().any(|condition| meets(condition, headers));
        prop_assert!(passes || !leaves, "{headers:?} leaves by {release:#}, {gate:?}");
        let [all, left, kept] = seen.get();
        seen.set([all + 1, left + usize::from(leaves), kept + usize::from(!passes)]);
    }
    Ok(())
}

#[test]
fn what_leaves_stable_passes_the_gate() {
    let seen = Seen::default();
    let label = prop_oneof![Just(None), Just(Some(b"a".as_slice())), Just(Some(b"".as_slice()))];
    let keep = any::<bool>();
    always(
        6000,
        &(releases(1..4), vec(requests(), 16), label, keep),
        |(release, requests, label, keep)| {
            let mut release = release;
            if keep {
                release["spec"]["split"] = json!({"v1": 100});
            }
            holds(&release, &requests, label, &seen)
        },
    );
    let [all, left, kept] = seen.get();
    assert!(all > 30_000 && left > 1500 && kept > all / 2, "{all}: {left} left, {kept} kept");
}
