//! A host of `attach` that no virtual host of the gateway has as its domain.

use document::report::text;
use policy::policy::Attach;
use policy::{Code, Policy, Problem};

use super::Options;
use crate::surroundings::{Routes, Surroundings};
use crate::{host, names};

/// What is known of the virtual hosts that have the rules of a VirtualService.
#[derive(Debug, Default)]
struct Domains {
    /// Those of Gateways that are known.
    known: Vec<String>,
    /// The hosts of which those of other Gateways are a part.
    wider: Vec<String>,
    /// Why Gateways have none.
    reasons: Vec<String>,
}

/// A problem for each host that can be known to be that of no virtual host.
pub(super) fn lacking(
    policy: &Policy,
    attach: &Attach,
    hosts: &[String],
    around: &Surroundings,
    options: &Options<'_>,
) -> Vec<Problem> {
    let (fqdn, port) = (policy.host().fqdn(), names::port(policy));
    let leads = |routes: &&Routes| !routes.gateways.is_empty() && routes.leads_to(fqdn, port);
    let all: Vec<&Routes> = around.leading(fqdn).into_iter().filter(leads).collect();
    let at = attach.path.key("gateway").key("hosts");
    let mut problems = Vec::new();
    for (index, host) in hosts.iter().enumerate() {
        let host = host.to_ascii_lowercase();
        let serving: Vec<&&Routes> = all
            .iter()
            .filter(|routes| routes.hosts.iter().any(|own| host::overlap(own, &host)))
            .collect();
        let mut domains = Domains::default();
        for routes in &serving {
            domains.add(routes, attach, around, options);
        }
        if serving.is_empty() || domains.may_have(&host) {
            continue;
        }
        let labels: Vec<&str> = serving.iter().map(|routes| routes.label.as_str()).collect();
        problems.push(domains.problem(&host, &text::few(&labels)).at(&at.index(index)));
    }
    problems
}

impl Domains {
    /// Those of a VirtualService in the proxies of `attach`.
    fn add(
        &mut self,
        routes: &Routes,
        attach: &Attach,
        around: &Surroundings,
        options: &Options<'_>,
    ) {
        let is_named = |full: &&String| {
            let mut named = options.gateways.iter();
            options.gateways.is_empty()
                || named.any(|named| host::gateway(named, &routes.namespace) == **full)
        };
        for full in routes.gateways.iter().filter(is_named) {
            let Some(gateway) = around.gateway(full) else {
                self.wider.extend(routes.hosts.iter().cloned());
                continue;
            };
            if !gateway.may_be_of(&attach.labels) {
                let labels = gateway.selector.iter().map(|(key, value)| format!("{key}={value}"));
                let labels: Vec<String> = labels.collect();
                let reason = format!("the Gateway `{full}` is for pods with {}", labels.join(","));
                self.reasons.push(reason);
                continue;
            }
            let domains = gateway.domains(&routes.hosts, &routes.namespace);
            if domains.is_empty() {
                let reason = gateway.reason(&routes.hosts, &routes.namespace);
                let hosts = text::few(&routes.hosts);
                self.reasons
                    .push(format!("no HTTP server of the Gateway `{full}` has {hosts}: {reason}"));
            }
            self.known.extend(domains);
        }
    }

    /// Whether a virtual host may have this domain.
    fn may_have(&self, host: &str) -> bool {
        self.known.iter().any(|known| known == host)
            || self.wider.iter().any(|wider| host::is_within(host, wider))
    }

    fn problem(&self, host: &str, labels: &str) -> Unplaced {
        let all = self.known.iter().chain(&self.wider);
        let mut right: Vec<&str> = Vec::new();
        for domain in all.filter(|domain| host::overlap(domain, host)) {
            if !right.contains(&domain.as_str()) {
                right.push(domain);
            }
        }
        let message = format!("no virtual host of the gateway has the domain `{host}`");
        if right.is_empty() {
            let reasons = if self.reasons.is_empty() {
                // Its Gateways have others of its hosts.
                let has: Vec<String> = self.known.iter().map(|has| format!("`{has}`")).collect();
                format!("with {labels} it has {}", text::few(&has))
            } else {
                self.reasons.join("; ")
            };
            let help = "name a gateway that serves the host, or add the host to an HTTP server of the Gateway";
            return Unplaced { message: format!("{message}: {reasons}"), help: help.to_owned() };
        }
        let quoted: Vec<String> = right.iter().map(|domain| format!("`{domain}`")).collect();
        let list: Vec<String> = right.iter().map(|domain| quote(domain)).collect();
        Unplaced {
            message: format!("{message}: with {labels} it has {}", text::few(&quoted)),
            help: format!(
                "write `hosts: [{}]`: istiod compares it as it is written",
                text::few(&list)
            ),
        }
    }
}

/// As YAML has it in a list.
fn quote(domain: &str) -> String {
    if domain.starts_with('*') { format!("\"{domain}\"") } else { domain.to_owned() }
}

/// What is wrong, and what to do about it.
struct Unplaced {
    message: String,
    help: String,
}

impl Unplaced {
    fn at(self, path: &policy::Path) -> Problem {
        Problem::error(Code::NoEffect, path, self.message).help(self.help)
    }
}
