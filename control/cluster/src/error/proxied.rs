//! Errors of the proxy between this program and the API server, which its connector tells in texts alone.

use rollout::drive::cluster::Error;

use crate::contact::Contact;

/// How the errors of the connectors begin.
const KINDS: [&str; 2] = ["tunnel error: ", "SOCKS error: "];

/// What the proxy did, where this is the last cause; none if the error is not its own.
pub(super) fn error(error: &kube::Error, cause: &str, contact: &Contact) -> Option<Error> {
    let proxy = contact.proxy()?;
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut text = None;
    while let Some(error) = next {
        let said = error.to_string();
        text = text.or(KINDS.iter().find_map(|kind| said.strip_prefix(kind).map(str::to_owned)));
        next = error.source();
    }
    let text = text?;
    let server = contact.host();
    let wrong = |what: String, help: &str| Error::WrongServer { what, help: help.to_owned() };
    let away = |what: String| Error::Unreachable {
        what,
        help: "check the proxy; `NO_PROXY` excludes hosts from that of the environment".to_owned(),
    };
    Some(match text.as_str() {
        "proxy authorization required"
        | "server does not support user/pass authentication"
        | "credentials not accepted" => wrong(
            format!("the proxy {proxy} asks for a login"),
            "write it into the URL: `http://USER:PASSWORD@HOST:PORT`",
        ),
        "unsuccessful" => away(format!("the proxy {proxy} does not connect to `{server}`")),
        "proxy response headers too long" | "failed parsing server response" => wrong(
            format!("the server at {proxy} is not a proxy of this kind"),
            "check the URL of the proxy: `http://`, `https://` or `socks5://`",
        ),
        "failed to create underlying connection"
        | "unexpected end of file"
        | "io error establishing tunnel"
        | "io error during SOCKS handshake" => {
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
