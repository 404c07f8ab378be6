//! The objects of an API server: their versions, who manages which field of them, and what is refused.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::fields::{self, Path};
use crate::drive::cluster::{Error, MANAGER, Object};

/// What names an object: its kind, namespace and name.
pub(crate) type Key = (String, String, String);

#[derive(Clone, Debug)]
struct Entry {
    value: Value,
    managers: BTreeMap<String, BTreeSet<Path>>,
}

/// The objects.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    entries: BTreeMap<Key, Entry>,
    /// The last resource version that was given.
    version: u64,
    /// The last uid that was given.
    uid: u64,
}

pub(crate) fn key(object: &Object) -> Key {
    (object.kind().to_owned(), object.namespace().to_owned(), object.name().to_owned())
}

impl Store {
    pub(crate) fn get(&self, key: &Key) -> Option<Object> {
        self.entries.get(key).map(|entry| Object::from(entry.value.clone()))
    }

    /// The last resource version that was given.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// What names the object of this kind and name, of whatever namespace.
    pub(crate) fn key(&self, kind: &str, name: &str) -> Key {
        let found = self.entries.keys().find(|(of, _, called)| of == kind && called == name);
        found.unwrap_or_else(|| panic!("there is no {kind} {name}")).clone()
    }

    /// All of a kind, in a namespace or in all.
    pub(crate) fn list(&self, kind: &str, namespace: Option<&str>) -> Vec<Object> {
        let wanted = self.entries.iter().filter(|((of, space, _), _)| {
            of == kind && namespace.is_none_or(|namespace| namespace == space)
        });
        wanted.map(|(_, entry)| Object::from(entry.value.clone())).collect()
    }

    /// Puts an object there, or in the place of another one, as `manager` would with `kubectl replace`.
    pub(crate) fn put(&mut self, object: &Value, manager: &str) -> Object {
        let object = Object::from(object.clone());
        let key = key(&object);
        if self.entries.contains_key(&key) {
            return self.write(&key, object.value().clone(), manager);
        }
        let fields = fields::paths(object.value());
        self.insert(&key, object.value().clone(), manager, fields)
    }

    /// Changes an object, as `manager` would with `kubectl edit`.
    pub(crate) fn edit(&mut self, key: &Key, manager: &str, change: impl FnOnce(&mut Value)) {
        let mut value = self.entries[key].value.clone();
        change(&mut value);
        self.write(key, value, manager);
    }

    /// Takes an object away, whatever it is.
    pub(crate) fn take(&mut self, key: &Key) -> Option<Object> {
        self.version += 1;
        self.entries.remove(key).map(|entry| Object::from(entry.value))
    }

    pub(super) fn create(&mut self, object: &Object) -> Result<Object, Error> {
        let key = key(object);
        if self.entries.contains_key(&key) {
            return Err(Error::Conflict { object: object.title() });
        }
        let fields = fields::paths(object.value());
        Ok(self.insert(&key, object.value().clone(), MANAGER, fields))
    }

    pub(super) fn apply(&mut self, object: &Object, force: bool) -> Result<Object, Error> {
        let key = key(object);
        let wanted = fields::paths(object.value());
        let Some(entry) = self.entries.get(&key) else {
            return Ok(self.insert(&key, object.value().clone(), MANAGER, wanted));
        };
        let mut managers = entry.managers.clone();
        let mut value = entry.value.clone();
        for (manager, theirs) in managers.iter_mut().filter(|(manager, _)| *manager != MANAGER) {
            let is_other = |field: &&Path| {
                fields::get(&entry.value, field) != fields::get(object.value(), field)
            };
            let contested = wanted.iter().filter(is_other);
            let contested: Vec<&Path> = contested
                .filter(|field| theirs.iter().any(|theirs| fields::overlap(field, theirs)))
                .collect();
            if !contested.is_empty() && !force {
                return Err(Error::Owned {
                    object: object.title(),
                    manager: manager.clone(),
                    fields: contested.into_iter().map(fields::name).collect(),
                });
            }
            theirs.retain(|theirs| !contested.iter().any(|field| fields::overlap(field, theirs)));
        }
        let before = managers.insert(MANAGER.to_owned(), wanted.clone()).unwrap_or_default();
        for gone in before.difference(&wanted) {
            let is_kept = managers.values().flatten().any(|field| fields::overlap(field, gone));
            if !is_kept {
                fields::remove(&mut value, gone);
            }
        }
        for field in &wanted {
            if let Some(to) = fields::get(object.value(), field) {
                fields::set(&mut value, field, to.clone());
            }
        }
        Ok(self.keep(&key, Entry { value, managers }))
    }

    pub(super) fn replace(&mut self, object: &Object) -> Result<Object, Error> {
        let key = self.unchanged(object)?;
        let written = self.write(&key, object.value().clone(), MANAGER);
        // Nothing holds it any more.
        if written.is_going() && written.list("/metadata/finalizers").is_empty() {
            self.take(&key);
        }
        Ok(written)
    }

    pub(super) fn replace_status(&mut self, object: &Object) -> Result<Object, Error> {
        let key = self.unchanged(object)?;
        let status = object.status().clone();
        Ok(self.set_status(&key, status))
    }

    /// What a controller writes.
    pub(super) fn set_status(&mut self, key: &Key, status: Value) -> Object {
        let mut entry = self.entries[key].clone();
        entry.value["status"] = status;
        self.keep(key, entry)
    }

    pub(super) fn delete(&mut self, object: &Object) -> Result<(), Error> {
        let key = key(object);
        let Some(entry) = self.entries.get_mut(&key) else { return Ok(()) };
        if entry.value.pointer("/metadata/uid") != Some(&json!(object.uid())) {
            return Err(Error::Conflict { object: object.title() });
        }
        self.version += 1;
        // It is there as long as its pods are, or as a finalizer is on it.
        let is_held =
            entry.value.pointer("/metadata/finalizers").is_some_and(|held| *held != json!([]));
        if key.0 == "Deployment" || is_held {
            entry.value["metadata"]["deletionTimestamp"] = json!("2026-11-21T10:00:00Z");
            entry.value["metadata"]["resourceVersion"] = json!(self.version.to_string());
        } else {
            self.entries.remove(&key);
        }
        Ok(())
    }

    /// That an object is the one that was read.
    fn unchanged(&self, object: &Object) -> Result<Key, Error> {
        let key = key(object);
        let there = self.get(&key).ok_or_else(|| Error::NotFound { object: object.title() })?;
        let is_same =
            there.uid() == object.uid() && there.resource_version() == object.resource_version();
        if is_same { Ok(key) } else { Err(Error::Conflict { object: object.title() }) }
    }

    /// Makes an object this one but for its status; what changes is `manager`'s from now on.
    fn write(&mut self, key: &Key, mut value: Value, manager: &str) -> Object {
        let Entry { value: before, mut managers } = self.entries[key].clone();
        value["status"] = before["status"].clone();
        let new = fields::paths(&value);
        let changed = |field: &&Path| fields::get(&before, field) != fields::get(&value, field);
        let touched: BTreeSet<Path> = new.iter().filter(changed).cloned().collect();
        for fields in managers.values_mut() {
            fields.retain(|field| new.contains(field) && !touched.contains(field));
        }
        managers.entry(manager.to_owned()).or_default().extend(touched);
        self.keep(key, Entry { value, managers })
    }

    fn insert(
        &mut self,
        key: &Key,
        mut value: Value,
        manager: &str,
        fields: BTreeSet<Path>,
    ) -> Object {
        self.uid += 1;
        value["metadata"]["uid"] = json!(format!("uid-{}", self.uid));
        value["metadata"]["generation"] = json!(0);
        let managers = BTreeMap::from([(manager.to_owned(), fields)]);
        self.entries.insert(key.clone(), Entry { value: Value::Null, managers: BTreeMap::new() });
        self.keep(key, Entry { value, managers })
    }

    /// Keeps an entry under new versions where it changed.
    fn keep(&mut self, key: &Key, mut entry: Entry) -> Object {
        let before = &self.entries[key].value;
        let names: Vec<Value> = entry
            .managers
            .iter()
            .filter(|(_, fields)| !fields.is_empty())
            .map(|(name, _)| json!({ "manager": name }))
            .collect();
        entry.value["metadata"]["managedFields"] = json!(names);
        if entry.value != *before {
            self.version += 1;
            if entry.value["spec"] != before["spec"] {
                let generation = entry.value["metadata"]["generation"].as_u64().unwrap_or(0);
                entry.value["metadata"]["generation"] = json!(generation + 1);
            }
            entry.value["metadata"]["resourceVersion"] = json!(self.version.to_string());
        }
        let object = Object::from(entry.value.clone());
        self.entries.insert(key.clone(), entry);
        object
    }
}
