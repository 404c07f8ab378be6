//! A Gateway, as far as it says which routes its proxies get: hosts, and what becomes of requests to them.

use std::collections::HashSet;

use document::report::text;
use policy::Problems;

use super::field::Field;
use super::host;
use super::labels;
use super::object::{self, Named};

/// A Gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// `<namespace>/<name>`
    pub full: String,
    /// The labels of its pods.
    pub selector: Vec<(String, String)>,
    /// What it listens to.
    pub servers: Vec<Server>,
}

/// A server of a Gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The namespaces whose VirtualServices may use a host (`*`: any), and the host.
    pub hosts: Vec<(String, String)>,
    /// What becomes of requests.
    pub serves: Serves,
}

/// What becomes of requests to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Serves {
    /// They are routed by the `http` rules of VirtualServices.
    Routes,
    /// They are redirected to https.
    Redirects,
    /// They are passed on as TLS: nothing in the proxy reads them.
    PassesThrough,
    /// It is of another protocol.
    Other(String),
}

impl Gateway {
    /// Reads a Gateway of Istio, which is in `namespace` where it names none; none where it is something else.
    #[must_use]
    pub fn read(root: &Field<'_>, namespace: &str) -> Option<Self> {
        let Named { namespace, full, spec } = object::named(root, "Gateway", namespace)?;
        let ignored = &mut Problems::default();
        let servers = spec.as_ref().map(|spec| spec.maps("servers", ignored)).unwrap_or_default();
        let selector = spec.as_ref().map(|spec| spec.labels("selector", ignored));
        Some(Self {
            full,
            selector: labels::owned(&selector.unwrap_or_default()),
            servers: servers.iter().map(|server| Server::read(server, namespace)).collect(),
        })
    }

    /// The domains of the virtual hosts that it gets for `hosts` of a VirtualService in `namespace`
    /// (`buildGatewayHTTPRouteConfig` in Istio's `gateway.go`).
    #[must_use]
    pub fn domains(&self, hosts: &[String], namespace: &str) -> Vec<String> {
        let servers = self.servers.iter().filter(|server| server.serves == Serves::Routes);
        let domains =
            servers.flat_map(|server| host::intersection(&server.hosts_for(namespace), hosts));
        let mut known = HashSet::new();
        domains.filter(|domain| known.insert(domain.clone())).collect()
    }

    /// Why it gets no virtual host for `hosts`, for people.
    #[must_use]
    pub fn reason(&self, hosts: &[String], namespace: &str) -> String {
        let others = self.servers.iter().find_map(|server| {
            let met = !host::intersection(&server.hosts_for(namespace), hosts).is_empty();
            match &server.serves {
                _ if !met => None,
                Serves::Routes => None,
                Serves::Redirects => Some("it redirects them to https".to_owned()),
                Serves::PassesThrough => Some("TLS is passed through for them".to_owned()),
                Serves::Other(protocol) => Some(format!("its server for them is for {protocol}")),
            }
        });
        if let Some(others) = others {
            return others;
        }
        let elsewhere = self.servers.iter().flat_map(|server| &server.hosts);
        let elsewhere = elsewhere
            .filter(|(_, host)| hosts.iter().any(|own| host::overlap(own, host)))
            .map(|(namespace, _)| namespace.as_str())
            .next();
        if let Some(only) = elsewhere {
            return format!("it has them for VirtualServices of the namespace `{only}` only");
        }
        let mut has: Vec<String> = Vec::new();
        let mut known = HashSet::new();
        for server in self.servers.iter().filter(|server| server.serves == Serves::Routes) {
            for host in server.hosts_for(namespace) {
                if known.insert(host.clone()) {
                    has.push(format!("`{host}`"));
                }
            }
        }
        if has.is_empty() {
            "it has none".to_owned()
        } else {
            format!("it has {}", text::few(&has))
        }
    }

    /// Whether some pod may have both its labels and these.
    #[must_use]
    pub fn may_be_of(&self, labels: &[(String, String)]) -> bool {
        self.selector
            .iter()
            .all(|(key, value)| labels.iter().all(|(own, of)| own != key || of == value))
    }
}

impl Server {
    fn read(server: &Field<'_>, namespace: &str) -> Self {
        let ignored = &mut Problems::default();
        let hosts = server.texts("hosts", ignored).into_iter().map(|written| {
            let written = written.to_ascii_lowercase();
            match written.split_once('/') {
                Some((".", host)) => (namespace.to_owned(), host.to_owned()),
                Some((of, host)) => (of.to_owned(), host.to_owned()),
                None => ("*".to_owned(), written),
            }
        });
        Self { hosts: hosts.collect(), serves: Serves::read(server) }
    }

    /// The hosts for VirtualServices of a namespace.
    fn hosts_for(&self, namespace: &str) -> Vec<String> {
        let is_for = |of: &str| of == "*" || of == namespace;
        self.hosts.iter().filter(|(of, _)| is_for(of)).map(|(_, host)| host.clone()).collect()
    }
}

impl Serves {
    /// As `IsHTTPServer` in Istio's `pkg/config/gateway/gateway.go` tells.
    fn read(server: &Field<'_>) -> Self {
        let protocol =
            server.get("port").and_then(|port| port.word("protocol")).unwrap_or_default();
        let tls = server.get("tls");
        let mode = tls.as_ref().and_then(|tls| tls.word("mode")).unwrap_or_default();
        let passes = matches!(mode, "PASSTHROUGH" | "AUTO_PASSTHROUGH");
        let redirects = tls.as_ref().and_then(|tls| tls.get("httpsRedirect"));
        let redirects = redirects.is_some_and(|field| *field.node == policy::Node::Bool(true));
        match protocol.to_ascii_uppercase().as_str() {
            "HTTP" | "HTTP2" | "GRPC" | "GRPC-WEB" if redirects => Self::Redirects,
            "HTTP" | "HTTP2" | "GRPC" | "GRPC-WEB" => Self::Routes,
            "HTTPS" | "TLS" if passes => Self::PassesThrough,
            "HTTPS" if tls.is_some() => Self::Routes,
            "HTTPS" => Self::Other("HTTPS without `tls`".to_owned()),
            "" => Self::Other("no protocol".to_owned()),
            other => Self::Other(other.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
