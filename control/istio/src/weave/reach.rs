//! Which proxies a VirtualService, a rule and an entry of its `match` are for, of those that a Release is about.

use std::collections::BTreeSet;

use policy::policy::{Attach, AttachKind};
use policy::{Policy, Problems};
use serde_json::json;

use super::Options;
use super::host;
use super::virtual_service::{Entry, MESH, Rule, VirtualService};
use crate::labels;
use crate::names;
use crate::visibility::virtual_services::{self, Seen};
use crate::visibility::{InFile, is_public};

/// The proxies on two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The sidecars of all callers.
    Mesh,
    /// The gateways of `attach`.
    Gateways,
}

/// The proxies that a VirtualService is for.
#[derive(Clone, Debug)]
pub(super) struct Reach<'n> {
    /// Whether these are sidecars, when they call the host.
    pub(super) mesh: bool,
    /// Gateways through which clients reach hosts of `attach`, as written.
    pub(super) gateways: Vec<&'n str>,
    /// Its gateways of which none was named by the operator.
    pub(super) other_gateways: Vec<&'n str>,
    /// Whether every proxy of the mesh sees it.
    pub(super) is_public: bool,
    /// Whether proxies of `attach` see it, where it is for some.
    pub(super) seen: Seen,
    port: u16,
    namespace: &'n str,
    /// The namespace and the labels of each sidecar entry of `attach`.
    sidecars: Vec<(String, Vec<(String, String)>)>,
}

impl<'n> Reach<'n> {
    /// Of all a VirtualService's gateways where the operator names none.
    pub(super) fn of(service: &VirtualService<'n>, policy: &Policy, options: &Options) -> Self {
        let namespace = service.object.namespace;
        let serves = |host: &str| service.hosts.iter().any(|own| host::overlap(own, host));
        let is_mesh = |gateway: &&&str| **gateway == MESH;
        let mesh = service.gateways.is_empty() || service.gateways.iter().any(|g| is_mesh(&g));
        let is_attached = policy.attach().iter().any(|attach| match &attach.kind {
            AttachKind::Sidecar => false,
            AttachKind::Gateway { hosts } => {
                hosts.iter().any(|host| serves(&host.to_ascii_lowercase()))
            }
        });
        let is_named = |gateway: &&str| {
            let full = host::gateway(gateway, namespace);
            let mut named = options.gateways.iter().map(|named| host::gateway(named, namespace));
            options.gateways.is_empty() || named.any(|named| named == full)
        };
        let object = in_file(service);
        let seen = virtual_services::seen(&object, policy);
        let is_seen = seen != Seen::Never;
        let own = service.gateways.iter();
        let own = own.filter(|gateway| is_attached && is_seen && !is_mesh(gateway));
        let (gateways, other_gateways) = own.partition(|gateway| is_named(gateway));
        let is_sidecar = |of: &&Attach| of.kind == AttachKind::Sidecar;
        let sidecars = policy.attach().iter().filter(is_sidecar);
        Self {
            mesh: mesh && is_seen && serves(policy.host().fqdn()),
            gateways,
            other_gateways,
            is_public: is_public(&object.spec, &object.namespace),
            seen,
            port: names::port(policy),
            namespace,
            sidecars: sidecars.map(|of| (of.namespace.clone(), of.labels.clone())).collect(),
        }
    }

    /// Whether proxies of a side read the VirtualService.
    pub(super) fn has(&self, side: Side) -> bool {
        match side {
            Side::Mesh => self.mesh,
            Side::Gateways => !self.gateways.is_empty(),
        }
    }

    /// Whether some proxy of a side may take the entry.
    pub(super) fn takes(&self, side: Side, entry: &Entry<'_>) -> bool {
        match side {
            Side::Mesh => {
                let is_mesh = entry.gateways.is_empty() || entry.gateways.contains(&MESH);
                self.mesh
                    && is_mesh
                    && entry.port.is_none_or(|port| port == self.port)
                    && self.may_send(entry)
            }
            Side::Gateways => !self.gateways_of(entry).is_empty(),
        }
    }

    /// Whether the pods of a sidecar entry of `attach` may have the labels and the namespace that an entry asks for. Istio
    /// asks only where the entry names no gateways.
    fn may_send(&self, entry: &Entry<'_>) -> bool {
        let may = |(namespace, own): &(String, Vec<(String, String)>)| {
            let differs = |(key, value): &(&str, &str)| labels::other(own, key, value).is_some();
            entry.namespace.is_none_or(|wanted| wanted == namespace)
                && !entry.labels.iter().any(differs)
        };
        !entry.gateways.is_empty() || self.sidecars.is_empty() || self.sidecars.iter().any(may)
    }

    /// The gateways that take the entry.
    pub(super) fn gateways_of(&self, entry: &Entry<'_>) -> Vec<&'n str> {
        let full = |gateway: &str| host::gateway(gateway, self.namespace);
        let own: Vec<String> = entry.gateways.iter().map(|gateway| full(gateway)).collect();
        let takes = |gateway: &&&str| own.is_empty() || own.contains(&full(gateway));
        self.gateways.iter().filter(takes).copied().collect()
    }

    /// The names that a rule's routes have in proxies of a side: `<rule>`, or `<rule>.<match>` where an entry of
    /// its `match` has a name too.
    pub(super) fn route_names(&self, side: Side, name: &str, rule: &Rule<'_>) -> Vec<String> {
        if rule.entries.is_empty() {
            return if self.has(side) { vec![name.to_owned()] } else { Vec::new() };
        }
        let taken = rule.entries.iter().filter(|entry| self.takes(side, entry));
        let mut seen = BTreeSet::new();
        let named = taken.filter(|entry| seen.insert(entry.name));
        named.map(|entry| route_name(name, entry.name)).collect()
    }
}

/// A VirtualService, as far as it says who sees it.
fn in_file(service: &VirtualService<'_>) -> InFile {
    let spec = service.object.root.get("spec");
    let export_to = spec.map(|spec| spec.texts("exportTo", &mut Problems::default()));
    let spec = json!({
        "exportTo": export_to.unwrap_or_default(),
        "gateways": service.gateways,
    });
    InFile { namespace: service.object.namespace.to_owned(), spec }
}

/// The name of a route in Envoy.
pub(super) fn route_name(rule: &str, entry: &str) -> String {
    if entry.is_empty() { rule.to_owned() } else { format!("{rule}.{entry}") }
}
