//! The proxy between this program and the API server: that of the kubeconfig, or that of the environment, by the rules
//! of `kubectl`.
//!
//! kube reads the same variables, but compares `NO_PROXY` with the proxy's own address.

use std::fmt;
use std::net::IpAddr;

use hyper::Uri;

use super::masked;

/// The field of a cluster in a kubeconfig.
const FIELD: &str = "proxy-url";

/// A proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proxy {
    pub(super) url: Uri,
    /// The field or the variable that names it.
    origin: &'static str,
}

/// The proxy for a server: none, or why what names it cannot be used.
pub(super) fn of(
    field: Option<&str>,
    server: &Uri,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>, String> {
    if let Some(text) = field.map(str::trim).filter(|text| !text.is_empty()) {
        return Proxy::read(FIELD, text).map(Some);
    }
    let set = |names: [&'static str; 2]| {
        names.into_iter().find_map(|name| {
            let text = variable(name)?.trim().to_owned();
            (!text.is_empty()).then_some((name, text))
        })
    };
    let names = match server.scheme_str() {
        Some("https") => ["HTTPS_PROXY", "https_proxy"],
        _ => ["HTTP_PROXY", "http_proxy"],
    };
    let Some((name, text)) = set(names) else { return Ok(None) };
    let direct = set(["NO_PROXY", "no_proxy"]).map(|(_, list)| list).unwrap_or_default();
    if Target::of(server).is_none_or(|target| target.is_direct(&direct)) {
        return Ok(None);
    }
    Proxy::read(name, &text).map(Some)
}

impl Proxy {
    /// Whether it speaks SOCKS.
    pub(super) fn is_socks(&self) -> bool {
        self.url.scheme_str() == Some("socks5")
    }

    fn read(origin: &'static str, text: &str) -> Result<Self, String> {
        let is_bare = origin != FIELD && !text.contains("://");
        let whole = if is_bare { format!("http://{text}") } else { text.to_owned() };
        let refused = || {
            // Behind `#` or `?`, and in the place of a port, there may be a part of a password.
            let shown = masked::shown(&whole).filter(|_| !text.contains(['#', '?']));
            let said = if shown.is_some() { masked::shown(text) } else { None };
            let is =
                said.map_or_else(|| " is not a URL".to_owned(), |shown| format!(" is `{shown}`"));
            format!(
                "`{origin}`{is}: expected `http://HOST:PORT`, `https://HOST:PORT` or `socks5://HOST:PORT`"
            )
        };
        if text.contains(['#', '?']) || masked::shown(&whole).is_none() {
            return Err(refused());
        }
        let url: Uri = whole.parse().map_err(|_| refused())?;
        let authority = url.authority().filter(|authority| !authority.host().is_empty());
        let authority = authority.ok_or_else(refused)?;
        let url = match url.scheme_str() {
            Some("http" | "https") => url,
            Some("socks5" | "socks5h") if authority.as_str().contains('@') => {
                return Err(format!(
                    "`{origin}` has a user: SOCKS5 proxies that ask for a login are not supported: name one that asks for none, \
                     or an HTTP proxy"
                ));
            }
            Some("socks5" | "socks5h") => {
                let port = if authority.port().is_none() { ":1080" } else { "" };
                format!("socks5://{authority}{port}").parse().map_err(|_| refused())?
            }
            _ => return Err(refused()),
        };
        Ok(Self { url, origin })
    }
}

/// `http://proxy:3128 of HTTPS_PROXY`, without the user in it.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = masked::shown(&self.url.to_string()).unwrap_or_default();
        write!(f, "{} of `{}`", url.trim_end_matches('/'), self.origin)
    }
}

/// What a connection goes to.
struct Target {
    host: String,
    address: Option<IpAddr>,
    port: u16,
}

impl Target {
    fn of(server: &Uri) -> Option<Self> {
        let host = server.host()?.trim_start_matches('[').trim_end_matches(']');
        let host = host.trim_end_matches('.').to_lowercase();
        let default = if server.scheme_str() == Some("https") { 443 } else { 80 };
        let port = server.port_u16().unwrap_or(default);
        Some(Self { address: host.parse().ok(), host, port })
    }

    /// Whether it is this machine, or excluded by the list of `NO_PROXY`.
    fn is_direct(&self, list: &str) -> bool {
        self.host == "localhost"
            || self.address.is_some_and(|address| address.is_loopback())
            || list.split(',').any(|entry| self.is_in(&entry.trim().to_lowercase()))
    }

    /// Whether an entry means it: `*`, a network, an address, a domain with all below it, or `.domain` for those below.
    fn is_in(&self, entry: &str) -> bool {
        if entry == "*" {
            return true;
        }
        if let Some((network, length)) = entry.split_once('/') {
            return self.address.is_some_and(|address| is_within(address, network, length));
        }
        let (name, port) = split(entry);
        if port.is_some_and(|port| port != self.port) {
            return false;
        }
        if let Ok(address) = name.parse::<IpAddr>() {
            return self.address == Some(address);
        }
        let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
        let above = self.host.strip_suffix(name);
        match name.strip_prefix('.') {
            Some(domain) => !domain.is_empty() && above.is_some(),
            None => !name.is_empty() && above.is_some_and(|a| a.is_empty() || a.ends_with('.')),
        }
    }
}

/// A host and a port, where the entry has one.
fn split(entry: &str) -> (&str, Option<u16>) {
    if entry.parse::<IpAddr>().is_ok() {
        return (entry, None);
    }
    let (host, port) = match entry.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => (host, port.parse().ok()),
        _ => (entry, None),
    };
    (host.trim_start_matches('[').trim_end_matches(']'), port)
}

/// Whether an address is in a network.
fn is_within(address: IpAddr, network: &str, length: &str) -> bool {
    let (Ok(network), Ok(length)) = (network.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    let (difference, bits) = match (network, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits() ^ b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits(), 128),
        _ => return false,
    };
    let rest = bits - length.min(bits);
    difference.checked_shr(rest).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(
        field: &str,
        server: &str,
        variables: &[(&str, &str)],
    ) -> Result<Option<String>, String> {
        let variable = |name: &str| {
            let named = variables.iter().find(|(given, _)| *given == name);
            named.map(|(_, value)| (*value).to_owned())
        };
        let found = of(Some(field), &server.parse().unwrap(), &variable)?;
        Ok(found.map(|proxy| proxy.to_string()))
    }

    #[test]
    fn the_kubeconfig_names_it_before_the_environment() {
        let https = ("HTTPS_PROXY", "http://a:1");
        for (field, server, variables, expected) in [
            ("", "https://k:6443", vec![], None),
            ("", "https://k:6443", vec![https], Some("http://a:1 of `HTTPS_PROXY`")),
            ("", "https://k", vec![("https_proxy", "a:1")], Some("http://a:1 of `https_proxy`")),
            (
                "",
                "https://k",
                vec![("HTTPS_PROXY", " "), ("https_proxy", "b")],
                Some("http://b of `https_proxy`"),
            ),
            ("", "https://k:6443", vec![("HTTP_PROXY", "http://a:1")], None),
            (
                "",
                "http://k:8080",
                vec![("HTTP_PROXY", "http://a:1")],
                Some("http://a:1 of `HTTP_PROXY`"),
            ),
            ("", "http://k:8080", vec![https], None),
            // It is meant for this cluster: the variables are not asked.
            (
                "socks5://p",
                "https://k",
                vec![https, ("NO_PROXY", "*")],
                Some("socks5://p:1080 of `proxy-url`"),
            ),
            ("socks5h://p:9", "https://k", vec![], Some("socks5://p:9 of `proxy-url`")),
            ("https://bob:secret@p:8", "https://k", vec![], Some("https://p:8 of `proxy-url`")),
        ] {
            let found = found(field, server, &variables);
            assert_eq!(found, Ok(expected.map(str::to_owned)), "{field} {server} {variables:?}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named_without_its_password() {
        let expected = "expected `http://HOST:PORT`, `https://HOST:PORT` or `socks5://HOST:PORT`";
        for (field, variable, said) in [
            ("ftp://p:1", "", format!("`proxy-url` is `ftp://p:1`: {expected}")),
            ("p:1", "", format!("`proxy-url` is `p:1`: {expected}")),
            ("http://", "", format!("`proxy-url` is `http://`: {expected}")),
            ("", "ftp://u:secret@p:1", format!("`HTTPS_PROXY` is `ftp://p:1`: {expected}")),
            ("", "a b", format!("`HTTPS_PROXY` is `a b`: {expected}")),
            // What may be a password is not shown.
            ("", "http://bob:hun#ter2@p:1", format!("`HTTPS_PROXY` is not a URL: {expected}")),
            ("", "http://bob:hun?ter2@p:1", format!("`HTTPS_PROXY` is not a URL: {expected}")),
            ("", "http://p:1/?key=secret", format!("`HTTPS_PROXY` is not a URL: {expected}")),
            ("", "bob:hunter2", format!("`HTTPS_PROXY` is not a URL: {expected}")),
            ("http://bob:hunter2", "", format!("`proxy-url` is not a URL: {expected}")),
        ] {
            assert_eq!(found(field, "https://k", &[("HTTPS_PROXY", variable)]), Err(said));
        }
        let said = found("socks5://u:secret@p:1", "https://k", &[]).unwrap_err();
        assert!(said.starts_with("`proxy-url` has a user: SOCKS5") && !said.contains("secret"));
    }

    #[test]
    fn no_proxy_is_about_the_server() {
        for (list, server, is_direct) in [
            ("", "https://k.corp", false),
            ("*", "https://k.corp", true),
            ("k.corp", "https://k.corp:6443", true),
            ("corp", "https://k.corp", true),
            ("orp", "https://k.corp", false),
            (".corp", "https://K.Corp.", true),
            ("*.corp", "https://k.corp", true),
            (".k.corp", "https://k.corp", false),
            ("a, k.corp:6443 ,", "https://k.corp:6443", true),
            ("k.corp:443", "https://k.corp:6443", false),
            ("k.corp:443", "https://k.corp", true),
            ("10.0.0.0/8", "https://10.9.8.7:6443", true),
            ("10.0.0.0/8", "https://11.9.8.7", false),
            ("0.0.0.0/0", "https://11.9.8.7", true),
            ("10.0.0.0/8", "https://k.corp", false),
            ("10.1.2.3", "https://10.1.2.3", true),
            ("10.1.2.3:80", "https://10.1.2.3", false),
            ("fd00::/8", "https://[fd00::1]:6443", true),
            ("fd00::1", "https://[fd00::1]:6443", true),
            ("[fd00::1]:6443", "https://[fd00::1]:6443", true),
            ("::/0", "https://[fd00::1]", true),
            ("10.0.0.0/x,10/8,/,:,.", "https://10.0.0.1", false),
            // The proxy's own name is of no importance.
            ("proxy", "https://k.corp", false),
            ("", "https://localhost:6443", true),
            ("", "https://127.0.0.1:6443", true),
            ("", "https://[::1]:6443", true),
        ] {
            let variables = [("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", list)];
            let found = found("", server, &variables).unwrap();
            assert_eq!(found.is_none(), is_direct, "{list} {server}");
        }
    }
}
