//! The rules up to the one that decides: of each block what is not met, of the one that takes it all.

use document::report::style::{DIM, HEADING};
use document::report::text::put;
use policy::Policy;

use crate::explain::explanation::{Asked, Explanation};
use crate::explain::note::note;
use crate::explain::wording;

pub(super) fn write(text: &mut String, explanation: &Explanation<'_>) {
    for (number, name, blocks) in explanation.rules() {
        let takes = explanation.trace.decision.rule == Some(number);
        let verdict = if takes { "matches" } else { "does not match" };
        put(text, &format!("\n{HEADING}rule {name}{HEADING:#} {verdict}"));
        let met = blocks.iter().position(|block| block.iter().all(|asked| asked.answer.met));
        let several = blocks.len() > 1;
        for (position, block) in blocks.iter().enumerate() {
            // Once a block is met, no other is needed.
            if met.is_none_or(|met| met == position) {
                self::block(text, several.then_some(position), block, explanation.policy);
            }
        }
    }
}

/// A block; where there are several, with its number.
fn block(text: &mut String, position: Option<usize>, block: &[Asked<'_>], policy: &Policy) {
    let is_met = block.iter().all(|asked| asked.answer.met);
    let mut lead = match position {
        Some(position) => format!("block {}  ", position.saturating_add(1)),
        None => String::new(),
    };
    for asked in block.iter().filter(|asked| is_met || !asked.answer.met) {
        let found = wording::found(asked);
        let note = note(asked, policy);
        let asked = wording::condition(asked);
        let word = if is_met { "has" } else { "found" };
        put(text, &format!("  {DIM}{lead}{DIM:#}{asked}; {word} {found}"));
        lead = " ".repeat(lead.len());
        if let Some(note) = note {
            put(text, &format!("  {lead}  {DIM}{note}{DIM:#}"));
        }
    }
}
