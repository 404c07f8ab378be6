//! Whether a namespace lets Releases of another one into its proxies.

use super::{Cluster, Error, Resource};

/// The annotation of a namespace: those whose Releases may attach to its proxies, separated by commas; or `*`.
pub const ATTACH_FROM: &str = "serin.dev/attach-from";

impl dyn Cluster + '_ {
    /// Whether Releases of the namespace `from` may attach to proxies of `namespace`.
    ///
    /// # Errors
    /// When the cluster cannot be asked, or has no such namespace.
    pub async fn consents(&self, namespace: &str, from: &str) -> Result<bool, Error> {
        if namespace == from {
            return Ok(true);
        }
        let found = self.get(&Resource::NAMESPACE, None, namespace).await?;
        let found =
            found.ok_or_else(|| Error::NotFound { object: format!("Namespace {namespace}") })?;
        Ok(found.annotation(ATTACH_FROM).is_some_and(|list| names(list, from)))
    }
}

fn names(list: &str, from: &str) -> bool {
    list.split(',').map(str::trim).any(|name| name == "*" || name == from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_namespaces_or_all() {
        for list in ["bookinfo", "shop, bookinfo", "*", "shop,*", " bookinfo "] {
            assert!(names(list, "bookinfo"), "{list}");
        }
        for list in ["", "shop", "book", "bookinfo-2", "book*"] {
            assert!(!names(list, "bookinfo"), "{list}");
        }
    }
}
