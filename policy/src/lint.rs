//! What works, but hardly as its author thinks: warnings about a policy. Only the CLI asks for them.

mod cookie_regex;
mod host;
mod identity;
mod implies;
mod mirror;
mod never;
mod reach;
mod values;
mod whole_value;

pub use cookie_regex::{ITSELF, escape, whole_cookie};
pub use never::why_never;
pub use values::takes_every_value;

use crate::policy::Policy;
use crate::problem::Problems;

/// Adds the warnings about `policy`, which stands at the root of its document.
pub fn lint(policy: &Policy, problems: &mut Problems) {
    problems.extend(host::incomplete(policy));
    problems.extend(identity::unstable(policy));
    problems.extend(never::tests(policy));
    problems.extend(reach::never(policy));
    problems.extend(reach::unreachable(policy));
    problems.extend(mirror::twice(policy));
    problems.extend(cookie_regex::traps(policy));
    problems.extend(whole_value::parts(policy));
}

#[cfg(test)]
mod tests;
