//! What users' own objects have, where the Release was woven into them before: weaving it in once more must change
//! nothing.

use document::load::Document;
use istio::gate::Gate;
use istio::render::cluster_header::{self, OfRules};
use istio::render::envoy_filter;
use istio::render::mesh::{Beside, Given};
use istio::render::mode::Mode;
use istio::surroundings::Surroundings;
use istio::visibility::exports;
use istio::weave::{self, Options, Woven};
use istio::{effect, host};
use policy::{Code, Policy, Problem};
use serde_json::Value;

use super::super::failure::{Blocker, Failure};
use super::destination_rules;
use super::users::{self, Seen, Users};
use crate::drive::cluster::{Object, mesh_objects};

const HELP: &str = "serin never changes your objects in the cluster: weave the Release into your file with `serin \
    render --into FILE`, and apply that";

/// What they have, and what the user should know of it.
pub(super) fn given(
    policy: &Policy,
    mode: Mode,
    gateways: &[String],
    gate: Option<Gate>,
    users: &Users,
) -> Result<(Given, Vec<String>), Failure> {
    let options = Options { mode: mode.into(), gateways: gateways.to_vec(), gate: gate.clone() };
    let (mut given, mut notes, mut blockers) = (Given::default(), Vec::new(), Vec::new());
    for object in &users.own {
        let read = match object.kind() {
            "DestinationRule" if !destination_rules::is_in_force(object, policy, users) => continue,
            "DestinationRule" => read(object, policy, mode, &options),
            _ => match users::seen(object, policy) {
                Seen::NotFor | Seen::Never => continue,
                Seen::Partly(blind) => Err(seen_by_some(object, &blind)),
                Seen::Whole => read(object, policy, mode, &options),
            },
        };
        match read {
            Ok(None) => {}
            Ok(Some((woven, settings))) => {
                notes.extend(woven.notes.iter().cloned());
                if let Err(conflict) = given.add(&woven, settings) {
                    let conflict = conflict.message(Beside::Cluster);
                    let message = format!("{}: {conflict}", object.title());
                    blockers.push(Blocker::new(message, "merge them into one"));
                }
            }
            Err(blocker) => blockers.push(blocker),
        }
    }
    given.gate = gate;
    given.has_destination_rule = destination_rules::serve_all(policy, users);
    if given.gateways.is_none() {
        let needs = policy.attach().iter().filter_map(|attach| envoy_filter::needs(policy, attach));
        notes.extend(needs);
    }
    Failure::check(blockers).map(|()| (given, notes))
}

/// What can be known to change nothing, by the VirtualServices of users: patches of hosts that no gateway has.
pub(super) fn without_effect(
    policy: &Policy,
    options: &effect::Options<'_>,
    users: &Users,
) -> Vec<String> {
    let mut around = Surroundings::default();
    let domain = host::domain(policy.host().fqdn());
    for object in users.virtual_services() {
        if let Ok(document) = Document::of(&users::plain(object)) {
            around.add(std::slice::from_ref(&document), object.namespace(), domain);
        }
    }
    let problems = effect::lacking(policy, &around, options).into_iter();
    problems
        .filter(|problem| problem.code == Code::NoEffect)
        .map(|problem| said(&problem))
        .collect()
}

fn said(problem: &Problem) -> String {
    let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    format!("`{}`: {}{help}", problem.place.path, problem.text())
}

/// What an object has; none where ours stands beside it.
fn read(
    object: &Object,
    policy: &Policy,
    mode: Mode,
    options: &Options,
) -> Result<Option<(Woven<Value>, OfRules)>, Blocker> {
    let title = object.title();
    let plain = users::plain(object);
    let refused = |what: &str| Blocker::new(format!("{title} {what}"), HELP);
    let weave = |options: &Options| {
        weave::weave_object(&plain, policy, options)
            .map_err(|found| refused(&messages("cannot be woven into", &found)))
    };
    let is_rule = object.kind() == "DestinationRule";
    if is_rule && !destination_rules::names(object, policy.host().fqdn()) {
        // One for many hosts has no subsets of this one.
        return Err(refused(
            "is for many hosts, and takes precedence over the one with the subsets of this host",
        ));
    }
    let mut woven = weave(options)?;
    // Or without a gate, by `--no-gate` or an older serin.
    if options.gate.is_some() && woven.is_another_than(&plain) {
        woven = weave(&Options { gate: None, ..options.clone() })?;
    }
    if woven.is_another_than(&plain) {
        // In its own namespace Istio merges the subsets of ours, which is for all, with those of the user's.
        let is_beside =
            object.namespace() == policy.namespace() && exports(object.spec()).is_empty();
        if is_rule && is_beside {
            return Ok(None);
        }
        let lacks = if is_rule {
            "lacks subsets of the Release".to_owned()
        } else {
            let names = rules(object, policy);
            format!(
                "routes {} by rules that do not follow decisions yet: {names}",
                policy.host().fqdn()
            )
        };
        return Err(refused(&lacks));
    }
    let settings = cluster_header::of_object(mode, &plain, &woven, policy).map_err(|found| {
        refused(&messages("does not work with `--route cluster-header`", &found))
    })?;
    Ok(Some((woven, settings)))
}

/// Of a VirtualService that attached proxies see, but not all.
fn seen_by_some(object: &Object, blind: &str) -> Blocker {
    Blocker::new(
        format!(
            "{} is for some of the callers in `attach`, and those of {blind} do not see it",
            object.title()
        ),
        "export it to the namespaces of all callers, or of none (`exportTo`)",
    )
}

fn messages(what: &str, found: &[Problem]) -> String {
    let said: Vec<String> = found.iter().map(Problem::text).collect();
    format!("{what}: {}", said.join("; "))
}

/// The names of the rules to the host, or their positions.
fn rules(object: &Object, policy: &Policy) -> String {
    let fqdn = policy.host().fqdn();
    let leads = |rule: &Value| {
        let routes = rule.get("route").and_then(Value::as_array).map(Vec::as_slice);
        routes.unwrap_or_default().iter().any(|route| {
            let host = route.pointer("/destination/host").unwrap_or(&Value::Null);
            mesh_objects::is(host, object.namespace(), fqdn)
        })
    };
    let rules = object.list("/spec/http").iter().enumerate().filter(|(_, rule)| leads(rule));
    let names: Vec<String> = rules
        .map(|(position, rule)| match rule.get("name").and_then(Value::as_str) {
            Some(name) => format!("`{name}`"),
            None => format!("`spec.http[{position}]`"),
        })
        .collect();
    names.join(", ")
}

#[cfg(test)]
pub(super) mod tests;
