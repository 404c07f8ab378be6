//! What would send a request elsewhere.

use std::cmp::Reverse;

use policy::lint;
use policy::policy::{Share, Subject, SubsetId};
use policy::program::Choice;

use super::explanation::{Asked, Explanation};

/// What would send a request elsewhere.
#[derive(Debug)]
pub enum Change<'e> {
    /// An earlier rule would take it if these conditions were met, too.
    Rule {
        /// Its position.
        rule: usize,
        /// Its name.
        name: &'e str,
        /// The conditions of a block that are not met; no block of the rule has fewer.
        unmet: Vec<Asked<'e>>,
    },
    /// With an identity the user would be drawn.
    Identity {
        /// Any of these.
        any_of: &'e [Subject],
    },
    /// A subset would get the user with this share.
    Joins {
        /// The subset.
        subset: SubsetId,
        /// The share.
        from: Share,
    },
    /// The subset that has the user would lose them with any share below this.
    Leaves {
        /// The subset.
        subset: SubsetId,
        /// The share.
        below: Share,
    },
}

/// The rules that are shown.
const MAX_RULES: usize = 3;

/// What would: first the rules that are nearest to taking the request.
#[must_use]
pub fn changes<'e>(explanation: &'e Explanation<'_>) -> Vec<Change<'e>> {
    let decision = &explanation.trace.decision;
    let mut changes = nearest(explanation);
    if explanation.trace.choice == Choice::Anonymous {
        changes.push(Change::Identity { any_of: explanation.policy.identity() });
    }
    changes.extend(explanation.joins().into_iter().filter_map(|(subset, from)| {
        let from = from?;
        Some(if subset == decision.subset {
            Change::Leaves { subset, below: from }
        } else {
            Change::Joins { subset, from }
        })
    }));
    changes
}

/// The rules that lack the fewest conditions; among them those first of which most is met.
fn nearest<'e>(explanation: &'e Explanation<'_>) -> Vec<Change<'e>> {
    let decision = &explanation.trace.decision;
    let mut rules = Vec::new();
    for (rule, name, blocks) in
        explanation.rules().filter(|(rule, ..)| Some(*rule) != decision.rule)
    {
        let is_possible = |asked: &Asked<'_>| {
            !asked.condition.holds || lint::why_never(asked.condition).is_none()
        };
        let blocks =
            blocks.into_iter().filter(|block| block.iter().all(is_possible)).map(|block| {
                let all = block.len();
                let unmet: Vec<_> = block.into_iter().filter(|asked| !asked.answer.met).collect();
                ((unmet.len(), Reverse(all)), unmet)
            });
        if let Some((distance, unmet)) = blocks.min_by_key(|(distance, _)| *distance) {
            rules.push((distance, Change::Rule { rule, name, unmet }));
        }
    }
    rules.sort_by_key(|(distance, _)| *distance);
    let least = rules.first().map(|((unmet, _), _)| *unmet);
    let nearest = rules.into_iter().take_while(|((unmet, _), _)| Some(*unmet) == least);
    nearest.take(MAX_RULES).map(|(_, change)| change).collect()
}
