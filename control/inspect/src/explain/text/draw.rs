//! Who the user is taken for, and what that means in the split that decides.

use document::report::Percent;
use document::report::style::{DIM, HEADING};
use document::report::text::{list, printable, put};
use policy::program::Choice;

use super::raw;
use crate::explain::explanation::Explanation;
use crate::explain::wording;

pub(super) fn write(text: &mut String, explanation: &Explanation<'_>) {
    put(text, "");
    heading(text, "identity", &identity(explanation));
    heading(text, "split", &split(explanation));
    if let Some(mirror) = explanation.policy.mirror() {
        let (to, share) = (explanation.policy.subset_name(mirror.to), Percent::from(mirror.share));
        let says = format!(
            "{} gets copies of {share} of all requests; its answers are dropped",
            printable(to)
        );
        heading(text, "mirror", &says);
    }
    // By default it is the Release's own name.
    if explanation.policy.cohort() != explanation.policy.full_name() {
        heading(text, "cohort", &printable(explanation.policy.cohort()));
    }
    for (subset, from) in explanation.joins() {
        let name = printable(explanation.policy.subset_name(subset));
        let has = explanation.share(subset).map_or(Percent(0), Percent::from);
        put(
            text,
            &match from {
                Some(from) => {
                    format!(
                        "  this user is in {name} at a share of {} or more; it has {has}",
                        Percent::from(from)
                    )
                }
                None => format!(
                    "  this user is in {name} at no share that the other subsets leave; it has {has}"
                ),
            },
        );
    }
}

fn heading(text: &mut String, name: &str, says: &str) {
    put(text, &format!("{HEADING}{name}{HEADING:#} {says}"));
}

/// `cookie device-id "a"; header x-user-id: none`.
fn identity(explanation: &Explanation<'_>) -> String {
    let all = explanation.policy.identity();
    if all.is_empty() {
        return "none: the Release has no `identity`".to_owned();
    }
    let absent = |subjects: &[policy::policy::Subject]| {
        let names: Vec<String> = subjects.iter().map(wording::subject).collect();
        list(&names, "and")
    };
    let Some((by, identified)) = explanation.identity() else {
        return format!("none: no {}", absent(all).replace(" and ", ", no "));
    };
    let before = all.get(..identified.by).unwrap_or_default();
    let before = match before {
        [] => String::new(),
        before => format!("{DIM}; before it, none: {}{DIM:#}", absent(before)),
    };
    format!("{} {}{before}", wording::subject(by), raw(&identified.value))
}

/// `v1 90 %, v2 10 %, by identity`.
fn split(explanation: &Explanation<'_>) -> String {
    let name = |id| printable(explanation.policy.subset_name(id));
    let shares = explanation.split().shares();
    let shares: Vec<String> =
        shares.map(|(id, share)| format!("{} {}", name(id), Percent::from(share))).collect();
    let how = match explanation.trace.choice {
        Choice::Only(_) => "",
        Choice::User(_) => ", by identity",
        Choice::Anonymous => ", by identity; stable without one",
        Choice::Random => ", each request drawn anew",
    };
    format!("{}{how}", shares.join(", "))
}
