//! The copies of a rule, one for each subset but the stable one, which stand in front of it.

use std::collections::BTreeSet;

use policy::policy::{Attach, AttachKind, SubsetId};
use policy::{Code, Policy, Problem, Problems};
use serde_json::{Map, Value, json};

use super::edit;
use super::matches::{self, Proxies};
use super::reach::{Reach, Side, route_name};
use super::virtual_service::{Entry, Rule};
use crate::{decision_header, names};

/// A copy of a rule.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) name: String,
    /// Where it leads; the stable one: it is the one that takes what passes the gate.
    pub(super) subset: SubsetId,
    pub(super) value: Map<String, Value>,
    /// The names that its routes have in Envoy.
    pub(super) routes: Vec<(Side, String)>,
}

/// What copies of a rule start from.
pub(super) struct Original<'a> {
    pub(super) rule: &'a Rule<'a>,
    /// Its name, maybe a new one.
    pub(super) name: &'a str,
    /// Which of its destinations follow the decision.
    pub(super) decided: &'a BTreeSet<usize>,
}

/// Whether `name` is that of a copy made for the Release with this qualified name, and not one that it gave to a
/// rule of the user's.
pub(super) fn is_copy(name: &str, qualified: &str) -> bool {
    let rest = name.strip_prefix(qualified).and_then(|rest| rest.strip_prefix('/'));
    rest.is_some_and(|rest| rest.contains('/'))
}

/// Whether a rule can be copied: its headers are read, and it does not look at the decision itself.
pub(super) fn check(rule: &Rule<'_>, problems: &mut Problems) {
    if let Some(request) =
        rule.field.map("headers", problems).and_then(|h| h.map("request", problems))
    {
        request.texts("remove", problems);
    }
    for entry in &rule.entries {
        for key in ["headers", "withoutHeaders"] {
            let Some(headers) = entry.field.map(key, problems) else { continue };
            for (name, test) in headers.entries(problems) {
                if name.eq_ignore_ascii_case(decision_header::NAME) {
                    let message = format!(
                        "`{name}` carries the Release's decision and cannot be tested here"
                    );
                    let help = "remove this test: each copy gets a test for the proxies whose decisions count";
                    problems
                        .add(Problem::error(Code::DuplicateName, &test.path, message).help(help));
                }
            }
        }
    }
}

/// The copies, in the order of the subsets; none where no proxy with decisions takes the rule.
pub(super) fn make(original: &Original<'_>, policy: &Policy, reach: &Reach<'_>) -> Vec<Copy> {
    decision_header::others(policy)
        .filter_map(|subset| copy(original, policy, reach, subset))
        .collect()
}

fn copy(
    original: &Original<'_>,
    policy: &Policy,
    reach: &Reach<'_>,
    subset: SubsetId,
) -> Option<Copy> {
    let subset_name = policy.subset_name(subset);
    let name = format!("{}/{subset_name}/{}", names::qualified(policy), original.name);
    let decision = json!({ "exact": decision_header::value(policy, subset) });
    let asking = |entry: Option<&Entry<'_>>| {
        let mut map = matches::map(entry);
        matches::ask(&mut map, decision_header::NAME, decision.clone())?;
        Some(vec![map])
    };
    let mut copy = made(original, policy, reach, name, subset, asking)?;
    hide_decision(&mut copy.value)?;
    Some(copy)
}

/// The copy of this name that leads to `subset`, for what the proxies with decisions take of the entries that `asking`
/// makes of each of the rule's; none where that is nothing, or it makes none.
pub(super) fn made(
    original: &Original<'_>,
    policy: &Policy,
    reach: &Reach<'_>,
    name: String,
    subset: SubsetId,
    asking: impl Fn(Option<&Entry<'_>>) -> Option<Vec<Map<String, Value>>>,
) -> Option<Copy> {
    let proxies = proxies(policy, reach);
    let mut entries = Vec::new();
    let mut routes = Vec::new();
    let own: Vec<_> = original.rule.entries.iter().map(Some).collect();
    for entry in if own.is_empty() { vec![None] } else { own } {
        for map in asking(entry)? {
            for proxies in &proxies {
                let Some(made) = matches::only_in(proxies, reach, entry, map.clone()) else {
                    continue;
                };
                entries.push(made);
                let route = route_name(&name, entry.map_or("", |entry| entry.name));
                routes.push((proxies.side(), route));
            }
        }
    }
    if entries.is_empty() {
        return None;
    }
    let mut value = Map::new();
    value.insert("name".to_owned(), json!(name));
    value.insert("match".to_owned(), entries.into());
    if let Value::Object(rule) = edit::json(original.rule.field.node) {
        value.extend(rule.into_iter().filter(|(key, _)| key != "name" && key != "match"));
    }
    choose(&mut value, original.decided, policy.subset_name(subset))?;
    Some(Copy { name, subset, value, routes })
}

/// The proxies that know decisions, of those that read the VirtualService.
fn proxies<'p>(policy: &'p Policy, reach: &Reach<'_>) -> Vec<Proxies<'p>> {
    let (gateways, sidecars): (Vec<&Attach>, Vec<&Attach>) = policy
        .attach()
        .iter()
        .partition(|attach| matches!(attach.kind, AttachKind::Gateway { .. }));
    let port = names::port(policy);
    let mut proxies = Vec::new();
    if reach.has(Side::Mesh) {
        proxies.extend(sidecars.into_iter().map(|attach| Proxies::Sidecars(attach, port)));
    }
    if reach.has(Side::Gateways) {
        proxies.push(Proxies::Gateways(gateways));
    }
    proxies
}

/// Sends the destinations that follow the decision to a subset.
fn choose(rule: &mut Map<String, Value>, decided: &BTreeSet<usize>, subset: &str) -> Option<()> {
    for index in decided {
        let route = rule.get_mut("route")?.get_mut(index)?;
        let destination = route.get_mut("destination")?.as_object_mut()?;
        let old = std::mem::take(destination);
        for (key, value) in old.into_iter().filter(|(key, _)| key != "subset") {
            let is_host = key == "host";
            destination.insert(key, value);
            if is_host {
                destination.insert("subset".to_owned(), json!(subset));
            }
        }
    }
    Some(())
}

/// Takes the decision away from the request that leaves: no later hop may take it for its own.
fn hide_decision(rule: &mut Map<String, Value>) -> Option<()> {
    let headers = below(rule, "headers", json!({})).as_object_mut()?;
    let request = below(headers, "request", json!({})).as_object_mut()?;
    let removed = below(request, "remove", json!([])).as_array_mut()?;
    let name = decision_header::NAME;
    let is_it = |value: &Value| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(name));
    if !removed.iter().any(is_it) {
        removed.push(json!(name));
    }
    Some(())
}

/// The value of a key, or a new one.
fn below<'m>(map: &'m mut Map<String, Value>, key: &str, new: Value) -> &'m mut Value {
    let value = map.entry(key).or_insert(Value::Null);
    if value.is_null() {
        *value = new;
    }
    value
}
