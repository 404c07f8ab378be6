//! What a Release means for each rule of a VirtualService: whether decisions may change where it leads.

use std::collections::BTreeSet;

use document::report::text;
use policy::Policy;

use super::memory::{self, Memory};
use super::reach::{Reach, Side};
use super::virtual_service::{Destination, Rule, VirtualService};
use super::{Mode, copies};
use crate::names;

/// What a Release means for a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Unrelated,
    /// It is a copy that was made for another Release, with this qualified name.
    Foreign(String),
    /// It looks like a copy made for this Release, but nothing remembers that.
    Forgotten,
    /// These of its destinations follow decisions.
    Switched(BTreeSet<usize>),
}

/// Decides about every rule, and notes why some are left alone.
pub(super) fn all(
    service: &VirtualService<'_>,
    reach: &Reach<'_>,
    memory: &Memory,
    policy: &Policy,
    mode: Mode,
    notes: &mut Vec<String>,
) -> Vec<Verdict> {
    let label = &service.object.label;
    let fqdn = policy.host().fqdn();
    let is_ours = |host: &String| host == fqdn;
    let rules: Vec<Verdict> = service
        .rules
        .iter()
        .map(|rule| {
            if let Some(qualified) = foreign(rule.name, memory, &memory::key(policy)) {
                return Verdict::Foreign(qualified);
            }
            if copies::is_copy(rule.name, &crate::names::qualified(policy)) {
                return Verdict::Forgotten;
            }
            let (verdict, note) = about(rule, service, reach, policy, mode);
            notes.extend(note.map(|note| {
                let name = if rule.name.is_empty() { "no name" } else { rule.name };
                format!("{label}: `{}` ({name}) {note}", rule.field.path)
            }));
            verdict
        })
        .collect();
    if service.other_hosts.iter().any(is_ours) {
        notes.push(format!(
            "{label}: its rules for TCP and TLS that route to {fqdn} are left alone"
        ));
    }
    rules
}

/// The qualified name of the other Release whose copy has this name.
fn foreign(name: &str, memory: &Memory, own: &str) -> Option<String> {
    let others = memory.releases.keys().filter(|key| *key != own);
    others.map(|key| memory::qualified(key)).find(|qualified| copies::is_copy(name, qualified))
}

/// The verdict, and what the user should know about it.
fn about(
    rule: &Rule<'_>,
    service: &VirtualService<'_>,
    reach: &Reach<'_>,
    policy: &Policy,
    mode: Mode,
) -> (Verdict, Option<String>) {
    let (fqdn, port) = (policy.host().fqdn(), names::port(policy));
    let stable = policy.subset_name(policy.stable());
    let has = |side| reach.has(side);
    if rule.instead == Some("delegate") && (has(Side::Mesh) || has(Side::Gateways)) {
        let note = "delegates to another VirtualService, into which nothing is woven";
        return (Verdict::Unrelated, Some(note.to_owned()));
    }
    let ours: Vec<&Destination<'_>> =
        rule.destinations.iter().filter(|to| to.is(fqdn, port)).collect();
    if ours.is_empty() || rule.instead.is_some() {
        return (Verdict::Unrelated, None);
    }
    let is_open = ours.iter().any(|to| to.subset.is_empty());
    let risk = if is_open {
        format!("; it routes to pods of {fqdn} in any subset")
    } else {
        String::new()
    };
    let left = |reason: String| (Verdict::Unrelated, Some(format!("{reason}{risk}")));
    let takes = |side| !reach.route_names(side, "", rule).is_empty();
    if !takes(Side::Mesh) && !takes(Side::Gateways) {
        let whom = whom(service, reach);
        return if is_open {
            left(format!("is left alone: {whom}"))
        } else {
            (Verdict::Unrelated, None)
        };
    }
    let is_chosen = |to: &&&Destination<'_>| !to.subset.is_empty() && to.subset != stable;
    let chosen: Vec<String> =
        ours.iter().filter(is_chosen).map(|to| format!("`{}`", to.subset)).collect();
    let chosen = chosen.join(", ");
    let switched: BTreeSet<usize> =
        ours.iter().filter(|to| !is_chosen(to)).map(|to| to.index).collect();
    if switched.is_empty() {
        return left(format!("is left alone: it chooses the subset {chosen} itself"));
    }
    if mode == Mode::Names && rule.destinations.len() > 1 {
        return left(
            "is left alone: it has several destinations, and a patch would send all requests to one"
                .to_owned(),
        );
    }
    let note =
        format!("also sends requests without a decision to the subset {chosen}, by its weights");
    (Verdict::Switched(switched), (!chosen.is_empty()).then_some(note))
}

/// Whom a rule is for that is for none of the Release's proxies.
fn whom(service: &VirtualService<'_>, reach: &Reach<'_>) -> String {
    let others = &reach.other_gateways;
    let whom = if service.hosts.is_empty() {
        "only VirtualServices that delegate to this one use it"
    } else if reach.has(Side::Mesh) || reach.has(Side::Gateways) {
        "it is for other ports, gateways or callers"
    } else if others.is_empty() {
        "its VirtualService is neither for callers of the host in the mesh nor for a gateway and host of `attach`"
    } else {
        return format!("it is for {}, which `--gateway` does not name", text::few_names(others));
    };
    whom.to_owned()
}
