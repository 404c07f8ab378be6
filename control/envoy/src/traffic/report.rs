//! What was found, as `--format json` prints it, and what of it is not as it was expected.

use std::collections::BTreeMap;

use document::report::Portion;
use serde::Serialize;

use super::binomial::SIX_SIGMA;
use super::latency::Latency;
use super::share::Share;
use super::tally::{MOST_VERSIONS, Tally};

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The URL.
    pub url: String,
    /// The requests a second.
    pub rate: f64,
    /// By what users can be told apart; none: every request is a user of its own.
    pub identity: Option<String>,
    /// The users.
    pub users: Option<u32>,
    /// The share of the users that each of these versions was promised, in percent.
    #[serde(skip)]
    pub expect: BTreeMap<String, f64>,
    /// Whether answers have to say who gave them.
    #[serde(skip)]
    pub is_signed: bool,
    /// Whether users have to stay where they are.
    #[serde(skip)]
    pub is_sticky: bool,
}

/// Everything that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What was asked for.
    #[serde(flatten)]
    pub asked: Asked,
    /// How long it took.
    pub seconds: f64,
    /// The requests that were answered or failed.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that failed, by kind.
    pub errors: BTreeMap<String, u64>,
    /// The answers that do not say who gave them.
    pub unsaid: u64,
    /// Who answered.
    pub versions: BTreeMap<String, Answered>,
    /// The users who were answered by more than one version.
    pub moved: u64,
    /// How long answers took; none where there are none.
    pub latency: Option<Latency>,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// What is not as it should be.
    pub problems: Vec<String>,
    /// Whether there is no such thing.
    pub ok: bool,
}

/// What a version answered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Answered {
    /// The requests.
    pub requests: u64,
    /// The users whom it was the first to answer.
    pub users: u64,
    /// Their share of the users who were answered.
    pub percent: f64,
    /// What was promised, where something was.
    pub expected: Option<Expected>,
}

/// What a version was promised.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Expected {
    /// The share of the users.
    pub percent: f64,
    /// The fewest users that chance explains.
    pub least: u64,
    /// The most.
    pub most: u64,
}

impl Report {
    /// What `tally` amounts to.
    #[must_use]
    pub fn new(asked: Asked, tally: &Tally, seconds: f64, interrupted: bool) -> Self {
        let mut problems = Vec::new();
        if tally.requests == 0 {
            problems.push("no request was answered".to_owned());
        }
        let failed: u64 = tally.errors.values().sum();
        if failed > 0 {
            problems.push(format!("{} failed", fraction(failed, tally.requests, "requests")));
        }
        let total: u64 = tally.versions().iter().map(|version| version.users).sum();
        let versions = versions(&asked, tally, total, &mut problems);
        if asked.is_signed && tally.unsaid > 0 {
            let unsaid = fraction(tally.unsaid, tally.requests - failed, "responses");
            problems.push(format!("{unsaid} have no version"));
        }
        if tally.further > 0 {
            problems.push(format!(
                "more than {MOST_VERSIONS} versions answered: check the option that finds the version"
            ));
        }
        let moved = tally.moved();
        if asked.is_sticky && moved > 0 {
            problems.push(format!(
                "{} were answered by more than one version",
                fraction(moved, total, "users")
            ));
        }
        Self {
            seconds,
            requests: tally.requests,
            failed,
            errors: tally.errors.clone(),
            unsaid: tally.unsaid,
            versions,
            moved,
            latency: tally.latencies.summary(),
            interrupted,
            ok: problems.is_empty(),
            problems,
            asked,
        }
    }
}

/// Who answered, and who was to; `total` users were answered.
fn versions(
    asked: &Asked,
    tally: &Tally,
    total: u64,
    problems: &mut Vec<String>,
) -> BTreeMap<String, Answered> {
    let mut versions = BTreeMap::new();
    let found = |name: &str| tally.versions().iter().find(|version| version.name == name);
    let seen = tally.versions().iter().map(|version| &version.name);
    for name in seen.chain(asked.expect.keys()) {
        let (requests, users) =
            found(name).map_or((0, 0), |version| (version.requests, version.users));
        let share =
            asked.expect.get(name).map(|nominal| Share::new(*nominal, users, total, SIX_SIGMA));
        let answered = Answered {
            requests,
            users,
            percent: Portion::of(users, total).value(),
            expected: share.map(|share| Expected {
                percent: share.nominal,
                least: share.least,
                most: share.most,
            }),
        };
        if versions.insert(name.clone(), answered).is_some() {
            continue;
        }
        if let Some(share) = share.filter(|share| !share.is_ok()) {
            let whom = if asked.identity.is_some() { "users" } else { "answers" };
            problems.push(format!(
                "{} on {name}, expected {}",
                fraction(users, total, whom),
                share.expected()
            ));
        }
    }
    if !asked.expect.is_empty() && total == 0 && tally.requests > 0 {
        problems.push("no answer names a version".to_owned());
    }
    versions
}

/// `3 of 200 requests`
fn fraction(part: u64, total: u64, what: &str) -> String {
    format!("{part} of {total} {what}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::traffic::fault::Fault;
    use crate::traffic::load::Seen;

    fn tally(users: usize, name: impl Fn(usize) -> Result<Option<&'static str>, Fault>) -> Tally {
        let mut tally = Tally::new(Some(users));
        for user in 0..users {
            let answered = name(user).map(|name| name.map(str::to_owned));
            tally.see(Seen { user, answered, latency: Duration::from_millis(2) });
        }
        tally
    }

    fn asked(expect: &[(&str, f64)]) -> Asked {
        let expect = expect.iter().map(|(name, share)| ((*name).to_owned(), *share)).collect();
        Asked { identity: Some("cookie=id".to_owned()), expect, ..Asked::default() }
    }

    fn halves(users: usize) -> Tally {
        tally(users, |user| Ok(Some(if user.is_multiple_of(2) { "v1" } else { "v2" })))
    }

    #[test]
    fn shares_are_held_against_what_was_promised() {
        let tally = halves(1000);
        let report = Report::new(asked(&[("v2", 50.0)]), &tally, 1.0, false);
        assert!(report.ok, "{:?}", report.problems);
        let v2 = report.versions["v2"];
        assert_eq!((v2.users, v2.requests), (500, 500));
        assert_eq!(v2.expected, Some(Expected { percent: 50.0, least: 405, most: 595 }));
        assert_eq!(report.versions["v1"].expected, None);

        let expected = [("v2", 10.0), ("v3", 100.0)];
        let report = Report::new(asked(&expected), &tally, 1.0, false);
        assert_eq!(report.versions["v3"].users, 0);
        let problems =
            ["500 of 1000 users on v2, expected 48 to 161", "0 of 1000 users on v3, expected 1000"];
        assert_eq!(report.problems, problems);
        assert!(!report.ok);
    }

    #[test]
    fn what_fails_is_a_problem_and_what_is_not_said_where_it_has_to_be() {
        let tally = tally(4, |user| match user {
            0 => Err(Fault::Status(503)),
            1 => Ok(None),
            _ => Ok(Some("v1")),
        });
        let problems = |asked: Asked| Report::new(asked, &tally, 1.0, false).problems;
        assert_eq!(problems(asked(&[])), ["1 of 4 requests failed"]);
        let signed = Asked { is_signed: true, ..asked(&[]) };
        assert_eq!(problems(signed)[1], "1 of 3 responses have no version");
    }

    #[test]
    fn users_who_move_are_a_problem_where_they_have_to_stay() {
        let mut tally = halves(2);
        tally.see(Seen { user: 0, answered: Ok(Some("v2".to_owned())), latency: Duration::ZERO });
        assert!(Report::new(asked(&[]), &tally, 1.0, false).ok);
        let sticky = Asked { is_sticky: true, ..asked(&[]) };
        let report = Report::new(sticky, &tally, 1.0, false);
        assert_eq!(report.problems, ["1 of 2 users were answered by more than one version"]);
    }

    #[test]
    fn nothing_at_all_is_a_problem() {
        assert_eq!(
            Report::new(asked(&[]), &Tally::new(None), 1.0, true).problems,
            ["no request was answered"]
        );
        let silent = tally(3, |_| Ok(None));
        let report = Report::new(asked(&[("v1", 0.0)]), &silent, 1.0, false);
        assert_eq!(report.problems, ["no answer names a version"]);
    }
}
