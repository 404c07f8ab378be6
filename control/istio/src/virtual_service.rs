//! A VirtualService as far as weaving and importing must understand it: whom it is for, its rules and where they lead.

use policy::{Node, Problems};

use super::field::Field;
use super::host;
use super::object::Object;

/// The gateway that means the sidecars of the mesh.
pub const MESH: &str = "mesh";

/// A VirtualService.
#[derive(Debug)]
pub struct VirtualService<'n> {
    /// Where it stands.
    pub object: Object<'n>,
    /// Full names.
    pub hosts: Vec<String>,
    /// As written; none: the mesh.
    pub gateways: Vec<&'n str>,
    /// Its rules for HTTP, the first that takes a request counts.
    pub rules: Vec<Rule<'n>>,
    /// The hosts that its rules for other protocols lead to.
    pub other_hosts: Vec<String>,
}

/// A rule for HTTP.
#[derive(Debug)]
pub struct Rule<'n> {
    /// All that it says.
    pub field: Field<'n>,
    /// Empty where it has none.
    pub name: &'n str,
    /// Its `match`: a request that any of them takes; none: every request.
    pub entries: Vec<Entry<'n>>,
    /// Where it leads, in the order of its `route`.
    pub destinations: Vec<Destination<'n>>,
    /// What it does instead of sending requests somewhere.
    pub instead: Option<&'static str>,
}

/// An entry of a rule's `match`.
#[derive(Debug)]
pub struct Entry<'n> {
    /// All that it says.
    pub field: Field<'n>,
    /// Empty where it has none.
    pub name: &'n str,
    /// As written.
    pub gateways: Vec<&'n str>,
    /// The labels that the caller's pods must have.
    pub labels: Vec<(&'n str, &'n str)>,
    /// The namespace that the caller must be in.
    pub namespace: Option<&'n str>,
    /// The port that was asked for.
    pub port: Option<u16>,
}

/// Where a rule leads.
#[derive(Debug)]
pub struct Destination<'n> {
    /// Its position in the rule's `route`.
    pub index: usize,
    /// All that it says.
    pub field: Field<'n>,
    /// Full name.
    pub host: String,
    /// Empty where it names none.
    pub subset: &'n str,
    /// The port of the service, where one is named.
    pub port: Option<u16>,
}

impl Destination<'_> {
    /// Whether it is the service at this port.
    #[must_use]
    pub fn is(&self, fqdn: &str, port: u16) -> bool {
        self.host == fqdn && self.port.is_none_or(|own| own == port)
    }
}

/// Where a rule has requests copied to.
#[derive(Debug)]
pub struct Copies<'n> {
    /// The destination, as written.
    pub to: Field<'n>,
    /// Of how many requests; no number where what is written is none.
    pub percent: f64,
}

impl<'n> VirtualService<'n> {
    /// Reads it as far as it can be understood; hosts without dots are in a cluster of this domain.
    pub fn read(object: Object<'n>, domain: &str, problems: &mut Problems) -> Self {
        let namespace = object.namespace;
        let complete = |host: &str| host::complete_in(host, namespace, domain);
        let spec = object.root.map("spec", problems);
        let texts = |key, problems: &mut Problems| {
            spec.as_ref().map(|spec| spec.texts(key, problems)).unwrap_or_default()
        };
        let hosts = texts("hosts", problems).into_iter().map(complete).collect();
        let gateways = texts("gateways", problems);
        let mut rules =
            |key| spec.as_ref().map(|spec| spec.maps(key, problems)).unwrap_or_default();
        let (http, others) = (rules("http"), [rules("tcp"), rules("tls")].concat());
        let read = |rule: &Field<'n>| destinations(rule, namespace, domain, problems);
        let other_hosts = others.iter().flat_map(read).map(|other| other.host).collect();
        let rules =
            http.into_iter().map(|rule| Rule::read(rule, namespace, domain, problems)).collect();
        Self { object, hosts, gateways, rules, other_hosts }
    }
}

impl<'n> Rule<'n> {
    fn read(field: Field<'n>, namespace: &str, domain: &str, problems: &mut Problems) -> Self {
        let instead = ["delegate", "redirect", "directResponse"];
        let entries = field.maps("match", problems);
        Self {
            name: field.string("name", problems).unwrap_or_default(),
            entries: entries.into_iter().map(|entry| Entry::read(entry, problems)).collect(),
            destinations: destinations(&field, namespace, domain, problems),
            instead: instead.into_iter().find(|key| field.get(key).is_some()),
            field,
        }
    }
}

impl<'n> Entry<'n> {
    fn read(field: Field<'n>, problems: &mut Problems) -> Self {
        Self {
            name: field.string("name", problems).unwrap_or_default(),
            gateways: field.texts("gateways", problems),
            labels: field.labels("sourceLabels", problems),
            namespace: field.string("sourceNamespace", problems).filter(|name| !name.is_empty()),
            // To Istio a zero is as good as nothing.
            port: field.get("port").and_then(|port| port.port(problems)).filter(|port| *port != 0),
            field,
        }
    }
}

impl<'n> Rule<'n> {
    /// What it copies, by `mirror` and by `mirrors`.
    pub fn mirrors(&self, problems: &mut Problems) -> Vec<Copies<'n>> {
        let rule = &self.field;
        let mut all = Vec::new();
        if let Some(to) = rule.map("mirror", problems) {
            let percent = match (rule.map("mirrorPercentage", problems), rule.get("mirrorPercent"))
            {
                (Some(percentage), _) => value(percentage.get("value").as_ref()),
                (None, Some(percent)) => value(Some(&percent)),
                (None, None) => 100.0,
            };
            all.push(Copies { to, percent });
        }
        for mirror in rule.maps("mirrors", problems) {
            let percentage = mirror.map("percentage", problems);
            let percent =
                percentage.map_or(100.0, |percentage| value(percentage.get("value").as_ref()));
            all.extend(mirror.map("destination", problems).map(|to| Copies { to, percent }));
        }
        all
    }
}

/// A number; of what is none, one that is no percentage.
fn value(field: Option<&Field<'_>>) -> f64 {
    match field.map(|field| field.node) {
        Some(Node::Number(number)) => *number,
        // As Istio reads a percentage in which no value stands.
        None => 0.0,
        Some(_) => f64::NAN,
    }
}

fn destinations<'n>(
    rule: &Field<'n>,
    namespace: &str,
    domain: &str,
    problems: &mut Problems,
) -> Vec<Destination<'n>> {
    let mut destinations = Vec::new();
    for (index, route) in rule.maps("route", problems).iter().enumerate() {
        let Some(field) = route.map("destination", problems) else { continue };
        let host = field.string("host", problems).unwrap_or_default();
        let port = field.map("port", problems).and_then(|port| port.get("number"));
        destinations.push(Destination {
            index,
            host: host::complete_in(host, namespace, domain),
            subset: field.string("subset", problems).unwrap_or_default(),
            port: port.and_then(|number| number.port(problems)),
            field,
        });
    }
    destinations
}
