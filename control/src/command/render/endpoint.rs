//! Addresses as they are written on the command line.

use std::net::{IpAddr, SocketAddr};

use istio::render::cluster::Endpoint;

use document::report::Message;

/// `ADDR:PORT` of a socket to listen at; port 0 lets the system choose.
pub(super) fn socket(option: &str, text: &str) -> Result<SocketAddr, Message> {
    text.parse().map_err(|_| {
        let message = format!("`{option}`: expected an IP address and a port, found `{text}`");
        Message::new(message).help("`127.0.0.1:10000`, `0.0.0.0:80`, `[::1]:8080`")
    })
}

/// `SUBSET=ADDR:PORT`, or `SUBSET=ADDR:PORT,h2`.
pub(super) fn upstream(text: &str) -> Result<(&str, Endpoint), Message> {
    let bad = |found: String| {
        Message::new(format!("`--upstream {text}`: {found}"))
            .help("expected `SUBSET=ADDR:PORT`, such as `v1=127.0.0.1:9101` or `v1=reviews-v1.example.com:9080`; \
                   with HTTP/2 (gRPC) `v1=127.0.0.1:9101,h2`")
    };
    let (subset, address) =
        text.split_once('=').ok_or_else(|| bad("there is no `=`".to_owned()))?;
    let (address, is_http2) = match address.split_once(',') {
        Some((address, "h2")) => (address, true),
        Some((_, found)) => {
            return Err(bad(format!("expected `h2` or nothing behind the `,`, found `{found}`")));
        }
        None => (address, false),
    };
    let (host, port) =
        address.rsplit_once(':').ok_or_else(|| bad("there is no port".to_owned()))?;
    let port = match port.parse::<u16>() {
        Ok(port) if port > 0 => port,
        _ => return Err(bad(format!("expected a port from 1 to 65535, found `{port}`"))),
    };
    let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) if address.parse::<std::net::Ipv6Addr>().is_ok() => address,
        None if is_host(host) => host,
        _ => return Err(bad(format!("`{host}` is neither an IP address nor the name of a host"))),
    };
    Ok((subset, Endpoint { is_http2, ..Endpoint::new(host, port) }))
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (1..=63).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // Digits and dots only is an address with a mistake, `127.0.0` say, not a name.
    let is_number = host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    matches!(host.parse(), Ok(IpAddr::V4(_)))
        || !is_number && host.len() <= 253 && host.trim_end_matches('.').split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_and_names() {
        for text in
            ["127.0.0.1:80", "[::1]:80", "reviews-v1.example.com:80", "localhost:65535", "a_b:1"]
        {
            let upstream_text = format!("v1={text}");
            let (subset, endpoint) = upstream(&upstream_text).unwrap();
            assert_eq!((subset, endpoint.to_string().as_str()), ("v1", text));
            assert!(!endpoint.is_http2);
            let upstream_text = format!("v1={text},h2");
            let expected = Endpoint { is_http2: true, ..endpoint };
            assert_eq!(upstream(&upstream_text), Ok(("v1", expected)));
        }
    }

    #[test]
    fn says_what_is_wrong_with_others() {
        let cases = [
            ("v1", "there is no `=`"),
            ("v1=127.0.0.1", "there is no port"),
            ("v1=127.0.0.1:0", "expected a port from 1 to 65535, found `0`"),
            ("v1=127.0.0.1:65536", "expected a port from 1 to 65535, found `65536`"),
            ("v1=a:80,http2", "expected `h2` or nothing behind the `,`, found `http2`"),
            ("v1=a:80,", "expected `h2` or nothing behind the `,`, found ``"),
            ("v1=a:80,h2,h2", "expected `h2` or nothing behind the `,`, found `h2,h2`"),
            ("v1=a,h2", "there is no port"),
            ("v1=:80", "`` is neither an IP address nor the name of a host"),
            ("v1=127.0.0:80", "`127.0.0` is neither an IP address nor the name of a host"),
            ("v1=::1:80", "`::1` is neither an IP address nor the name of a host"),
            ("v1=[127.0.0.1]:80", "`[127.0.0.1]` is neither an IP address nor the name of a host"),
            ("v1=http://a:80", "`http://a` is neither an IP address nor the name of a host"),
        ];
        for (text, found) in cases {
            assert_eq!(upstream(text).unwrap_err().text, format!("`--upstream {text}`: {found}"));
        }
        assert!(socket("--listen", "localhost:1").is_err());
        assert!(socket("--listen", "127.0.0.1:0").is_ok());
    }
}
