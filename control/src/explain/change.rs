//! What would send a request elsewhere.

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

/// What would: the rule that is nearest to taking the request first, among equals the first rule.
#[must_use]
pub fn changes<'e>(explanation: &'e Explanation<'_>) -> Vec<Change<'e>> {
    let decision = &explanation.trace.decision;
    let mut changes: Vec<Change<'e>> = Vec::new();
    for (rule, name, blocks) in
        explanation.rules().filter(|(rule, ..)| Some(*rule) != decision.rule)
    {
        let unmet = blocks
            .into_iter()
            .map(|block| block.into_iter().filter(|asked| !asked.answer.met).collect::<Vec<_>>());
        if let Some(unmet) = unmet.min_by_key(Vec::len) {
            changes.push(Change::Rule { rule, name, unmet });
        }
    }
    changes.sort_by_key(|change| match change {
        Change::Rule { unmet, .. } => unmet.len(),
        _ => usize::MAX,
    });
    changes.truncate(1);
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
