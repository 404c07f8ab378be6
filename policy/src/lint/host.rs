//! A host that looks like a service of the cluster and is the name of none.

use crate::path::Path;
use crate::policy::Policy;
use crate::problem::{Code, Problem};

/// The domain of a cluster that was set up without another one.
const DOMAIN: &str = "cluster.local";

/// A host with a dot is taken as it is, as in Istio: `cart.shop` is not completed.
pub(super) fn incomplete(policy: &Policy) -> Option<Problem> {
    let host = policy.host().written();
    let right = right(host, policy.namespace())?;
    let message = format!(
        "no Service has the name `{host}`: Istio takes a host with a dot as it is, and nothing would be switched"
    );
    let at = Path::root().key("spec").key("host");
    let help = format!("write {right}; only a ServiceEntry may have another name");
    Some(Problem::warning(Code::NoEffect, &at, message).help(help))
}

/// How the name of the service is written that is surely meant.
fn right(host: &str, namespace: &str) -> Option<String> {
    let full = |service: &str, namespace: &str| format!("`{service}.{namespace}.svc.{DOMAIN}`");
    let parts: Vec<&str> = host.split('.').collect();
    match parts.as_slice() {
        [service, "svc"] | [service, "svc", "cluster"] | [service, "svc", "cluster", "local"] => {
            Some(full(service, namespace))
        }
        [service, of] if *of == namespace => Some(format!("`{service}` or {}", full(service, of))),
        [service, of]
        | [service, of, "svc"]
        | [service, of, "svc", "cluster"]
        | [service, of, "cluster", "local"] => Some(full(service, of)),
        // The name of a pod, or one label too many.
        [.., service, of, "svc", "cluster", "local"] if parts.len() > 5 => Some(full(service, of)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_are_no_full_names_are_told_the_right_one() {
        for (host, expected) in [
            ("cart", None),
            ("cart.shop.svc.cluster.local", None),
            ("cart.other.svc.cluster.local", None),
            ("cart.shop.svc.corp.example", None),
            ("api.example.com", None),
            ("cart.shop", Some("`cart` or `cart.shop.svc.cluster.local`")),
            ("cart.other", Some("`cart.other.svc.cluster.local`")),
            ("cart.shop.svc", Some("`cart.shop.svc.cluster.local`")),
            ("cart.svc", Some("`cart.shop.svc.cluster.local`")),
            ("cart.shop.svc.cluster", Some("`cart.shop.svc.cluster.local`")),
            ("cart.svc.cluster.local", Some("`cart.shop.svc.cluster.local`")),
            ("cart.shop.cluster.local", Some("`cart.shop.svc.cluster.local`")),
            ("cart-0.cart.shop.svc.cluster.local", Some("`cart.shop.svc.cluster.local`")),
        ] {
            assert_eq!(right(host, "shop").as_deref(), expected, "{host}");
        }
    }
}
