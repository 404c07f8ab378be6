//! What of a Release costs most, of that which could be otherwise: a header, regexes, searches for texts.

use policy::policy::{Block, Rule, Subject, Test};
use policy::program::{Header, Work};
use policy::{Checked, Policy};

use super::class::Part;
use super::sums::Sums;

/// What costs most in a request that no rule takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Dominant {
    /// What it is for.
    pub what: String,
    /// The header, in lower case.
    pub header: Option<String>,
    /// A rule that wants it; none where only the identity does.
    pub rule: Option<String>,
    /// Its instructions.
    pub instructions: f64,
}

/// The candidate that costs most.
pub(super) fn find(release: &Checked, usual: &Work<'_>, sums: &Sums<'_>) -> Option<Dominant> {
    let policy = &release.policy;
    let all = [
        of_headers(policy, usual, sums),
        of_regexes(policy, usual, sums),
        of_searches(policy, usual, sums),
    ];
    let all = all.into_iter().flatten().filter(|dominant| dominant.instructions > 0.0);
    all.max_by(|a, b| a.instructions.total_cmp(&b.instructions))
}

/// To read headers, and to go through them: of several the first that the fewest rules want is named.
fn of_headers(policy: &Policy, usual: &Work<'_>, sums: &Sums<'_>) -> Option<Dominant> {
    let readers =
        |header: &Header<'_>| policy.rules().iter().filter(|rule| reads(rule, header)).count();
    let header = usual.headers.iter().rev().min_by_key(|header| readers(header))?;
    let rule = policy.rules().iter().find(|rule| reads(rule, header));
    let reader = match rule {
        Some(rule) => format!("which the rule `{}` reads", rule.name()),
        None => "which is read for the identity".to_owned(),
    };
    let whole = sums.default(usual);
    let (what, parts) = if usual.headers.len() > 1 {
        let others: Vec<String> = usual
            .headers
            .iter()
            .filter(|other| *other != header)
            .map(|other| format!("`{}`", other.name))
            .collect();
        let what = format!(
            "for all headers at once: `{}`, {reader}, is needed in addition to {}",
            header.name,
            others.join(", ")
        );
        (what, vec![Part::ReadAll, Part::Scan])
    } else {
        let what = format!("for the header `{}`, {reader}, the only one that is read", header.name);
        (what, vec![Part::ReadOne, Part::ReadLines, Part::Scan])
    };
    Some(Dominant {
        what,
        header: Some(header.name.to_owned()),
        rule: rule.map(|rule| rule.name().to_owned()),
        instructions: parts.into_iter().map(|part| whole.of(part)).sum(),
    })
}

fn of_regexes(policy: &Policy, usual: &Work<'_>, sums: &Sums<'_>) -> Option<Dominant> {
    let first = policy.rules().get(*usual.regexes_of.first()?)?.name().to_owned();
    let what = match usual.regexes_of.len() {
        1 => format!(
            "for the regex of the rule `{first}`, which runs over each value: its matches have no text in common"
        ),
        number => format!(
            "for the regexes of {number} rules, `{first}` first, which run over each value: their matches have no \
             text in common"
        ),
    };
    let instructions = sums.default(usual).of(Part::Regexes);
    Some(Dominant { what, header: None, rule: Some(first), instructions })
}

fn of_searches(policy: &Policy, usual: &Work<'_>, sums: &Sums<'_>) -> Option<Dominant> {
    let is_sought = |test: &Test| matches!(test, Test::Text { .. } | Test::Regex { .. });
    let seeks = |rule: &&Rule| {
        let mut conditions = rule.blocks().iter().flat_map(|block| &block.conditions);
        conditions.any(|condition| is_sought(&condition.test))
    };
    let rule = policy.rules().iter().find(seeks)?.name().to_owned();
    let what = format!(
        "for the search for texts of `prefix`, `suffix`, `contains` and regexes, `{rule}` first"
    );
    let instructions = sums.default(usual).of(Part::Search);
    Some(Dominant { what, header: None, rule: Some(rule), instructions })
}

/// How many blocks of all rules ask something of cookies: each is a route where Envoy decides alone.
pub(super) fn about_cookies(policy: &Policy) -> usize {
    let blocks = policy.rules().iter().flat_map(Rule::blocks);
    let asks = |block: &&Block| {
        block.conditions.iter().any(|condition| read_from(&condition.subject) == Some("cookie"))
    };
    blocks.filter(asks).count()
}

fn reads(rule: &Rule, header: &Header<'_>) -> bool {
    let mut conditions = rule.blocks().iter().flat_map(|block| &block.conditions);
    conditions.any(|condition| read_from(&condition.subject) == Some(header.name))
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
