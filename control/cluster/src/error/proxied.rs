//! Errors of the proxy between this program and the API server, which its connector tells in texts alone.

use rollout::drive::cluster::Error;

use super::tls;
use crate::contact::Contact;
use crate::proxy::Proxy;

/// How the errors of the connectors begin.
const KINDS: [&str; 2] = ["tunnel error: ", "SOCKS error: "];

/// What ends a connection to the proxy, not one through it.
const UNDERLYING: &str = "failed to create underlying connection";

/// The proxy, if the connection to it failed.
pub(super) fn at_proxy<'c>(error: &kube::Error, contact: &'c Contact) -> Option<&'c Proxy> {
    let proxy = contact.proxy()?;
    let said = said(error)?;
    (said == UNDERLYING || said == "io error establishing tunnel").then_some(proxy)
}

/// What a connector says of the proxy.
fn said(error: &kube::Error) -> Option<String> {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if let Some(said) = KINDS.iter().find_map(|kind| text.strip_prefix(kind)) {
            return Some(said.to_owned());
        }
        next = error.source();
    }
    None
}

/// What the proxy did, where this is the last cause; none if the error is not its own.
pub(super) fn error(error: &kube::Error, cause: &str, contact: &Contact) -> Option<Error> {
    let proxy = contact.proxy()?;
    let text = said(error)?;
    let server = contact.host();
    let wrong = |what: String, help: &str| Error::WrongServer { what, help: help.to_owned() };
    let away = |what: String| Error::Unreachable {
        what,
        help: "check the proxy; `NO_PROXY` excludes hosts from that of the environment".to_owned(),
    };
    Some(match text.as_str() {
        "proxy authorization required"
        | "server does not support user/pass authentication"
        | "server implements authentication incorrectly"
        | "credentials not accepted" => {
            let help = if proxy.is_socks() {
                "SOCKS5 proxies that ask for a login are not supported: name one that asks for none, or an HTTP proxy \
                 (`http://USER:PASSWORD@HOST:PORT`)"
            } else {
                "write it into the URL: `http://USER:PASSWORD@HOST:PORT`"
            };
            wrong(format!("the proxy {proxy} asks for a login"), help)
        }
        "unsuccessful" => away(format!("the proxy {proxy} does not connect to `{server}`")),
        "proxy response headers too long" | "failed parsing server response" => wrong(
            format!("the server at {proxy} is not a proxy of this kind"),
            "check the URL of the proxy: `http://`, `https://` or `socks5://`",
        ),
        UNDERLYING
        | "unexpected end of file"
        | "io error establishing tunnel"
        | "io error during SOCKS handshake" => {
            if cause == "tls handshake eof" {
                return Some(tls::closed_by_proxy(proxy));
            }
            // Where no cause is told, it is that text again.
            let cause = if KINDS.iter().any(|kind| cause.starts_with(kind)) {
                String::new()
            } else {
                let name = "its name has no address";
                format!(": {}", cause.replace("failed to lookup address information", name))
            };
            away(format!("the proxy {proxy} does not answer{cause}"))
        }
        other => away(format!("the proxy {proxy} does not connect to `{server}`: {other}")),
    })
}
