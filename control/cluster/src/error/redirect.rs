//! An answer that leads to another address: an API server gives none, and what is sent on would be the user's token.

use hyper::header::LOCATION;
use hyper::http::Uri;
use hyper::http::response::Parts;
use rollout::drive::cluster::Error;

use crate::contact::Contact;
use crate::masked;

/// The error of an answer with this head.
pub(crate) fn redirected(head: &Parts, contact: &Contact) -> Error {
    let code = head.status.as_u16();
    let location = head.headers.get(LOCATION).and_then(|location| location.to_str().ok());
    let shown = location.and_then(masked::shown);
    let to = shown.map(|shown| format!(" to {shown}")).unwrap_or_default();
    let what = format!("the server at {} redirects{to} (status {code})", contact.place());
    let target = location.and_then(|location| location.parse::<Uri>().ok());
    let is_same = target.as_ref().is_some_and(|target| target.host() == Some(contact.host()));
    let is_tls = target.as_ref().is_some_and(|target| target.scheme_str() == Some("https"));
    let help = if is_same && is_tls && !contact.is_tls() {
        "write `https://` in `server` of the context's cluster"
    } else {
        "redirects are not followed: write the address of the API server itself into `server` of the context's cluster; \
         a login page or a load balancer may be in front of it"
    };
    Error::WrongServer { what, help: help.to_owned() }
}
