//! A Sidecar resource, which may keep hosts from the proxies that it is for.

use policy::Problems;

use super::field::Field;
use super::host;
use super::labels;
use super::object::{self, Named};

/// A Sidecar resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sidecar {
    /// `<namespace>/<name>`
    pub full: String,
    /// Its namespace, or the one assumed.
    pub namespace: String,
    /// The labels of the pods that it is for; none: all of its namespace.
    pub labels: Vec<(String, String)>,
    /// The namespaces and hosts that these may call; none: all.
    pub hosts: Option<Vec<(String, String)>>,
}

impl Sidecar {
    /// Reads a Sidecar, which is in `namespace` where it names none; none where it is something else.
    #[must_use]
    pub fn read(root: &Field<'_>, namespace: &str) -> Option<Self> {
        let Named { namespace, full, spec } = object::named(root, "Sidecar", namespace)?;
        let ignored = &mut Problems::default();
        let selector = spec.as_ref().and_then(|spec| spec.map("workloadSelector", ignored));
        let labels =
            selector.map(|selector| selector.labels("labels", ignored)).unwrap_or_default();
        let egress = spec.as_ref().map(|spec| spec.maps("egress", ignored)).unwrap_or_default();
        let hosts = egress.iter().flat_map(|listener| listener.texts("hosts", ignored));
        let hosts = hosts.filter_map(|written| {
            let (of, host) = written.split_once('/')?;
            let of = if of == "." { namespace } else { of };
            Some((of.to_owned(), host.to_ascii_lowercase()))
        });
        let hosts: Vec<(String, String)> = hosts.collect();
        Some(Self {
            full,
            namespace: namespace.to_owned(),
            labels: labels::owned(&labels),
            hosts: (!egress.is_empty()).then_some(hosts),
        })
    }

    /// Whether all pods of a namespace with these labels go by it, unless another one comes before.
    #[must_use]
    pub fn is_for(&self, namespace: &str, labels: &[(String, String)]) -> bool {
        self.namespace == namespace && self.labels.iter().all(|label| labels.contains(label))
    }

    /// Whether it keeps a service of `namespace` from them.
    #[must_use]
    pub fn hides(&self, fqdn: &str, namespace: &str) -> bool {
        let shows = |(of, shown): &(String, String)| {
            (of == "*" || of == namespace) && host::is_within(fqdn, shown)
        };
        self.hosts.as_ref().is_some_and(|hosts| !hosts.iter().any(shows))
    }
}

#[cfg(test)]
mod tests {
    use document::load::{self, Source};

    use super::*;
    use crate::object::roots;

    #[test]
    fn a_host_is_hidden_where_no_listener_names_it() {
        let fqdn = "cart.shop.svc.cluster.local";
        for (spec, hides) in [
            ("{}", false),
            ("{egress: []}", false),
            ("{egress: [{hosts: ['*/*']}]}", false),
            ("{egress: [{hosts: ['./*']}]}", true),
            ("{egress: [{hosts: ['./*', 'shop/*']}]}", false),
            ("{egress: [{hosts: ['~/*']}]}", true),
            ("{egress: [{hosts: ['./*']}, {hosts: ['shop/cart.shop.svc.cluster.local']}]}", false),
            ("{egress: [{hosts: ['shop/other.shop.svc.cluster.local']}]}", true),
            ("{egress: [{hosts: ['*/*.shop.svc.cluster.local']}]}", false),
        ] {
            let text = format!(
                "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {{name: a, namespace: front}}\nspec: {spec}\n"
            );
            let (documents, _) = load::documents(&Source::new("sidecar.yaml", text));
            let sidecar = Sidecar::read(&roots(&documents[0].node)[0], "default").unwrap();
            assert_eq!(sidecar.hides(fqdn, "shop"), hides, "{spec}");
            assert!(sidecar.is_for("front", &[]) && !sidecar.is_for("shop", &[]));
        }
    }
}
