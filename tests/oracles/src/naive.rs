//! A policy decided in the plainest way: rules, blocks and conditions in their order, nothing shared, nothing
//! indexed. What [`Program`] must agree with.

mod cookies;
mod whole;

use std::collections::BTreeMap;

use policy::policy::{Condition, Relation, Rule, Split, Subject, SubsetId, Test};
use policy::regex::{Case, MAX_VALUE};
use policy::spec::Anonymous;
use policy::split::{Cohort, Generator, mix};
use policy::{Decision, Policy, Program, Scratch};
use regex::bytes::Regex;
use xxhash_rust::xxh3::xxh3_64;

pub use cookies::cookies;
pub use whole::whole;

use crate::request::{Headers, Recorded};

/// A policy, read plainly.
#[derive(Debug)]
pub struct Naive {
    policy: Policy,
    regexes: BTreeMap<(String, Case), Regex>,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The rule that takes it.
    pub rule: Option<usize>,
    /// None where chance decides.
    pub subset: Option<SubsetId>,
}

impl Verdict {
    /// Whether a decision is this one.
    #[must_use]
    pub fn agrees(self, decision: &Decision) -> bool {
        self.rule == decision.rule && self.subset.is_none_or(|subset| subset == decision.subset)
    }
}

impl Naive {
    /// Reads a policy.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        let mut regexes = BTreeMap::new();
        let blocks = policy.rules().iter().flat_map(Rule::blocks);
        for condition in blocks.flat_map(|block| &block.conditions) {
            if let Test::Regex { source, case, .. } = &condition.test {
                regexes.insert((source.clone(), *case), whole(source, *case));
            }
        }
        Self { policy: policy.clone(), regexes }
    }

    /// Decides a request.
    #[must_use]
    pub fn decide(&self, headers: &Headers) -> Verdict {
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

    /// Whether the program of the policy decides a request in the same way, reads nothing of it twice, and tells how it
    /// decides in the same way, too.
    ///
    /// # Errors
    /// With what differs.
    pub fn agrees(
        &self,
        program: &Program,
        headers: &Headers,
        draws: &mut Generator,
        scratch: &mut Scratch,
    ) -> Result<Decision, String> {
        let mut again = draws.clone();
        let mut request = Recorded::new(headers, draws);
        let decision = program.decide(&mut request, scratch);
        let expected = self.decide(headers);
        if !expected.agrees(&decision) {
            return Err(format!("{decision:?}, not {expected:?}"));
        }
        for (at, read) in request.reads.iter().enumerate() {
            if request.reads[..at].contains(read) {
                return Err(format!("{read} is read twice"));
            }
            if program.headers().all(|input| input != read) {
                return Err(format!("{read} is no input"));
            }
        }
        let traced = program.trace(&mut Recorded::new(headers, &mut again), scratch).decision;
        if (traced.rule, traced.subset) != (decision.rule, decision.subset) {
            return Err(format!("{decision:?}, but traced {traced:?}"));
        }
        Ok(decision)
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
                value.len() <= MAX_VALUE && self.regexes[&(source.clone(), *case)].is_match(value)
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

/// The scores of weighted rendezvous hashing, written out once more: `policy` keeps its scores to itself.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "52 bits and a half fit a double's 53")]
pub fn score(weight: u16, x: u64) -> f64 {
    let t = ((x >> 12) as f64 + 0.5) / (1_u64 << 52) as f64;
    f64::from(weight) / -libm::log(t)
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
        Subject::Cookie(name) => {
            let cookies = cookies(&header("cookie", headers)?);
            cookies.into_iter().find(|(other, _)| other == name.as_bytes()).map(|(_, value)| value)
        }
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
pub(crate) fn split_at(bytes: &[u8], separator: u8) -> (Vec<u8>, Option<Vec<u8>>) {
    match bytes.iter().position(|b| *b == separator) {
        Some(at) => (bytes[..at].to_vec(), Some(bytes[at + 1..].to_vec())),
        None => (bytes.to_vec(), None),
    }
}

/// Path and query; a fragment, which no client should send, belongs to neither.
fn target(raw: &[u8]) -> (Vec<u8>, Option<Vec<u8>>) {
    split_at(&split_at(raw, b'#').0, b'?')
}
