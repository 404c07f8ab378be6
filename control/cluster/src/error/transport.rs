//! Errors of requests that no API server answered.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use http_body_util::LengthLimitError;
use kube::core::Status;
use rollout::drive::cluster::Error;

use super::{login, proxied, tls};
use crate::contact::Contact;

/// How many characters of a page's title are shown.
const TITLE: usize = 60;

/// What to do about a server that answered before.
const AGAIN: &str = "run the command again when it does: nothing is lost, and repeating it is safe";

/// What a connection that ended says (its beginning), and what that means.
const MEANINGS: [(&str, &str); 8] = [
    ("peer closed connection without sending TLS close_notify", "the connection broke off"),
    ("unexpected EOF during", "the connection broke off"),
    ("end of file before message length reached", "the connection broke off"),
    (
        "connection closed before message completed",
        "the connection was closed before an answer came",
    ),
    ("error reading a body", "the connection broke off"),
    ("operation was canceled", "the connection was closed before an answer came"),
    ("deadline has elapsed", "no connection in time"),
    ("timed out", "no connection in time"),
];

/// What the error of a request means that no API server answered.
pub(super) fn error(error: &kube::Error, contact: &Contact) -> Error {
    if let kube::Error::Auth(error) = error {
        return Error::Configuration { message: login::unauthenticated(error) };
    }
    if let Some(fault) = find::<rustls::Error>(error) {
        return match proxied::at_proxy(error, contact) {
            Some(proxy) => tls::of_proxy(fault, proxy),
            None => tls::error(fault, contact),
        };
    }
    if find::<LengthLimitError>(error).is_some() {
        return other(contact.place(), "its answer is larger than 64 MiB");
    }
    let is_other = matches!(error, kube::Error::SerdeError(_) | kube::Error::FromUtf8(_));
    if is_other || find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        let what = if is_other { "its answer is not JSON" } else { "it does not speak HTTP" };
        return other(contact.place(), what);
    }
    let cause = cause(error);
    if let Some(error) = proxied::error(error, &cause, contact) {
        return error;
    }
    if let Some(words) = cause.strip_prefix("failed to lookup address information") {
        return unresolved(words.trim_start_matches(": "), contact);
    }
    if cause == "tls handshake eof" {
        return tls::closed(contact);
    }
    let known = MEANINGS.iter().find(|(said, _)| cause.starts_with(said));
    unreachable(known.map_or(cause.as_str(), |(_, meant)| meant), contact)
}

/// The answer is JSON, but nothing that an API server of Kubernetes answers.
pub(crate) fn not_kubernetes(contact: &Contact) -> Error {
    other(contact.place(), "its answer is not a Kubernetes object")
}

/// No answer came within this time.
pub(crate) async fn late(limit: Duration, contact: &Contact) -> Error {
    if contact.is_made() || limit.is_zero() {
        // How long it was is said by what it is tried again for, or was said before.
        return unreachable("no answer in time", contact);
    }
    let what = format!("no answer within {} s", limit.as_secs_f32().ceil());
    if !contact.accepts().await {
        return unreachable(&what, contact);
    }
    let what = format!(
        "the server at {} accepts connections and then does not answer: {what}",
        contact.place()
    );
    let help = if contact.is_tls() {
        "it may not speak TLS (a plain HTTP port, or another service): check the port in `server` of the context's \
         cluster; `--request-timeout 30s` waits longer"
    } else {
        "it may expect TLS, or be another service: check `server` of the context's cluster; `--request-timeout 30s` \
         waits longer"
    };
    Error::Unreachable { what, help: help.to_owned() }
}

/// An answer began and had not ended within this time.
pub(crate) fn unfinished(limit: Duration, contact: &Contact) -> Error {
    let place = contact.place();
    if contact.is_made() || limit.is_zero() {
        let what = format!("the answer of the API server at {place} did not end in time");
        return Error::Unreachable { what, help: AGAIN.to_owned() };
    }
    let seconds = limit.as_secs_f32().ceil();
    let what = format!("the answer of the server at {place} did not end within {seconds} s");
    let help = "it may be another service: check `server` of the context's cluster; `--request-timeout 30s` waits longer";
    Error::Unreachable { what, help: help.to_owned() }
}

/// The server does not answer.
pub(super) fn unreachable(what: &str, contact: &Contact) -> Error {
    let help = if contact.is_made() {
        AGAIN
    } else {
        "check that the cluster is running and reachable (network, VPN, proxy), or name another one with \
         `--context NAME` or `--kubeconfig FILE`; `--request-timeout 30s` waits longer"
    };
    let what = format!("the API server at {} does not answer: {what}", contact.place());
    Error::Unreachable { what, help: help.to_owned() }
}

/// No address is known for the host.
fn unresolved(words: &str, contact: &Contact) -> Error {
    let words = match words.to_lowercase() {
        words if words.is_empty() => String::new(),
        words => format!(" ({words})"),
    };
    let what = format!(
        "the API server at {} does not answer: the name `{}` has no address{words}",
        contact.place(),
        contact.host()
    );
    let help =
        "check the name in `server` of the context's cluster, and the DNS of this machine (VPN?)";
    Error::Unreachable { what, help: help.to_owned() }
}

/// The error for a failure that Kubernetes did not send; none if it may have.
pub(super) fn foreign(status: &Status, contact: &Contact) -> Option<Error> {
    let text = status.message.trim();
    if text.contains("HTTP request to an HTTPS server") {
        let what = format!("{} expects TLS", contact.place());
        let help = "write `https://` in `server` of the context's cluster".to_owned();
        return Some(Error::WrongServer { what, help });
    }
    // The API server itself answers in plain words at times, but never with a page.
    if !text.starts_with('<') {
        return None;
    }
    let title = title(text).map(|title| format!(", titled \"{title}\"")).unwrap_or_default();
    let what = format!("it answers with a web page (status {}{title})", status.code);
    Some(other(contact.place(), &what))
}

fn other(place: &str, what: &str) -> Error {
    let help = "a proxy, a load balancer or a login page may be in front of it: check `server` and `proxy-url` of the \
                context's cluster, and `HTTPS_PROXY`";
    Error::WrongServer {
        what: format!("the server at {place} is not a Kubernetes API server: {what}"),
        help: help.to_owned(),
    }
}

/// What a page calls itself.
fn title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find('<')?;
    let title = page.get(start..end)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = title.chars().take(TITLE).collect();
    (!shown.is_empty()).then_some(shown)
}

/// The first error of this type among an error and its causes.
fn find<'e, T: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e T> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // What an I/O error was made of is not its cause: that has the next one.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| find(inner)) {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// The last cause, in the system's words.
fn cause(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    let text = last.to_string();
    // `Connection refused (os error 111)`
    match text.rsplit_once(" (os error ") {
        Some((words, _)) => words.to_lowercase(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact() -> Contact {
        let server = hyper::Uri::from_static("https://10.0.0.1:6443");
        Contact::new(&server, Some("shop"), None, None)
    }

    fn foreign_of(code: u16, text: &str) -> Option<String> {
        let status = Status::failure(text, "Failed to parse error data").with_code(code);
        foreign(&status, &contact()).map(|error| error.to_string())
    }

    #[test]
    fn a_page_is_told_from_what_an_api_server_says() {
        let page = "<html>\n<head><TITLE>502\n Bad  Gateway</TITLE></head></html>";
        assert_eq!(
            foreign_of(502, page).unwrap(),
            "the server at https://10.0.0.1:6443 (context `shop`) is not a Kubernetes API server: it answers with a \
             web page (status 502, titled \"502 Bad Gateway\")"
        );
        assert!(foreign_of(403, "<!doctype html><p>").unwrap().ends_with("(status 403)"));
        for title in ["<title", "<title>", "<title></title>", "<title>ä"] {
            assert!(foreign_of(200, title).is_some(), "{title}");
        }
        // As kube-apiserver answers for a group that it does not know, or when it is overloaded.
        assert_eq!(foreign_of(404, "404 page not found"), None);
        assert_eq!(foreign_of(429, "Too many requests, please try again later."), None);
        let plain = "Client sent an HTTP request to an HTTPS server.";
        assert!(foreign_of(400, plain).unwrap().contains("expects TLS"));
    }

    #[test]
    fn the_system_says_why_nothing_answers() {
        let refused = io::Error::from_raw_os_error(111);
        let error = kube::Error::Service(Box::new(refused));
        let found = super::error(&error, &contact());
        assert!(found.is_passing(), "{found:?}");
        assert_eq!(
            found.to_string(),
            "the API server at https://10.0.0.1:6443 (context `shop`) does not answer: connection refused"
        );
        assert!(found.help().unwrap().contains("--context"), "{found:?}");
    }

    #[test]
    fn a_fault_of_tls_is_found_below_others() {
        let fault = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let error = kube::Error::Service(Box::new(io::Error::other(fault)));
        let found = super::error(&error, &contact());
        assert!(matches!(found, Error::WrongServer { .. }), "{found:?}");
        let words = "is not trusted: it is signed by an unknown authority";
        assert!(found.to_string().ends_with(words), "{found}");
    }

    #[test]
    fn what_a_library_says_of_the_network_is_put_in_words() {
        let unknown = "failed to lookup address information: Name or service not known";
        for (text, words) in [
            (unknown, "the name `10.0.0.1` has no address (name or service not known)"),
            (
                "peer closed connection without sending TLS close_notify: https://docs.rs/rustls",
                "does not answer: the connection broke off",
            ),
            ("tls handshake eof", "closed the connection during the TLS handshake"),
            ("deadline has elapsed", "does not answer: no connection in time"),
        ] {
            let error = kube::Error::Service(Box::new(io::Error::other(text)));
            let found = super::error(&error, &contact());
            assert!(found.to_string().ends_with(words), "{found}");
            assert!(
                found.to_string().contains("https://10.0.0.1:6443 (context `shop`)"),
                "{found}"
            );
            assert!(found.is_passing() && found.help().is_some(), "{found:?}");
        }
    }
}
