//! The dialect against RE2's own word, and each of its messages, limits and literals.

use super::{Automaton, Case, Pattern};

mod limits;
mod literals;
mod messages;
mod ordinary;
mod plain;
mod sweep;

fn parse(pattern: &str) -> Pattern {
    let parsed = Pattern::parse(pattern, Case::Sensitive);
    parsed.unwrap_or_else(|problem| panic!("{pattern}: {problem:?}"))
}

fn compile(pattern: &str) -> Automaton {
    Automaton::compile(&parse(pattern)).unwrap_or_else(|problem| panic!("{pattern}: {problem}"))
}
