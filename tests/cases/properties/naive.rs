//! A policy decided in the plainest way: rules, blocks and conditions in their order, nothing shared, nothing
//! indexed. What [`Program`](policy::Program) must agree with.

use std::collections::BTreeMap;

use policy::policy::{Condition, Relation, Rule, Split, Subject, SubsetId, Test};
use policy::regex::{Automaton, Case, MAX_VALUE};
use policy::spec::Anonymous;
use policy::split::{Cohort, mix};
use policy::{Decision, Policy};
use xxhash_rust::xxh3::xxh3_64;

use crate::served::Headers;
use crate::split::score;

pub(super) struct Naive<'p> {
    policy: &'p Policy,
    automata: BTreeMap<(String, Case), Automaton>,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) rule: Option<usize>,
    /// None where chance decides.
    pub(super) subset: Option<SubsetId>,
}

impl Verdict {
    /// Whether a decision is this one.
    pub(super) fn agrees(self, decision: &Decision) -> bool {
        self.rule == decision.rule && self.subset.is_none_or(|subset| subset == decision.subset)
    }
}

impl<'p> Naive<'p> {
    pub(super) fn new(policy: &'p Policy) -> Self {
        let mut automata = BTreeMap::new();
        let blocks = policy.rules().iter().flat_map(Rule::blocks);
        for condition in blocks.flat_map(|block| &block.conditions) {
            if let Test::Regex { pattern, source, case } = &condition.test {
                automata.insert((source.clone(), *case), Automaton::compile(pattern).unwrap());
            }
        }
        Self { policy, automata }
    }

    pub(super) fn decide(&self, headers: &Headers) -> Verdict {
        let rules = self.policy.rules();
        let rule = rules.iter().position(|rule| {
            let mut blocks = rule.blocks().iter();
            blocks.any(|block| block.conditions.iter().all(|c| self.meets(c, headers)))
        });
        let (split, sticky) = match rule {
            Some(rule) => (rules[rule].split(), rules[rule].sticky()),
            None => (self.policy.split(), self.policy.sticky()),
        };
        Verdict { rule, subset: self.subset(split, sticky, headers) }
    }

    fn meets(&self, condition: &Condition, headers: &Headers) -> bool {
        let values = values(&condition.subject, headers);
        values.iter().any(|value| self.passes(value, &condition.test)) == condition.holds
    }

    fn passes(&self, value: &[u8], test: &Test) -> bool {
        let folded = |case: Case| match case {
            Case::Sensitive => value.to_vec(),
            Case::Ignore => value.to_ascii_lowercase(),
        };
        match test {
            Test::Present => true,
            Test::OneOf { values, case } => values.contains(&folded(*case)),
            Test::Text { relation: Relation::Prefix, text, case } => {
                folded(*case).starts_with(text)
            }
            Test::Text { relation: Relation::Suffix, text, case } => folded(*case).ends_with(text),
            Test::Text { relation: Relation::Contains, text, case } => {
                folded(*case).windows(text.len()).any(|window| window == text)
            }
            Test::Regex { source, case, .. } => {
                value.len() <= MAX_VALUE && self.automata[&(source.clone(), *case)].is_match(value)
            }
        }
    }

    fn subset(&self, split: &Split, sticky: bool, headers: &Headers) -> Option<SubsetId> {
        if let Some(only) = split.only() {
            return Some(only);
        }
        if !sticky {
            return None;
        }
        let mut identity = self.policy.identity().iter();
        let known = identity.find_map(|s| value(s, headers).filter(|value| !value.is_empty()));
        match (known, self.policy.anonymous()) {
            (Some(known), _) => Some(self.pick(split, &known)),
            (None, Anonymous::Stable) => Some(self.policy.stable()),
            (None, Anonymous::Random) => None,
        }
    }

    fn pick(&self, split: &Split, identity: &[u8]) -> SubsetId {
        let h = Cohort::new(self.policy.cohort().as_bytes()).draw(identity);
        let mut best: Option<(f64, &str, SubsetId)> = None;
        for (id, share) in split.shares() {
            let key = self.policy.subsets()[id.0].key.as_str();
            let score = score(share.hundredths(), mix(h ^ xxh3_64(key.as_bytes())));
            let better = best.is_none_or(|(top, of, _)| score > top || (score >= top && key < of));
            if better {
                best = Some((score, key, id));
            }
        }
        best.unwrap().2
    }
}

fn header(name: &str, headers: &Headers) -> Option<Vec<u8>> {
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
}

/// What a test of `subject` may be met by.
fn values(subject: &Subject, headers: &Headers) -> Vec<Vec<u8>> {
    match subject {
        Subject::Header(name) if name.may_repeat() => {
            let named = headers.iter().filter(|(other, _)| other == name.as_str());
            named.map(|(_, value)| value.clone()).collect()
        }
        _ => value(subject, headers).into_iter().collect(),
    }
}

fn value(subject: &Subject, headers: &Headers) -> Option<Vec<u8>> {
    match subject {
        Subject::Caller(_) => None,
        Subject::Header(name) => header(name.as_str(), headers),
        Subject::Cookie(name) => cookie(&header("cookie", headers)?, name.as_bytes()),
        Subject::Path => Some(target(&header(":path", headers)?).0),
        Subject::Query(name) => {
            let query = target(&header(":path", headers)?).1?;
            let mut pairs = query.split(|b| *b == b'&').map(|pair| split_at(pair, b'='));
            pairs
                .find(|(key, _)| key == name.as_bytes())
                .map(|(_, value)| value.unwrap_or_default())
        }
    }
}

/// What is before the first `separator`, and what is behind it.
fn split_at(bytes: &[u8], separator: u8) -> (Vec<u8>, Option<Vec<u8>>) {
    match bytes.iter().position(|b| *b == separator) {
        Some(at) => (bytes[..at].to_vec(), Some(bytes[at + 1..].to_vec())),
        None => (bytes.to_vec(), None),
    }
}

/// Path and query; a fragment, which no client should send, belongs to neither.
fn target(raw: &[u8]) -> (Vec<u8>, Option<Vec<u8>>) {
    split_at(&split_at(raw, b'#').0, b'?')
}

fn cookie(header: &[u8], wanted: &[u8]) -> Option<Vec<u8>> {
    for piece in header.split(|b| *b == b';') {
        let (name, Some(value)) = split_at(piece, b'=') else { continue };
        if name.trim_ascii() == wanted {
            let value = value.trim_ascii();
            let quoted = value.len() >= 2 && value.starts_with(b"\"") && value.ends_with(b"\"");
            return Some(if quoted { value[1..value.len() - 1].to_vec() } else { value.to_vec() });
        }
    }
    None
}
