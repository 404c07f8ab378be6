//! `headers` and `withoutHeaders` of an entry of `match`.

use istio::field::Field;
use policy::policy::{HeaderName, Subject};
use policy::regex::Case;
use policy::{Code, Part, Path, Problem, Problems};

use super::conditions::{Conditions, Input};
use super::string_match::{self, StringMatch};
use super::unsupported;

/// What Istio takes for a claim of a verified token, in the place of a header's name (pkg/jwt/routing.go).
const CLAIM: &str = "@request.auth.claims";

/// Adds what an entry asks of headers: what must hold, and what must not.
pub(super) fn read(
    entry: &Field<'_>,
    all: &mut Conditions,
    without: &mut Conditions,
    problems: &mut Problems,
) {
    for (name, field) in tests(entry, "headers", problems) {
        let Some((input, test)) = test(name, &field, problems) else { continue };
        test.warn_of_strange(&field, problems);
        let always = match &input {
            Input::Method => Some(HeaderName::method()),
            Input::Authority => Some(HeaderName::authority()),
            _ => None,
        };
        // Every request has these.
        if always.is_some_and(|name| test.takes_every_value(&Subject::Header(name))) {
            continue;
        }
        if all.add(input, test.draft(Case::Sensitive)).is_err() {
            problems.add(tested_twice(name, &field.path).about(Part::Key(0)));
        }
    }
    for (name, field) in tests(entry, "withoutHeaders", problems) {
        let Some((input, test)) = test(name, &field, problems) else { continue };
        // To Envoy a header that is not there is an empty one here, unless the test is whether it is there.
        if test.takes_empty() && all.get(&input).is_none() {
            let present = string_match::present(true).made_of(&field.path);
            let _ = all.add(input.clone(), present);
        }
        if without.add(input, test.draft(Case::Sensitive)).is_err() {
            problems.add(tested_twice(name, &field.path).about(Part::Key(0)));
        }
    }
}

fn tests<'n>(entry: &Field<'n>, key: &str, problems: &mut Problems) -> Vec<(&'n str, Field<'n>)> {
    entry.get(key).map(|map| map.entries(problems)).unwrap_or_default()
}

fn test<'n>(
    name: &str,
    field: &Field<'n>,
    problems: &mut Problems,
) -> Option<(Input, StringMatch<'n>)> {
    let input = input(name, &field.path, problems);
    let test = StringMatch::read(field, problems)?;
    test.refuse_empty(problems);
    Some((input?, test))
}

/// The input that a header's name means.
fn input(name: &str, path: &Path, problems: &mut Problems) -> Option<Input> {
    let lower = name.to_ascii_lowercase();
    if lower.starts_with(CLAIM) {
        let what = "a test of a token's claims";
        let help = "let RequestAuthentication write the claim into a header (`outputClaimToHeaders`), and test that";
        problems.add(unsupported::problem(path, what, help).about(Part::Key(0)));
        return None;
    }
    Some(match lower.as_str() {
        ":method" => Input::Method,
        // To Envoy `host` is another name of the same.
        ":authority" | "host" => Input::Authority,
        ":path" | ":scheme" | ":status" => {
            let what = format!("a test of `{lower}` as a header");
            let help = match lower.as_str() {
                ":path" => "test `uri` and `queryParams`",
                _ => "a Release cannot test it",
            };
            problems.add(unsupported::problem(path, &what, help).about(Part::Key(0)));
            return None;
        }
        _ => Input::Header(lower),
    })
}

/// Two tests of one input of which both are to hold: a Release has one for each.
pub(super) fn tested_twice(name: &str, path: &Path) -> Problem {
    let what = format!("a second test of `{name}`");
    unsupported::problem(path, &what, "combine both in one `regex`")
}

/// An error where Istio refuses tests of claims: no gateway is there to verify tokens.
pub(super) fn claims_need_gateway(entry: &Field<'_>, problems: &mut Problems) {
    for key in ["headers", "withoutHeaders"] {
        for (name, field) in tests(entry, key, &mut Problems::default()) {
            if name.to_ascii_lowercase().starts_with(CLAIM) {
                let message = "Istio tests claims of tokens at gateways only, and this VirtualService names none";
                let problem = Problem::error(Code::NeverMatches, &field.path, message);
                problems.unread(problem.about(Part::Key(0)));
            }
        }
    }
}
