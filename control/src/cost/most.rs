//! What of a Release costs most, of that which could be otherwise: a header, regexes, searches for texts.

use policy::policy::{Rule, Subject, Test};
use policy::program::{Header, Work};
use policy::{Checked, Policy};

use super::class::Part;
use super::estimate::Sums;

/// What costs most in a request that no rule takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Most {
    /// What it is, and what would do without.
    pub what: String,
    /// The header, in lower case.
    pub header: Option<String>,
    /// A rule that wants it; none where only the identity does.
    pub rule: Option<String>,
    /// Its instructions.
    pub instructions: f64,
}

/// The candidate that costs most.
pub(super) fn of(release: &Checked, usual: &Work<'_>, sums: &Sums<'_>) -> Option<Most> {
    let mut all: Vec<Most> =
        usual.headers.iter().map(|header| of_header(release, usual, header, sums)).collect();
    all.extend(of_regexes(&release.policy, usual, sums));
    all.extend(of_searches(&release.policy, usual, sums));
    all.retain(|most| most.instructions > 0.0);
    all.into_iter().max_by(|a, b| a.instructions.total_cmp(&b.instructions))
}

/// What would be saved without a header.
fn of_header(release: &Checked, usual: &Work<'_>, header: &Header<'_>, sums: &Sums<'_>) -> Most {
    let others = usual.headers.iter().filter(|other| *other != header).cloned().collect();
    let without = Work { headers: others, regexes_of: Vec::new() };
    let cost = |work| sums.default(work).total();
    let rule = reader(&release.policy, header.name);
    let reason = match &rule {
        Some(rule) => format!("read for the rule `{rule}`"),
        None => "read for the identity".to_owned(),
    };
    let remedy = match usual.headers.len() {
        1 => "the only one that is read",
        2 => "without it one read would do",
        _ => "all headers are read at once",
    };
    Most {
        what: format!("the header `{}`, {reason}: {remedy}", header.name),
        header: Some(header.name.to_owned()),
        rule,
        instructions: cost(usual) - cost(&without),
    }
}

fn of_regexes(policy: &Policy, usual: &Work<'_>, sums: &Sums<'_>) -> Option<Most> {
    let first = policy.rules().get(*usual.regexes_of.first()?)?.name().to_owned();
    let what = match usual.regexes_of.len() {
        1 => format!(
            "the regex of the rule `{first}` runs over each value: no text in it is always there"
        ),
        number => format!(
            "the regexes of {number} rules run over each value, that of `{first}` first: no text in them is always there"
        ),
    };
    let instructions = sums.default(usual).of(Part::Regexes);
    Some(Most { what, header: None, rule: Some(first), instructions })
}

fn of_searches(policy: &Policy, usual: &Work<'_>, sums: &Sums<'_>) -> Option<Most> {
    let is_sought = |test: &Test| matches!(test, Test::Text { .. } | Test::Regex { .. });
    let seeks = |rule: &&Rule| {
        let mut conditions = rule.blocks().iter().flat_map(|block| &block.conditions);
        conditions.any(|condition| is_sought(&condition.test))
    };
    let rule = policy.rules().iter().find(seeks)?.name().to_owned();
    let what = format!(
        "values are searched for the texts of `prefix`, `suffix`, `contains` and regexes, for the rule `{rule}` first"
    );
    let instructions = sums.default(usual).of(Part::Search);
    Some(Most { what, header: None, rule: Some(rule), instructions })
}

/// The first rule that looks at a header.
fn reader(policy: &Policy, header: &str) -> Option<String> {
    let reads = |rule: &&Rule| {
        let mut conditions = rule.blocks().iter().flat_map(|block| &block.conditions);
        conditions.any(|condition| read_from(&condition.subject) == Some(header))
    };
    policy.rules().iter().find(reads).map(|rule| rule.name().to_owned())
}

/// The header that a subject is read from.
fn read_from(subject: &Subject) -> Option<&str> {
    match subject {
        Subject::Cookie(_) => Some("cookie"),
        Subject::Query(_) | Subject::Path => Some(":path"),
        Subject::Header(name) => Some(name.as_str()),
        Subject::Caller(_) => None,
    }
}
