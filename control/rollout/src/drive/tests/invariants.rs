//! What must hold after every write, whatever happens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::drive::cluster::{Object, Resource, endpoints};
use crate::drive::fake::{Fake, World};

/// Has all of it hold from now on; of what `is_deleted` all users end up without routes of ours, whatever they had.
pub(super) fn hold(fake: &Fake, is_deleted: Arc<AtomicBool>) {
    fake.always("routes find their subsets", subsets_are_there);
    fake.always("users find ready pods", pods_are_ready);
    let before = Mutex::new(None);
    fake.always("users never go back and forth", move |world| {
        let now = share(world);
        let before = std::mem::replace(&mut *before.lock().unwrap(), now);
        // What users change by hand is found later.
        let (true, Some(before), Some(now), Some(target)) =
            (was_of_mesh(world), before, now, target(world))
        else {
            return Ok(());
        };
        let is_away = now.abs_diff(target) > before.abs_diff(target);
        if is_away && !is_deleted.load(Ordering::Relaxed) {
            return Err(format!(
                "v2 has {now} % of the users after {before} %, and is to have {target} %"
            ));
        }
        Ok(())
    });
}

/// What v2 gets of the users of attached callers, in percent; none where nothing in the mesh says it.
fn share(world: &World) -> Option<u64> {
    let ours = mesh(world);
    if ours.iter().any(|object| object.name().contains(".switch.")) {
        return Some(split(world)?.get("v2").copied().unwrap_or_default());
    }
    let routes = ours.iter().find(|object| object.kind() == "VirtualService")?;
    let subset = routes.text("/spec/http/0/route/0/destination/subset");
    Some(if subset == "v2" { 100 } else { 0 })
}

/// What it is to get, as it is written down.
fn target(world: &World) -> Option<u64> {
    let release = world.store.list("Release", None).pop()?;
    let traffic = release.status().pointer("/state/traffic")?;
    let (kind, of) = traffic.as_object()?.iter().next()?;
    match kind.as_str() {
        "stable" => Some(0),
        "shifted" => Some(of.get("v2").and_then(Value::as_u64).unwrap_or_default()),
        "only" | "pinned" | "bare" => Some(if of == "v2" { 100 } else { 0 }),
        _ => None,
    }
}

/// What serin made in the mesh.
pub(super) fn mesh(world: &World) -> Vec<Object> {
    let objects = Resource::MESH.iter().flat_map(|resource| world.store.list(resource.kind, None));
    objects.filter(|object| object.annotation("serin.dev/release").is_some()).collect()
}

/// The split in the filter's configuration.
pub(super) fn split(world: &World) -> Option<BTreeMap<String, u64>> {
    let install = mesh(world).into_iter().find(|object| object.name().contains(".install."))?;
    let pointer = "/spec/configPatches/0/patch/value/typed_config/config/configuration/value";
    let configuration: Value = serde_json::from_str(install.text(pointer)).unwrap();
    let split = configuration.pointer("/release/spec/split").and_then(Value::as_object);
    let shares = split.into_iter().flatten();
    Some(shares.map(|(name, share)| (name.clone(), share.as_u64().unwrap())).collect())
}

/// Every subset that a route names is one of a DestinationRule.
fn subsets_are_there(world: &World) -> Result<(), String> {
    let names = |object: &Object| {
        let mut names = BTreeSet::new();
        named(object.spec(), &mut names);
        names
    };
    let rules = world.store.list("DestinationRule", None);
    let subsets = rules.iter().flat_map(|rule| rule.list("/spec/subsets"));
    let there: BTreeSet<&str> = subsets.filter_map(|subset| subset["name"].as_str()).collect();
    for kind in ["VirtualService", "EnvoyFilter"] {
        for object in world.store.list(kind, None) {
            if let Some(lost) = names(&object).iter().find(|name| !there.contains(name.as_str())) {
                return Err(format!("{} names `{lost}`", object.title()));
            }
        }
    }
    Ok(())
}

/// The subsets that are named: `subset: v1`, and `outbound|9080|v1|reviews.…`.
fn named(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| named(item, names)),
        Value::Object(map) => {
            names.extend(map.get("subset").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|value| named(value, names));
        }
        Value::String(text) => {
            if let ["outbound", _, name, _] = text.split('|').collect::<Vec<_>>()[..] {
                names.insert(name.to_owned());
            }
        }
        _ => {}
    }
}

/// Every subset that something was just given to has a ready pod: asked where the mesh was written.
fn pods_are_ready(world: &World) -> Result<(), String> {
    let (true, Some(split)) = (was_of_mesh(world), split(world)) else { return Ok(()) };
    let (slices, pods) =
        (world.list(&Resource::ENDPOINT_SLICE, None), world.list(&Resource::POD, None));
    for name in split.into_iter().filter(|(_, share)| *share > 0).map(|(name, _)| name) {
        let labels = [("version".to_owned(), name.clone())];
        if endpoints::ready(&slices, &pods, &labels) == 0 {
            return Err(format!("{name} gets users and has no ready pod"));
        }
    }
    Ok(())
}

/// Whether what was just written moves users.
fn was_of_mesh(world: &World) -> bool {
    let kinds = ["EnvoyFilter", "VirtualService"];
    world.writes.last().is_some_and(|write| kinds.iter().any(|kind| write.contains(kind)))
}
