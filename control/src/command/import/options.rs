//! The options of `serin import`, all read in one pass.

use document::report::Message;

use import::{Attach, Options, Pods};
use std::num::NonZeroU16;

use super::super::identity;
use super::Args;

const ATTACH: &str =
    "`sidecar`, `sidecar:app=productpage@bookinfo`, or `gateway:istio=ingressgateway@istio-system`";

/// The options, and what is wrong with them.
pub(super) fn read(args: &Args) -> (Options, Vec<Message>) {
    let mut complaints = Vec::new();
    let mut options = Options {
        stable: args.stable.clone(),
        port: args.port.and_then(NonZeroU16::new),
        name: args.name.as_deref().map(name),
        cluster_domain: args.cluster_domain.clone(),
        ..Options::default()
    };
    for text in &args.attach {
        match attach(text) {
            Some(read) => options.attach.push(read),
            None => complaints.push(complaint("--attach", text, ATTACH)),
        }
    }
    for text in &args.identity {
        match identity::read(text) {
            Some(read) => options.identity.push(read),
            None => complaints.push(complaint("--identity", text, identity::EXAMPLES)),
        }
    }
    (options, complaints)
}

fn complaint(option: &str, found: &str, expected: &str) -> Message {
    let message = format!("invalid value `{found}` for `{option}`");
    Message::new(message).help(format!("write it as {expected}"))
}

fn name(text: &str) -> (Option<String>, String) {
    match text.split_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, text.to_owned()),
    }
}

fn attach(text: &str) -> Option<Attach> {
    let (rest, namespace) = match text.rsplit_once('@') {
        Some((rest, namespace)) if !namespace.is_empty() => (rest, Some(namespace.to_owned())),
        Some(_) => return None,
        None => (text, None),
    };
    let (kind, labels) =
        rest.split_once(':').map_or((rest, None), |(kind, labels)| (kind, Some(labels)));
    let label = |pair: &str| {
        let (key, value) = pair.split_once('=')?;
        (!key.is_empty()).then(|| (key.to_owned(), value.to_owned()))
    };
    let labels = match labels {
        Some(labels) => labels.split(',').map(label).collect::<Option<Vec<_>>>()?,
        None => Vec::new(),
    };
    let pods = Pods { labels, namespace };
    match kind {
        "sidecar" => Some(Attach::Sidecar(pods)),
        "gateway" if !pods.labels.is_empty() => Some(Attach::Gateway(pods)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_named_by_kind_labels_and_namespace() {
        let pods = |labels: &[(&str, &str)], namespace: Option<&str>| Pods {
            labels: labels
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
            namespace: namespace.map(str::to_owned),
        };
        for (text, expected) in [
            ("sidecar", Some(Attach::Sidecar(pods(&[], None)))),
            ("sidecar@shop", Some(Attach::Sidecar(pods(&[], Some("shop"))))),
            (
                "sidecar:app=a,version=v1",
                Some(Attach::Sidecar(pods(&[("app", "a"), ("version", "v1")], None))),
            ),
            ("gateway:istio=x@gw", Some(Attach::Gateway(pods(&[("istio", "x")], Some("gw"))))),
            ("gateway", None),
            ("gateway@gw", None),
            ("sidecar:", None),
            ("sidecar:app", None),
            ("sidecar:=a", None),
            ("sidecar@", None),
            ("waypoint:a=b", None),
            ("", None),
        ] {
            assert_eq!(attach(text), expected, "{text}");
        }
    }
}
