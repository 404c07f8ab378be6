//! A request and what the Program makes of it.

use std::collections::BTreeMap;

use policy::policy::{Block, Condition, DEFAULT_RULE, Share, Split, Subject, SubsetId};
use policy::program::{Answer, Choice, Identified, Trace};
use policy::split::Generator;
use policy::{Checked, Lines, Policy, Scratch};

use super::Request;

/// A request and what the Program makes of it.
#[derive(Debug)]
pub struct Explanation<'a> {
    /// The Release.
    pub policy: &'a Policy,
    /// The request.
    pub request: &'a Request,
    /// How it was decided.
    pub trace: Trace,
}

/// A condition and what the request says to it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The condition.
    pub condition: &'a Condition,
    /// The request's answer.
    pub answer: &'a Answer,
}

/// Decides requests, one after the other.
#[derive(Debug)]
pub struct Explainer<'a> {
    checked: &'a Checked,
    caller: BTreeMap<String, String>,
    scratch: Scratch,
    draws: Generator,
}

impl<'a> Explainer<'a> {
    /// For requests of a workload with the labels of `caller`. Random numbers are the same each time: what chance
    /// decides is only an example anyway.
    #[must_use]
    pub fn new(checked: &'a Checked, caller: BTreeMap<String, String>) -> Self {
        Self { checked, caller, scratch: Scratch::default(), draws: Generator::new(0) }
    }

    /// Decides a request.
    pub fn explain<'r>(&mut self, request: &'r Request) -> Explanation<'r>
    where
        'a: 'r,
    {
        let mut seen =
            Seen { headers: request.as_envoy_has(), caller: &self.caller, draws: &mut self.draws };
        let trace = self.checked.program.trace(&mut seen, &mut self.scratch);
        Explanation { policy: &self.checked.policy, request, trace }
    }
}

/// A request as the Program sees it.
struct Seen<'a> {
    headers: Vec<(String, Vec<u8>)>,
    caller: &'a BTreeMap<String, String>,
    draws: &'a mut Generator,
}

impl policy::Request for Seen<'_> {
    fn lines(&mut self, name: &str) -> Lines {
        // Envoy keeps `host` as the pseudo-header, and finds it by either name.
        let name = if name == "host" { ":authority" } else { name };
        let lines = self.headers.iter().filter(|(other, _)| other == name);
        lines.map(|(_, value)| value.as_slice()).collect()
    }

    fn caller(&mut self, label: &str) -> Option<Vec<u8>> {
        self.caller.get(label).map(|value| value.clone().into_bytes())
    }

    fn draw(&mut self) -> u64 {
        self.draws.draw()
    }
}

impl<'a> Explanation<'a> {
    /// The name of the rule that takes it.
    #[must_use]
    pub fn rule(&self) -> &'a str {
        rule_name(self.policy, self.trace.decision.rule)
    }

    /// The name of the subset that it goes to.
    #[must_use]
    pub fn subset(&self) -> &'a str {
        self.policy.subset_name(self.trace.decision.subset)
    }

    /// The split that decides.
    #[must_use]
    pub fn split(&self) -> &'a Split {
        split(self.policy, self.trace.decision.rule)
    }

    /// Who the user is taken for, and by what.
    #[must_use]
    pub fn identity(&self) -> Option<(&'a Subject, &Identified)> {
        let identified = self.trace.identity.as_ref()?;
        Some((self.policy.identity().get(identified.by)?, identified))
    }

    /// The shares that such requests are drawn from.
    #[must_use]
    pub fn shares(&self) -> Vec<(SubsetId, Share)> {
        match self.trace.choice {
            Choice::Only(subset) => vec![(subset, Share::ALL)],
            Choice::Anonymous => vec![(self.policy.stable(), Share::ALL)],
            Choice::User(_) | Choice::Random => self.split().shares().collect(),
        }
    }

    /// Whether each such request is drawn anew.
    #[must_use]
    pub fn is_random(&self) -> bool {
        self.trace.choice == Choice::Random
    }

    /// The share that the deciding split gives a subset.
    #[must_use]
    pub fn share(&self, subset: SubsetId) -> Option<Share> {
        self.split().shares().find(|(id, _)| *id == subset).map(|(_, share)| share)
    }

    /// The subsets that this user may move into, and the share from which each would have the user; `None`
    /// where no share would. Only where the user's draw counts, or would count if the split gave others any.
    #[must_use]
    pub fn joins(&self) -> Vec<(SubsetId, Option<Share>)> {
        let split = self.split();
        let draw = match (self.trace.choice, &self.trace.identity) {
            (Choice::User(draw), _) => draw,
            // Only stable gets users yet: from which share on is what the operator wants to know.
            (Choice::Only(only), Some(identified)) if only == self.policy.stable() => {
                identified.draw
            }
            _ => return Vec::new(),
        };
        let all = (0..self.policy.subsets().len()).map(SubsetId);
        let is_asked = |id: &SubsetId| split.only().is_some() || self.share(*id).is_some();
        all.filter(|id| *id != self.policy.stable() && is_asked(id))
            .map(|id| (id, self.policy.joins(split, id, draw)))
            .collect()
    }

    /// The rules that were asked in their order, up to the one that decides, each with its blocks.
    pub fn rules(&self) -> impl Iterator<Item = (usize, &'a str, Vec<Vec<Asked<'_>>>)> {
        let count = self.trace.decision.rule.map_or(usize::MAX, |rule| rule.saturating_add(1));
        let rules = self.policy.rules().iter().zip(&self.trace.rules).enumerate().take(count);
        rules.map(|(number, (rule, blocks))| {
            let blocks = rule.blocks().iter().zip(blocks);
            (number, rule.name(), blocks.map(|(block, answers)| asked(block, answers)).collect())
        })
    }
}

fn asked<'t>(block: &'t Block, answers: &'t [Answer]) -> Vec<Asked<'t>> {
    let pairs = block.conditions.iter().zip(answers);
    pairs.map(|(condition, answer)| Asked { condition, answer }).collect()
}

/// The name of a rule, or of what none takes.
#[must_use]
pub fn rule_name(policy: &Policy, rule: Option<usize>) -> &str {
    rule.and_then(|rule| policy.rules().get(rule)).map_or(DEFAULT_RULE, |rule| rule.name())
}

/// The split of a rule, or of what none takes.
#[must_use]
pub fn split(policy: &Policy, rule: Option<usize>) -> &Split {
    rule.and_then(|rule| policy.rules().get(rule)).map_or(policy.split(), |rule| rule.split())
}
