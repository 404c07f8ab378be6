//! What every request meets that meets a block.

use std::cmp::Reverse;

use policy::policy::{Block, Relation as Place, Subject, Test as Asked};
use policy::regex::{Case, Pattern};

use super::condition::{Condition, Input, Relation, Test};

/// The most values of one test that are sought one by one.
const MOST_VALUES: usize = 4;

/// Conditions of which every request that meets the block meets one; none where nothing is known that is worth a
/// question. Of what the block asks, the part that fewest requests seem to meet.
pub(super) fn conditions(block: &Block) -> Option<Vec<Condition>> {
    // What must not hold says nothing about what is there.
    let asked = block.conditions.iter().filter(|condition| condition.holds);
    let candidates = asked.filter_map(|condition| any_of(&condition.subject, &condition.test));
    let idle = |conditions: &Vec<Condition>| conditions.iter().any(Condition::is_idle);
    candidates.filter(|conditions| !idle(conditions)).min_by_key(|conditions| rank(conditions))
}

/// What is rarer comes first: a guess, which only costs when it is wrong.
fn rank(conditions: &[Condition]) -> (u8, usize, Reverse<usize>) {
    let kind = |condition: &Condition| match (&condition.input, &condition.test) {
        (Input::Header(name), _) if name.starts_with(':') => 3,
        (Input::Header(_), Test::Present) => 2,
        (Input::Path, _) => 1,
        _ => 0,
    };
    let length = |condition: &Condition| match &condition.test {
        Test::Text { text, .. } => text.len(),
        Test::Present => match &condition.input {
            Input::Query(name) => name.len(),
            Input::Header(_) | Input::Path => 0,
        },
    };
    let kind = conditions.iter().map(kind).max().unwrap_or(u8::MAX);
    let shortest = conditions.iter().map(length).min().unwrap_or_default();
    (kind, conditions.len(), Reverse(shortest))
}

/// Conditions of which every request meets one whose `subject` passes `test`.
fn any_of(subject: &Subject, test: &Asked) -> Option<Vec<Condition>> {
    match subject {
        // White space may stand around the name.
        Subject::Cookie(name) => {
            let header = Input::Header("cookie".to_owned());
            Some(vec![Condition::text(&header, Relation::Contains, name, Case::Sensitive)])
        }
        Subject::Query(name) => Some(vec![Condition::present(&Input::Query(name.clone()))]),
        // To a proxy a query may follow.
        Subject::Path => Some(of_text(&Input::Path, test, Relation::Prefix, Relation::Prefix)),
        Subject::Header(name) => {
            // Only of these there is one line, whatever a client sends.
            let (whole, start) = if name.as_str().starts_with(':') {
                (Relation::Exact, Relation::Prefix)
            } else {
                (Relation::Contains, Relation::Contains)
            };
            Some(of_text(&Input::Header(name.as_str().to_owned()), test, whole, start))
        }
        // The same for all requests of a proxy.
        Subject::Caller(_) => None,
    }
}

/// The test of a text that is in an input: `whole` says where in the input a text stands that the whole is equal to,
/// `start` where one stands that it begins with.
fn of_text(input: &Input, test: &Asked, whole: Relation, start: Relation) -> Vec<Condition> {
    let text = |text: &[u8], relation, case| {
        let text = std::str::from_utf8(text).ok()?;
        Some(Condition::text(input, relation, text, case))
    };
    let texts = |values: &[Vec<u8>], relation, case| {
        if values.len() > MOST_VALUES {
            return None;
        }
        values.iter().map(|value| text(value, relation, case)).collect::<Option<Vec<_>>>()
    };
    let known = match test {
        Asked::Present => None,
        Asked::OneOf { values, case } => texts(values, whole, *case),
        Asked::Text { relation, text: part, case } => {
            let relation = match relation {
                Place::Prefix => start,
                Place::Suffix | Place::Contains => Relation::Contains,
            };
            text(part, relation, *case).map(|condition| vec![condition])
        }
        Asked::Regex { pattern, .. } => match_of(pattern).and_then(|(values, is_whole, case)| {
            texts(&values, if is_whole { whole } else { Relation::Contains }, case)
        }),
    };
    known.unwrap_or_else(|| vec![Condition::present(input)])
}

/// Texts of which every match of a pattern is one, or contains one.
fn match_of(pattern: &Pattern) -> Option<(Vec<Vec<u8>>, bool, Case)> {
    if let Some(values) =
        pattern.literals().filter(|values| (1..=MOST_VALUES).contains(&values.len()))
    {
        return Some((values, true, Case::Sensitive));
    }
    let required = pattern.required()?;
    Some((required.literals, false, required.case))
}
