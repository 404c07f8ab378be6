//! A Service of Kubernetes, as far as it says which virtual hosts proxies get for it.

use document::report::text;
use policy::Problems;

use super::field::Field;
use super::labels;

/// The annotation that says which namespaces see it.
const EXPORT_TO: &str = "networking.istio.io/exportTo";
/// Protocols of ports that no proxy reads as HTTP.
const OTHERS: [&str; 8] = ["tcp", "tls", "https", "mongo", "mysql", "redis", "udp", "sctp"];

/// A Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its namespace, or the one assumed.
    pub namespace: String,
    /// Whether it is another name for a host outside: it has no pods.
    pub is_external: bool,
    /// Its ports.
    pub ports: Vec<Port>,
    /// The labels that its pods have; none: it has endpoints of its own.
    pub selector: Vec<(String, String)>,
    /// The namespaces that see it, as written; none: all.
    pub export_to: Vec<String>,
}

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its number.
    pub number: u16,
    /// That of the pods behind it, where it is a number.
    pub target: Option<u16>,
    /// Its protocol, where that is not HTTP.
    pub other: Option<String>,
}

impl Service {
    /// Reads a Service, which is in `namespace` where it names none; none where it is something else.
    #[must_use]
    pub fn read(root: &Field<'_>, namespace: &str) -> Option<Self> {
        if root.word("apiVersion") != Some("v1") || root.word("kind") != Some("Service") {
            return None;
        }
        let ignored = &mut Problems::default();
        let metadata = root.map("metadata", ignored)?;
        let spec = root.map("spec", ignored);
        let ports = spec.as_ref().map(|spec| spec.maps("ports", ignored)).unwrap_or_default();
        let annotations = metadata.labels("annotations", ignored);
        let export_to = annotations.iter().find(|(key, _)| *key == EXPORT_TO);
        let selector = spec.as_ref().map(|spec| spec.labels("selector", ignored));
        let names = export_to.map(|(_, names)| names.split(','));
        let names = names.into_iter().flatten().map(|name| name.trim().to_owned());
        Some(Self {
            name: metadata.word("name")?.to_owned(),
            namespace: metadata.word("namespace").unwrap_or(namespace).to_owned(),
            is_external: spec.as_ref().and_then(|spec| spec.word("type")) == Some("ExternalName"),
            ports: ports.iter().filter_map(Port::read).collect(),
            selector: labels::owned(&selector.unwrap_or_default()),
            export_to: names.filter(|name| !name.is_empty()).collect(),
        })
    }

    /// Its ports, for people.
    #[must_use]
    pub fn ports(&self) -> String {
        let numbers: Vec<String> = self.ports.iter().map(|port| port.number.to_string()).collect();
        text::few(&numbers)
    }

    /// Its port with this number.
    #[must_use]
    pub fn port(&self, number: u16) -> Option<&Port> {
        self.ports.iter().find(|port| port.number == number)
    }
}

impl Port {
    fn read(port: &Field<'_>) -> Option<Self> {
        let ignored = &mut Problems::default();
        Some(Self {
            number: port.get("port")?.port(ignored)?,
            target: port.get("targetPort").and_then(|target| target.port(ignored)),
            other: other(port),
        })
    }
}

/// The protocol that is not HTTP: `appProtocol`, or what the name begins with (`pkg/config/kube/conversion.go` in Istio).
fn other(port: &Field<'_>) -> Option<String> {
    let transport = port.word("protocol").unwrap_or("TCP").to_ascii_lowercase();
    if transport != "tcp" {
        return Some(transport.to_ascii_uppercase());
    }
    let name = port.word("name").unwrap_or_default();
    let said = port.word("appProtocol").unwrap_or(name).to_ascii_lowercase();
    let said = said.split('-').next().unwrap_or_default();
    OTHERS.contains(&said).then(|| said.to_owned())
}

#[cfg(test)]
mod tests {
    use document::load::{self, Source};

    use super::*;
    use crate::object::roots;

    fn service(spec: &str) -> Service {
        let text = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: cart, annotations: {{{EXPORT_TO}: 'a, .'}}}}\nspec: {spec}\n"
        );
        let (documents, _) = load::documents(&Source::new("service.yaml", text));
        Service::read(&roots(&documents[0].node)[0], "shop").unwrap()
    }

    #[test]
    fn a_port_is_http_unless_its_name_or_its_protocol_says_otherwise() {
        for (port, other) in [
            ("{port: 80}", None),
            ("{port: 80, name: http}", None),
            ("{port: 80, name: http-web}", None),
            ("{port: 80, name: web}", None),
            ("{port: 80, name: tcp-web}", Some("tcp")),
            ("{port: 80, name: https}", Some("https")),
            ("{port: 80, name: tcp-web, appProtocol: http}", None),
            ("{port: 80, name: http, appProtocol: tcp}", Some("tcp")),
            ("{port: 80, name: http, protocol: UDP}", Some("UDP")),
        ] {
            let found = service(&format!("{{ports: [{port}]}}"));
            assert_eq!(found.ports[0].other.as_deref(), other, "{port}");
        }
    }

    #[test]
    fn a_service_says_its_ports_and_who_sees_it() {
        let found = service(
            "{type: ExternalName, ports: [{port: 80, targetPort: 8080}, {port: 81, targetPort: x}]}",
        );
        assert!(found.is_external);
        assert_eq!(found.export_to, ["a", "."]);
        assert_eq!(found.ports(), "80, 81");
        assert_eq!(found.port(80).unwrap().target, Some(8080));
        assert_eq!(found.port(81).unwrap().target, None);
        assert_eq!((found.name.as_str(), found.namespace.as_str()), ("cart", "shop"));
    }
}
