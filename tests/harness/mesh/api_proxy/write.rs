//! What changes something in the API.

use std::fmt;

use hyper::body::Incoming;
use hyper::http::{Method, Request};

/// A request that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    method: Method,
    path: String,
}

impl Write {
    /// The request, if it changes anything: reviews (who am I?) and connections to pods do not, and that a controller
    /// is alive changes nothing of what it does.
    pub(super) fn of(request: &Request<Incoming>) -> Option<Self> {
        let (method, path) = (request.method(), request.uri().path());
        let changes = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(method)
            && !["authentication", "coordination"]
                .iter()
                .any(|group| path.starts_with(&format!("/apis/{group}.k8s.io/")))
            && !path.ends_with("/portforward");
        // As clients write the names of objects.
        let path = path.replace("%2E", ".").replace("%2D", "-");
        changes.then(|| Self { method: method.clone(), path })
    }
}

/// `PATCH deployments/reviews-v2`.
impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `/api/v1/…` or `/apis/<group>/<version>/…`, and where it is in a namespace `namespaces/<name>/…`.
        let skipped = if self.path.starts_with("/apis/") { 3 } else { 2 };
        let segments: Vec<&str> = self.path.split('/').skip(1 + skipped).collect();
        let object = match segments.as_slice() {
            ["namespaces", _, object @ ..] if !object.is_empty() => object,
            object => object,
        };
        write!(f, "{} {}", self.method, object.join("/"))
    }
}
