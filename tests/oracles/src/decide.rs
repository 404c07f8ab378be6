//! The program against the naive reading: a Release and a batch of requests, both chosen by the input's bytes.
//!
//! What comes before the first byte 0xff chooses the Release, what comes behind it the requests. To compile a Release
//! takes as long as to decide hundreds of requests: those that were compiled are kept, since an input that was made of
//! another one mostly has the same.

mod requests;
mod rules;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use policy::split::Generator;
use policy::{Program, Scratch};
use serde_json::Value;

use crate::choices::Choices;
use crate::naive::Naive;
use crate::release::{release, try_check};

/// The byte between Release and requests.
const END: u8 = 0xff;
/// Requests of a batch: as many as take about as long as libFuzzer itself does for an input.
const MOST: usize = 32;
/// Releases that are kept.
const KEPT: usize = 256;

/// A Release that can decide; none where it is refused, say for a regex that is too large.
type Compiled = Option<Rc<(Value, Program, Naive)>>;

thread_local! {
    static COMPILED: RefCell<BTreeMap<Vec<u8>, Compiled>> = const { RefCell::new(BTreeMap::new()) };
}

/// Whether the program of the Release decides the requests as the naive reading does.
///
/// # Panics
/// When it does not.
pub fn run(input: &[u8]) {
    let mut parts = input.splitn(2, |byte| *byte == END);
    let chosen = parts.next().unwrap_or_default();
    let Some(compiled) = compiled(chosen) else { return };
    let (release, program, naive) = &*compiled;
    let chosen = parts.next().unwrap_or_default();
    let mut draws = Generator::new(7);
    // One scratch for all: nothing of a request may be left for the next one.
    let mut scratch = Scratch::default();
    // The same bytes from another one on are another request.
    for start in (0..chosen.len()).step_by(chosen.len().div_ceil(MOST).max(1)) {
        let headers = requests::request(&mut Choices::new(&chosen[start..]));
        if let Err(wrong) = naive.agrees(program, &headers, &mut draws, &mut scratch) {
            panic!("{wrong}: {headers:?} by {release:#}");
        }
    }
}

fn compiled(chosen: &[u8]) -> Compiled {
    COMPILED.with_borrow_mut(|kept| {
        if let Some(known) = kept.get(chosen) {
            return known.clone();
        }
        if kept.len() >= KEPT {
            kept.clear();
        }
        let release = release(rules::fields(&mut Choices::new(chosen)));
        let compiled = try_check(&release).ok().map(|checked| {
            let naive = Naive::new(&checked.policy);
            Rc::new((release, checked.program, naive))
        });
        kept.insert(chosen.to_vec(), compiled.clone());
        compiled
    })
}
