//! Values that tell two regexes apart: what a rule's old one matches and its new one does not, or the other way round.

use policy::Policy;
use policy::policy::{Rule, Subject, Test};
use policy::regex::{Automaton, Pattern};

use super::super::pairing::Pairing;

/// As many pairs of regexes are compared at most.
const MAX_PAIRS: usize = 256;

/// The values for the rules whose conditions changed, by what they are values of.
pub(super) fn values(old: &Policy, new: &Policy, pairing: &Pairing) -> Vec<(Subject, Vec<u8>)> {
    let changed = pairing.kept.iter().filter(|kept| !kept.is_same);
    let pairs = changed.flat_map(|kept| {
        let (before, after) = (regexes(old, kept.old), regexes(new, kept.new));
        let pair = move |(subject, pattern): (Subject, Pattern)| {
            let others = after.clone().into_iter().filter(move |(other, _)| *other == subject);
            others.map(move |(subject, other)| (subject, pattern.clone(), other))
        };
        before.into_iter().flat_map(pair)
    });
    let pairs = pairs.filter(|(_, pattern, other)| pattern != other).take(MAX_PAIRS);
    pairs.flat_map(|(subject, pattern, other)| between(&subject, &pattern, &other)).collect()
}

fn regexes(policy: &Policy, rule: usize) -> Vec<(Subject, Pattern)> {
    let blocks = policy.rules().get(rule).map(Rule::blocks).unwrap_or_default();
    let conditions = blocks.iter().flat_map(|block| &block.conditions);
    let regex = conditions.filter_map(|condition| match &condition.test {
        Test::Regex { pattern, .. } => Some((condition.subject.clone(), pattern.clone())),
        _ => None,
    });
    regex.collect()
}

fn between(subject: &Subject, pattern: &Pattern, other: &Pattern) -> Vec<(Subject, Vec<u8>)> {
    let (Ok(first), Ok(second)) = (Automaton::compile(pattern), Automaton::compile(other)) else {
        return Vec::new();
    };
    let (start, alphabet) = alphabet(subject);
    // A space may stand in most values, but neither first nor last.
    let with_space = [alphabet.as_slice(), b" "].concat();
    let value = |a: &Automaton, b: &Automaton| {
        a.without(b, start, &alphabet).or_else(|| a.without(b, start, &with_space))
    };
    let values = [value(&first, &second), value(&second, &first)];
    values.into_iter().flatten().map(|value| (subject.clone(), value)).collect()
}

/// How a value begins, and the bytes that go on with it, those that read well first.
fn alphabet(subject: &Subject) -> (&'static [u8], Vec<u8>) {
    let (start, others): (&[u8], &[u8]) = match subject {
        Subject::Path => (b"/", b"?#"),
        Subject::Query(_) => (b"", b"&#"),
        Subject::Cookie(_) => (b"", b";\""),
        Subject::Header(_) | Subject::Caller(_) => (b"", b""),
    };
    let mut bytes: Vec<u8> = (b'!'..=b'~').filter(|byte| !others.contains(byte)).collect();
    if matches!(subject, Subject::Caller(_)) {
        bytes.retain(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    }
    bytes.sort_by_key(|byte| (!byte.is_ascii_lowercase(), !byte.is_ascii_alphanumeric(), *byte));
    (start, bytes)
}
