//! What the objects beside a VirtualService make of it: rules of which Istio makes no route, or those of another.

use std::collections::BTreeSet;

use document::report::text;
use istio::gateway::Gateway;
use istio::host;
use istio::service::Service;
use istio::surroundings::{Routes, Surroundings};
use istio::virtual_service::VirtualService;
use policy::{Code, Path, Problem, Problems};

/// Adds a warning for whatever has no effect.
pub(super) fn find(service: &VirtualService<'_>, around: &Surroundings, problems: &mut Problems) {
    let routes = Routes::of(service);
    let spec = service.object.root.path.key("spec");
    gateways(&routes, around, &spec, problems);
    rivals(&routes, around, &spec, problems);
    for rule in &service.rules {
        for entry in &rule.entries {
            let is_for_mesh = entry.gateways.is_empty() && routes.gateways.is_empty();
            let known = routes.hosts.iter().find_map(|host| around.service(host));
            if let Some((port, of)) = entry.port.zip(known.filter(|_| is_for_mesh)) {
                let at = entry.field.path.key("port");
                problems.extend(other_port(of, port, "matches no request", &at));
            }
        }
        for to in &rule.destinations {
            let Some(of) = around.service(&to.host) else { continue };
            if of.is_external && !to.subset.is_empty() {
                let message = format!(
                    "the Service `{}/{}` is of type ExternalName: it has no pods that `{}` could select",
                    of.namespace, of.name, to.subset
                );
                let at = to.field.path.key("host");
                problems.add(Problem::warning(Code::NoEffect, &at, message));
            }
            if let Some(port) = to.port {
                let at = to.field.path.key("port");
                problems.extend(other_port(of, port, "leads nowhere", &at));
            }
        }
    }
}

fn other_port(of: &Service, port: u16, what: &str, at: &Path) -> Option<Problem> {
    if of.is_external || of.ports.is_empty() || of.port(port).is_some() {
        return None;
    }
    let message = format!(
        "port {port} {what}: the Service `{}/{}` has {}",
        of.namespace,
        of.name,
        of.ports()
    );
    let help = "write a port of the Service, not of its pods";
    Some(Problem::warning(Code::NoEffect, at, message).help(help))
}

/// That Gateways have no virtual host for it.
fn gateways(routes: &Routes, around: &Surroundings, spec: &Path, problems: &mut Problems) {
    let known: Vec<&Gateway> =
        routes.gateways.iter().filter_map(|full| around.gateway(full)).collect();
    let is_whole = known.len() == routes.gateways.len();
    let mut domains: Vec<String> = Vec::new();
    for gateway in &known {
        let served = gateway.domains(&routes.hosts, &routes.namespace);
        if served.is_empty() && !routes.hosts.is_empty() {
            let reason = gateway.reason(&routes.hosts, &routes.namespace);
            let hosts = text::few(&routes.hosts);
            let message = format!(
                "no HTTP server of the Gateway `{}` has {hosts}: {reason}; Istio makes no route of these rules there",
                gateway.full
            );
            problems.add(Problem::warning(Code::NoEffect, &spec.key("gateways"), message));
        }
        domains.extend(served);
    }
    if !is_whole || domains.is_empty() {
        return;
    }
    // In the mesh a service's own name needs no gateway.
    let is_named = |host: &&String| !routes.is_for_mesh || host::service(host).is_none();
    let equal: BTreeSet<&String> = domains.iter().collect();
    let wide: Vec<&String> = domains.iter().filter(|domain| domain.starts_with('*')).collect();
    let is_served = |host: &String| {
        let is_wide = host.starts_with('*');
        equal.contains(host)
            || wide.iter().any(|domain| host::overlap(domain, host))
            || (is_wide && domains.iter().any(|domain| host::overlap(domain, host)))
    };
    for host in routes.hosts.iter().filter(is_named) {
        if !is_served(host) {
            let message = format!(
                "no HTTP server of its Gateways has `{host}`: Istio makes no route of these rules for it"
            );
            problems.add(Problem::warning(Code::NoEffect, &spec.key("hosts"), message));
        }
    }
}

/// That there is another VirtualService for the same host.
fn rivals(routes: &Routes, around: &Surroundings, spec: &Path, problems: &mut Problems) {
    if !routes.is_public() {
        return;
    }
    let at = spec.key("hosts");
    let hosts: BTreeSet<&str> = routes.hosts.iter().map(String::as_str).collect();
    let gateways: BTreeSet<&str> = routes.gateways.iter().map(String::as_str).collect();
    let others = around.sharing(&hosts).into_iter();
    for other in others.filter(|other| other.label != routes.label) {
        let shared = other.hosts.iter().find(|host| hosts.contains(host.as_str()));
        let Some(host) = shared else { continue };
        let is_met = other.gateways.iter().any(|gateway| gateways.contains(gateway.as_str()));
        let message = if other.is_for_mesh && routes.is_for_mesh {
            format!(
                "{} is for `{host}` in the mesh too: Istio uses only the older of them (IST0109)",
                other.label
            )
        } else if is_met {
            format!(
                "{} is for `{host}` at the same gateway too: Istio puts the rules of the older one first",
                other.label
            )
        } else {
            continue;
        };
        let problem = Problem::warning(Code::DuplicateName, &at, message);
        problems.add(problem.help("merge them into one VirtualService"));
        return;
    }
}
