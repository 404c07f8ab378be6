//! Conditions of a rule in a form in which equal ones are equal, however they are written.

use policy::policy::{Rule, Test};

/// The blocks of a rule, in no order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Signature(Vec<Vec<String>>);

impl Signature {
    pub(super) fn new(rule: &Rule) -> Self {
        let block = |block: &policy::policy::Block| {
            let conditions = block.conditions.iter();
            sorted(conditions.map(|c| format!("{:?} {} {}", c.subject, c.holds, test(&c.test))))
        };
        Self(sorted(rule.blocks().iter().map(block)))
    }
}

fn test(test: &Test) -> String {
    match test {
        Test::Present => "present".to_owned(),
        Test::OneOf { values, case } => {
            format!("in {case:?} {:?}", sorted(values.iter()))
        }
        Test::Text { relation, text, case } => format!("{relation:?} {case:?} {text:?}"),
        Test::Regex { source, case, .. } => format!("regex {case:?} {source:?}"),
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}
