//! A service that is not there as the Release names it, or that callers do not see.

use document::report::text;
use policy::policy::{Attach, AttachKind};
use policy::{Code, Path, Policy, Problem};

use crate::host;
use crate::labels;
use crate::service::Service;
use crate::sidecar::Sidecar;
use crate::surroundings::Surroundings;
use crate::visibility::ROOT;

/// That sidecars go by one of several VirtualServices of the host.
pub(super) fn rivals(policy: &Policy, around: &Surroundings) -> Option<Problem> {
    let fqdn = policy.host().fqdn();
    let is_called = policy.attach().iter().any(|attach| attach.kind == AttachKind::Sidecar);
    let rivals: Vec<&str> =
        around.rivals(fqdn).into_iter().map(|routes| routes.label.as_str()).collect();
    if !is_called || rivals.len() < 2 {
        return None;
    }
    let message = format!(
        "{} are for {fqdn} in the mesh: Istio uses only the oldest of them (IST0109)",
        rivals.join(" and ")
    );
    let at = Path::root().key("spec").key("host");
    let problem = Problem::error(Code::DuplicateName, &at, message);
    Some(problem.help("merge them into one VirtualService"))
}

/// What is wrong with the host and the port.
pub(super) fn lacking(policy: &Policy, around: &Surroundings) -> Vec<Problem> {
    let Some(service) = around.service(policy.host().fqdn()) else { return Vec::new() };
    let spec = Path::root().key("spec");
    let label = format!("the Service `{}/{}`", service.namespace, service.name);
    if service.is_external {
        let message =
            format!("{label} is of type ExternalName: it has no pods that subsets could select");
        let problem = Problem::error(Code::NoEffect, &spec.key("host"), message);
        return vec![problem.help("name the Service of the pods")];
    }
    let mut problems = excluded(policy, service, &label, &spec);
    let Some(number) = policy.port().filter(|_| !service.ports.is_empty()) else {
        return problems;
    };
    let Some(port) = service.port(number.get()) else {
        problems.push(other_port(service, &label, number.get(), &spec));
        return problems;
    };
    let is_called = policy.attach().iter().any(|attach| attach.kind == AttachKind::Sidecar);
    let other = port.other.as_ref().filter(|_| is_called);
    let problem = other.map(|other| {
        let message =
            format!("port {number} of {label} is for {other}: sidecars do not read it as HTTP");
        Problem::error(Code::NoEffect, &spec.key("port"), message)
            .help("name the port of the Service `http`, or set its `appProtocol: http`")
    });
    problems.extend(problem);
    problems
}

/// The subsets of which no pod is an endpoint of the service.
fn excluded(policy: &Policy, service: &Service, label: &str, spec: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, subset) in policy.subsets().iter().enumerate() {
        let other = |(key, value): &(String, String)| {
            let wanted = labels::other(&service.selector, key, value)?;
            Some((key.clone(), value.clone(), wanted))
        };
        let Some((key, value, wanted)) = subset.labels.iter().find_map(other) else { continue };
        let at = spec.key("subsets").index(index).key("labels").key(&key);
        let message = format!(
            "no pod of `{}` is an endpoint of {label}: its selector asks for {key}={wanted}, found {key}={value}",
            subset.name
        );
        let help = format!(
            "remove `{key}` from the selector of the Service, so that it has the pods of all subsets"
        );
        problems.push(Problem::error(Code::NoEffect, &at, message).help(help));
    }
    problems
}

fn other_port(service: &Service, label: &str, number: u16, spec: &Path) -> Problem {
    let message = format!("{label} has no port {number}; it has {}", service.ports());
    let of_pods = service.ports.iter().find(|port| port.target == Some(number));
    let help = match of_pods {
        Some(port) => format!("write `port: {}`: {number} is the port of its pods", port.number),
        None => "write a port of the Service, not of its pods".to_owned(),
    };
    Problem::error(Code::NoEffect, &spec.key("port"), message).help(help)
}

/// That sidecars do not see the service.
pub(super) fn hidden(policy: &Policy, attach: &Attach, around: &Surroundings) -> Option<Problem> {
    let fqdn = policy.host().fqdn();
    let (_, namespace) = host::service(fqdn)?;
    if let Some(service) = around.service(fqdn)
        && !is_exported(service, &attach.namespace)
    {
        let message = format!(
            "sidecars of `{}` do not see the Service `{namespace}/{}`: it is exported to {}",
            attach.namespace,
            service.name,
            text::few(&service.export_to)
        );
        let help =
            "attach callers that see it, or change its annotation `networking.istio.io/exportTo`";
        return Some(Problem::error(Code::NoEffect, &attach.path, message).help(help));
    }
    let hiding = hiding(attach, around, fqdn, namespace)?;
    let message = format!("the Sidecar `{}` keeps {fqdn} from these proxies", hiding.full);
    let help = format!("add `{namespace}/{fqdn}` to the `hosts` of its `egress`");
    Some(Problem::error(Code::NoEffect, &attach.path, message).help(help))
}

fn is_exported(service: &Service, client: &str) -> bool {
    let sees = |name: &String| match name.as_str() {
        "*" => true,
        "." => service.namespace == client,
        name => name == client,
    };
    service.export_to.is_empty() || service.export_to.iter().any(sees)
}

/// The Sidecar that hides the service; none where some of the proxies may go by another one.
fn hiding<'s>(
    attach: &Attach,
    around: &'s Surroundings,
    fqdn: &str,
    namespace: &str,
) -> Option<&'s Sidecar> {
    let may_be_for = |sidecar: &&Sidecar| {
        let differs =
            |(key, value): &(String, String)| labels::other(&attach.labels, key, value).is_some();
        !sidecar.labels.iter().any(differs)
    };
    let own: Vec<&Sidecar> =
        around.sidecars(&attach.namespace)?.iter().filter(may_be_for).collect();
    // One that is for all of them, and others that may be for some.
    let is_whole = own.iter().any(|sidecar| sidecar.is_for(&attach.namespace, &attach.labels));
    let all = if own.is_empty() {
        around.sidecars(ROOT)?.iter().filter(|sidecar| sidecar.is_for(ROOT, &[])).collect()
    } else if is_whole {
        own
    } else {
        return None;
    };
    let first = *all.first()?;
    all.iter().all(|sidecar| sidecar.hides(fqdn, namespace)).then_some(first)
}
