//! Faults of TLS: what is wrong at which server, and what to check.

use rollout::drive::cluster::Error;
use rustls::{AlertDescription, CertificateError};

use crate::contact::Contact;
use crate::proxy::Proxy;

/// What to check for each kind of fault.
struct Advice {
    server: &'static str,
    certificates: &'static str,
    client: &'static str,
    versions: &'static str,
}

/// Of the API server.
const SERVER: Advice = Advice {
    server: "it may be a plain HTTP port: check `server` of the context's cluster",
    certificates: "check `server`, `certificate-authority` and `tls-server-name` of the context's cluster; a proxy that intercepts TLS presents its own certificate",
    client: "check `client-certificate` and `client-key` of the context's user, and that the API server trusts their authority",
    versions: "check `server` of the context's cluster: it needs TLS 1.2 or later; a proxy in between may answer for it",
};

/// Of a proxy: it is asked with the certificates of the cluster and of the user.
const PROXY: Advice = Advice {
    server: "it may be a plain HTTP port: write `http://` in the URL of the proxy, or check its port",
    certificates: "check the URL of the proxy: its certificate must be signed by the `certificate-authority` of the context's cluster, if that is given, and issued for its `tls-server-name`",
    client: "check the URL of the proxy: it is shown the client certificate of the context's user",
    versions: "check the URL of the proxy: it needs TLS 1.2 or later",
};

/// What a fault of TLS means at the API server.
pub(super) fn error(error: &rustls::Error, contact: &Contact) -> Error {
    fault(error, contact.place(), &SERVER)
}

/// The same at a proxy.
pub(super) fn of_proxy(error: &rustls::Error, proxy: &Proxy) -> Error {
    fault(error, &format!("the proxy {proxy}"), &PROXY)
}

fn fault(error: &rustls::Error, place: &str, advice: &Advice) -> Error {
    let (what, help) = match error {
        rustls::Error::InvalidMessage(_) => (format!("{place} does not speak TLS"), advice.server),
        rustls::Error::InvalidCertificate(fault) => (
            format!("the certificate of {place} is not trusted: {}", distrusted(fault)),
            advice.certificates,
        ),
        rustls::Error::NoCertificatesPresented => {
            (format!("{place} has no certificate"), advice.certificates)
        }
        rustls::Error::AlertReceived(alert) => refused(*alert, place, advice),
        rustls::Error::PeerIncompatible(_) | rustls::Error::NoApplicationProtocol => (
            format!("{place} has no version of TLS in common with this program ({error})"),
            advice.versions,
        ),
        error => (format!("the TLS handshake with {place} failed: {error}"), advice.versions),
    };
    Error::WrongServer { what, help: help.to_owned() }
}

/// The connection was closed in the middle of the handshake: a server that restarts does so, too.
pub(super) fn closed(contact: &Contact) -> Error {
    interrupted(&format!("the API server at {}", contact.place()), &SERVER)
}

/// The same by a proxy.
pub(super) fn closed_by_proxy(proxy: &Proxy) -> Error {
    interrupted(&format!("the proxy {proxy}"), &PROXY)
}

fn interrupted(place: &str, advice: &Advice) -> Error {
    let what =
        format!("{place} does not answer: it closed the connection during the TLS handshake");
    Error::Unreachable { what, help: advice.server.to_owned() }
}

/// Why the server ended the handshake.
fn refused(alert: AlertDescription, place: &str, advice: &Advice) -> (String, &'static str) {
    use AlertDescription as Alert;
    let refuses = |what: &str| format!("{place} refuses the TLS handshake: {what}");
    match alert {
        Alert::CertificateRequired | Alert::NoCertificate => {
            (refuses("it asks for a client certificate"), advice.client)
        }
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied
        | Alert::DecryptError => {
            (refuses("it does not accept the client certificate"), advice.client)
        }
        Alert::CertificateExpired => (refuses("the client certificate has expired"), advice.client),
        Alert::CertificateRevoked => (refuses("the client certificate is revoked"), advice.client),
        Alert::UnrecognisedName => {
            (refuses("it does not know the name of the host"), advice.certificates)
        }
        Alert::ProtocolVersion => (refuses("it has no version of TLS in common"), advice.versions),
        Alert::HandshakeFailure | Alert::InsufficientSecurity | Alert::NoApplicationProtocol => {
            let what = "it has no cipher in common, or misses a client certificate";
            (refuses(what), advice.versions)
        }
        Alert::InternalError => (refuses("an error of its own"), advice.versions),
        other => (refuses(&format!("{other:?}")), advice.versions),
    }
}

/// Why a certificate is not trusted.
fn distrusted(fault: &CertificateError) -> String {
    let words = match fault {
        CertificateError::UnknownIssuer => "it is signed by an unknown authority",
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet: check the clock of this machine"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is issued for another name"
        }
        CertificateError::Revoked => "it is revoked",
        CertificateError::BadEncoding => "it cannot be read",
        CertificateError::BadSignature => "its signature is wrong",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not issued for servers"
        }
        CertificateError::UnhandledCriticalExtension => {
            "it has an extension that is not known here"
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "it is signed by an algorithm that is not supported, such as SHA-1"
        }
        CertificateError::Other(inner) => return named(&inner.to_string()),
        other => return format!("it breaks a rule for certificates ({other})"),
    };
    words.to_owned()
}

/// What the name of a fault means, as the checker of certificates has it.
fn named(name: &str) -> String {
    let words = match name {
        "CaUsedAsEndEntity" => "it is that of a certificate authority, not of a server",
        "EndEntityUsedAsCa" => "it is signed by a certificate that is no authority",
        "NameConstraintViolation" => "its authority may not sign for that name",
        "PathLenConstraintViolated" | "MaximumPathDepthExceeded" => {
            "there are more authorities between it and a trusted one than are allowed"
        }
        "UnsupportedCertVersion" => "it is not an X.509 certificate of version 3",
        "RequiredEkuNotFound" => "it is not issued for servers",
        other => return format!("it breaks a rule for certificates ({other})"),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hyper::Uri;
    use rustls::{OtherError, PeerIncompatible};

    use super::*;

    fn told(fault: &rustls::Error) -> String {
        let server = Uri::from_static("https://10.0.0.1:6443");
        let contact = Contact::new(&server, Some("shop"), None, None);
        let found = error(fault, &contact);
        assert!(matches!(found, Error::WrongServer { .. }), "{found:?}");
        assert!(found.help().unwrap().starts_with("check "), "{found:?}");
        found.to_string()
    }

    /// An error of the checker of certificates, of which only the name is known here.
    #[derive(Debug)]
    struct CaUsedAsEndEntity;

    impl std::fmt::Display for CaUsedAsEndEntity {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{self:?}")
        }
    }

    impl std::error::Error for CaUsedAsEndEntity {}

    #[test]
    fn what_is_wrong_with_a_certificate_is_said_in_words() {
        let other = CertificateError::Other(OtherError(Arc::new(CaUsedAsEndEntity)));
        for (fault, words) in [
            (CertificateError::UnknownIssuer, "it is signed by an unknown authority"),
            (CertificateError::Expired, "it has expired"),
            (CertificateError::NotValidForName, "it is issued for another name"),
            (CertificateError::InvalidPurpose, "it is not issued for servers"),
            (other, "it is that of a certificate authority, not of a server"),
        ] {
            assert_eq!(
                told(&rustls::Error::InvalidCertificate(fault)),
                format!(
                    "the certificate of https://10.0.0.1:6443 (context `shop`) is not trusted: {words}"
                )
            );
        }
    }

    #[test]
    fn why_a_handshake_ended_is_said_in_words() {
        for (alert, words) in [
            (
                AlertDescription::HandshakeFailure,
                "no cipher in common, or misses a client certificate",
            ),
            (AlertDescription::CertificateRequired, "it asks for a client certificate"),
            (AlertDescription::UnknownCA, "it does not accept the client certificate"),
            (AlertDescription::ProtocolVersion, "it has no version of TLS in common"),
        ] {
            let said = told(&rustls::Error::AlertReceived(alert));
            let begin = "https://10.0.0.1:6443 (context `shop`) refuses the TLS handshake: ";
            assert!(said.starts_with(begin) && said.ends_with(words), "{said}");
        }
        let old = rustls::Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13);
        assert!(told(&old).contains("no version of TLS in common"));
    }
}
