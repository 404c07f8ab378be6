//! Counters of decisions, defined once per configuration: one per rule and subset that can come out of it.
//!
//! In the names stand the labels, in the form that Istio's `extraStatTags` turn into Prometheus labels
//! (`label=.=value;.;`). Nothing of a request is ever part of a name: Envoy does not free a statistic.

use log::debug;
use policy::policy::{DEFAULT_RULE, Split};
use policy::spec::Anonymous;
use policy::{Decision, Policy};

use crate::host::{Counter, Failure};

pub(crate) struct Counters {
    rules: Vec<BySubset>,
    default: BySubset,
    too_long: Counter,
}

/// The counters of one rule; none for a subset that it never chooses.
type BySubset = Vec<Option<Counter>>;

impl Counters {
    pub(crate) fn define(policy: &Policy) -> Result<Self, Failure> {
        let names = Names { policy, release: format!("serin_release=.={};.;", policy.full_name()) };
        let rules = policy.rules().iter();
        let rules = rules.map(|rule| names.define(rule.name(), rule.split(), rule.sticky()));
        Ok(Self {
            rules: rules.collect::<Result<_, _>>()?,
            default: names.define(DEFAULT_RULE, policy.split(), policy.sticky())?,
            too_long: Counter::define(&format!("{}serin_values_too_long_total", names.release))?,
        })
    }

    pub(crate) fn count(&self, decision: &Decision) {
        let of_rule = match decision.rule {
            Some(rule) => self.rules.get(rule),
            None => Some(&self.default),
        };
        if let Some(&Some(counter)) = of_rule.and_then(|rule| rule.get(decision.subset.0)) {
            add(counter, 1);
        }
        if decision.too_long > 0 {
            add(self.too_long, decision.too_long);
        }
    }
}

fn add(counter: Counter, amount: u32) {
    if let Err(failure) = counter.add(amount) {
        debug!("a decision was not counted: {failure}");
    }
}

struct Names<'a> {
    policy: &'a Policy,
    release: String,
}

impl Names<'_> {
    fn define(&self, rule: &str, split: &Split, sticky: bool) -> Result<BySubset, Failure> {
        let Self { policy, release } = self;
        // Users without an identity, of whom a split to one subset does not even ask.
        let anonymous = sticky && split.only().is_none() && policy.anonymous() == Anonymous::Stable;
        let mut counters = vec![None; policy.subsets().len()];
        let chosen = split.shares().map(|(subset, _)| subset);
        for subset in chosen.chain(anonymous.then(|| policy.stable())) {
            if let Some(slot @ None) = counters.get_mut(subset.0) {
                let subset = policy.subset_name(subset);
                *slot = Some(Counter::define(&format!(
                    "{release}serin_rule=.={rule};.;serin_subset=.={subset};.;serin_decisions_total"
                ))?);
            }
        }
        Ok(counters)
    }
}
