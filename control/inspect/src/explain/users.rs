//! Synthetic users through every split of a Release: what each subset was promised and what it got.
//!
//! The users are `user-1`, `user-2` and so on: always the same, so that a run repeats to the digit. Where a split
//! is not sticky, each of them is a request that is drawn by chance.

use anstyle::Style;
use document::report::table::{Column, Table};
use document::report::text::printable;
use document::report::{Percent, Portion};
use policy::Policy;
use policy::policy::{Share, Split, SubsetId};
use policy::split::{Cohort, Generator};
use serde_json::{Value, json};

use super::explanation::rule_name;

/// What the splits of a Release give to users.
#[derive(Debug)]
pub struct Drawn<'a> {
    policy: &'a Policy,
    users: u32,
    rules: Vec<Rule<'a>>,
}

#[derive(Debug)]
struct Rule<'a> {
    name: &'a str,
    sticky: bool,
    subsets: Vec<Subset>,
}

#[derive(Debug)]
struct Subset {
    id: SubsetId,
    promised: Share,
    users: u32,
}

impl<'a> Drawn<'a> {
    /// Draws this many users.
    #[must_use]
    pub fn new(policy: &'a Policy, users: u32) -> Self {
        let rules =
            policy.rules().iter().enumerate().map(|(number, rule)| {
                (rule_name(policy, Some(number)), rule.split(), rule.sticky())
            });
        let default = (rule_name(policy, None), policy.split(), policy.sticky());
        let draw = |(name, split, sticky)| Rule {
            name,
            sticky,
            subsets: draw(policy, split, sticky, users),
        };
        Self { policy, users, rules: rules.chain([default]).map(draw).collect() }
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let name = |id| printable(self.policy.subset_name(id));
        let mut table = Table::new([
            Column::left("rule"),
            Column::left("subset"),
            Column::right("promised").at_least(10),
            Column::right("drawn").at_least(10),
            Column::right("users").at_least(8),
            Column::left(""),
        ]);
        table.heads(Style::new());
        for rule in &self.rules {
            for (position, subset) in rule.subsets.iter().enumerate() {
                let is_chance = !rule.sticky && rule.subsets.len() > 1;
                table.row([
                    if position == 0 { rule.name.to_owned() } else { String::new() },
                    name(subset.id),
                    Percent::from(subset.promised).to_string(),
                    self.drawn(subset).to_string(),
                    subset.users.to_string(),
                    if is_chance { "by chance".to_owned() } else { String::new() },
                ]);
            }
        }
        table.render()
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let rules = self.rules.iter().map(|rule| {
            let subsets = rule.subsets.iter().map(|subset| {
                json!({
                    "subset": self.policy.subset_name(subset.id),
                    "promised": Percent::from(subset.promised).to_value(),
                    "drawn": self.drawn(subset).value(),
                    "users": subset.users,
                })
            });
            json!({ "rule": rule.name, "sticky": rule.sticky, "subsets": subsets.collect::<Vec<_>>() })
        });
        json!({
            "release": self.policy.full_name(),
            "users": self.users,
            "rules": rules.collect::<Vec<_>>(),
        })
    }

    fn drawn(&self, subset: &Subset) -> Portion {
        Portion::of(subset.users.into(), self.users.into())
    }
}

fn draw(policy: &Policy, split: &Split, sticky: bool, users: u32) -> Vec<Subset> {
    let mut subsets: Vec<Subset> =
        split.shares().map(|(id, promised)| Subset { id, promised, users: 0 }).collect();
    let rendezvous = policy.rendezvous(split);
    let cohort = Cohort::new(policy.cohort().as_bytes());
    let mut chance = Generator::new(0);
    for user in 1..=users {
        let draw =
            if sticky { cohort.draw(format!("user-{user}").as_bytes()) } else { chance.draw() };
        let picked = rendezvous.pick(draw);
        if let Some(subset) = subsets.iter_mut().find(|subset| Some(subset.id) == picked) {
            subset.users += 1;
        }
    }
    subsets
}
