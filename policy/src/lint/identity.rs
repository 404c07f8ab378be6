//! Identities that change while the user stays the same.

use crate::path::Path;
use crate::policy::{Policy, Subject};
use crate::problem::{Code, Problem};

/// Parts of names whose values are made anew for each session, login or request.
const ROTATING: &[&str] = &[
    "session",
    "sess",
    "sid",
    "token",
    "csrf",
    "xsrf",
    "jwt",
    "authorization",
    "request-id",
    "traceparent",
    "trace-id",
    "nonce",
];
/// Parts of names that are there only once the user has logged in.
const LOGIN: &[&str] = &["user", "uid", "email", "account", "login", "customer", "member"];

/// Warns of identities that rotate, and of those that appear at login before another one.
pub(super) fn unstable(policy: &Policy) -> Vec<Problem> {
    let path = Path::root().key("spec").key("identity");
    let identity = policy.identity();
    let mut problems = Vec::new();
    for (index, subject) in identity.iter().enumerate() {
        let (field, name) = match subject {
            Subject::Cookie(name) => ("cookie", name.as_str()),
            Subject::Header(name) => ("header", name.as_str()),
            Subject::Query(_) | Subject::Path | Subject::Caller(_) => continue,
        };
        let at = path.index(index).key(field);
        let is_like = |names: &[&str]| {
            let lower = name.to_ascii_lowercase();
            names.iter().any(|part| has_word(&lower, part))
        };
        if is_like(ROTATING) {
            let message = format!(
                "`{name}` looks like an ID that rotates: the user would be drawn anew each time"
            );
            let problem = Problem::warning(Code::UnstableIdentity, &at, message);
            problems.push(problem.help("use an ID that outlives logins, such as a device ID"));
        } else if is_like(LOGIN) && index.saturating_add(1) < identity.len() {
            let message = format!(
                "`{name}` looks like an ID that appears at login: users may change subset then"
            );
            let problem = Problem::warning(Code::UnstableIdentity, &at, message);
            problems.push(problem.help("list the identity that exists before login first"));
        }
    }
    problems
}

/// Whether `word` stands in a name on its own: `sid` in `connect.sid` but not in `inside`.
fn has_word(name: &str, word: &str) -> bool {
    if word.len() > 3 {
        return name.contains(word);
    }
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == word)
}
