//! What works, but hardly as its author thinks: warnings about a policy. Only the CLI asks for them.

mod cookie_regex;
mod identity;
mod implies;
mod reach;

pub use cookie_regex::{ITSELF, escape, whole_cookie};

use crate::policy::Policy;
use crate::problem::Problems;

/// Adds the warnings about `policy`, which stands at the root of its document.
pub fn lint(policy: &Policy, problems: &mut Problems) {
    problems.extend(identity::unstable(policy));
    problems.extend(reach::never(policy));
    problems.extend(reach::unreachable(policy));
    problems.extend(cookie_regex::traps(policy));
}
