//! An entry of a rule's `match` for one kind of proxy that knows a decision: no other's header counts.
//!
//! Istio reads `sourceLabels` and `sourceNamespace` only where an entry names no `gateways`.

use policy::policy::Attach;
use serde_json::{Map, Value, json};

use super::edit;
use super::reach::{Reach, Side};
use super::virtual_service::Entry;

/// What an entry is made for.
#[derive(Clone, Debug)]
pub(super) enum Proxies<'p> {
    /// Sidecars of `attach`, at this port.
    Sidecars(&'p Attach, u16),
    /// The gateways, of these entries of `attach`.
    Gateways(Vec<&'p Attach>),
}

impl Proxies<'_> {
    pub(super) fn side(&self) -> Side {
        match self {
            Self::Sidecars(..) => Side::Mesh,
            Self::Gateways(_) => Side::Gateways,
        }
    }
}

/// The user's entry, to be changed; where there is none, one that takes everything.
pub(super) fn map(entry: Option<&Entry<'_>>) -> Map<String, Value> {
    match entry.map(|entry| edit::json(entry.field.node)) {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// Has an entry ask for a header.
pub(super) fn ask(map: &mut Map<String, Value>, header: &str, test: Value) -> Option<()> {
    let headers = map.entry("headers").or_insert(Value::Null);
    if headers.is_null() {
        *headers = json!({});
    }
    headers.as_object_mut()?.insert(header.to_owned(), test);
    Some(())
}

/// The entry `map`, made of the user's, for these proxies alone; none where the user's is for others.
pub(super) fn only_in(
    proxies: &Proxies<'_>,
    reach: &Reach<'_>,
    entry: Option<&Entry<'_>>,
    mut map: Map<String, Value>,
) -> Option<Value> {
    match proxies {
        Proxies::Sidecars(attach, port) => {
            if entry
                .is_some_and(|entry| !reach.takes(Side::Mesh, entry) || is_foreign(entry, attach))
            {
                return None;
            }
            map.shift_remove("gateways");
            let labels = labels(entry, attach);
            if labels.is_empty() {
                map.shift_remove("sourceLabels");
            } else {
                map.insert("sourceLabels".to_owned(), labels.into());
            }
            map.insert("sourceNamespace".to_owned(), json!(attach.namespace));
            map.insert("port".to_owned(), json!(*port));
        }
        Proxies::Gateways(attached) => {
            let gateways = match entry {
                Some(entry) => reach.gateways_of(entry),
                None => reach.gateways.clone(),
            };
            let is_for_all =
                |entry: &Entry<'_>| attached.iter().all(|attach| has_surely(attach, entry));
            if gateways.is_empty() || entry.is_some_and(|entry| !is_for_all(entry)) {
                return None;
            }
            map.shift_remove("sourceLabels");
            map.shift_remove("sourceNamespace");
            map.insert("gateways".to_owned(), json!(gateways));
        }
    }
    Some(map.into())
}

/// Whether no pod of `attach` is one that the entry is for.
fn is_foreign(entry: &Entry<'_>, attach: &Attach) -> bool {
    if !entry.gateways.is_empty() {
        return false;
    }
    let contradicts = |(key, value): &(&str, &str)| {
        attach.labels.iter().any(|(own, other)| own == key && other != value)
    };
    entry.namespace.is_some_and(|namespace| namespace != attach.namespace)
        || entry.labels.iter().any(contradicts)
}

/// Whether every pod of `attach` is one that the entry is for.
fn has_surely(attach: &Attach, entry: &Entry<'_>) -> bool {
    let has = |(key, value): &(&str, &str)| {
        attach.labels.iter().any(|(own, other)| own == key && other == value)
    };
    !entry.gateways.is_empty()
        || (entry.namespace.is_none_or(|namespace| namespace == attach.namespace)
            && entry.labels.iter().all(has))
}

/// The labels of both.
fn labels(entry: Option<&Entry<'_>>, attach: &Attach) -> Map<String, Value> {
    let own = entry.filter(|entry| entry.gateways.is_empty()).map(|entry| &entry.labels);
    let own = own.into_iter().flatten().map(|(key, value)| ((*key).to_owned(), json!(value)));
    own.chain(attach.labels.iter().map(|(key, value)| (key.clone(), json!(value)))).collect()
}
