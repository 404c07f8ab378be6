//! curl's options: what each means for the request. Those that only say how curl connects, what it prints and
//! what it does with the answer are passed over.
//!
//! Source: `curl --help all` of curl 7.88, and its manual for what came later.

/// What an option means for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Method,
    Header,
    Cookie,
    UserAgent,
    Referer,
    User,
    Bearer,
    Url,
    Target,
    Range,
    Data,
    Encoded,
    Json,
    Form,
    Upload,
    Query,
    Head,
    Get,
    /// Nothing.
    Nothing,
    /// What it would send is not in the command line: why.
    Unknown(&'static str),
}

/// An option.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) meaning: Meaning,
    /// Whether a value follows.
    pub(super) takes_value: bool,
}

type Row = (&'static str, Meaning);

/// Those with a value that change the request: the short form, if there is one, and the long one.
const VALUES: &[Row] = &[
    ("X request", Meaning::Method),
    ("H header", Meaning::Header),
    ("b cookie", Meaning::Cookie),
    ("A user-agent", Meaning::UserAgent),
    ("e referer", Meaning::Referer),
    ("u user", Meaning::User),
    ("oauth2-bearer", Meaning::Bearer),
    ("url", Meaning::Url),
    ("request-target", Meaning::Target),
    ("r range", Meaning::Range),
    ("d data", Meaning::Data),
    ("data-ascii", Meaning::Data),
    ("data-binary", Meaning::Data),
    ("data-raw", Meaning::Data),
    ("data-urlencode", Meaning::Encoded),
    ("json", Meaning::Json),
    ("F form", Meaning::Form),
    ("form-string", Meaning::Form),
    ("T upload-file", Meaning::Upload),
    ("url-query", Meaning::Query),
    ("K config", Meaning::Unknown("it is in a file")),
    ("netrc-file", Meaning::Unknown("it is in a file")),
    ("etag-compare", Meaning::Unknown("it is in a file")),
    ("C continue-at", Meaning::Unknown("it depends on a file")),
    ("z time-cond", Meaning::Unknown("it depends on a file or the time")),
    ("aws-sigv4", Meaning::Unknown("it is a signature")),
    ("variable", Meaning::Unknown("it is in a variable of curl")),
    ("expand-url", Meaning::Unknown("it is in a variable of curl")),
    ("expand-header", Meaning::Unknown("it is in a variable of curl")),
    ("expand-data", Meaning::Unknown("it is in a variable of curl")),
];

/// Those without a value that change it.
const SWITCHES: &[Row] = &[
    ("I head", Meaning::Head),
    ("G get", Meaning::Get),
    (": next", Meaning::Unknown("it begins a second request")),
    ("n netrc", Meaning::Unknown("it is in a file")),
    ("netrc-optional", Meaning::Unknown("it is in a file")),
    ("anyauth", Meaning::Unknown("it depends on the server")),
    ("digest", Meaning::Unknown("it depends on the server")),
    ("negotiate", Meaning::Unknown("it depends on the server")),
    ("ntlm", Meaning::Unknown("it depends on the server")),
    ("tr-encoding", Meaning::Unknown("it depends on how curl was built")),
];

/// Those with a value that change nothing.
const PASSED_VALUES: &str = "abstract-unix-socket alt-svc cacert capath E/cert cert-type ciphers connect-timeout \
    connect-to c/cookie-jar create-file-mode crlfile curves delegation dns-interface dns-ipv4-addr dns-ipv6-addr \
    dns-servers doh-url D/dump-header ech egd-file engine etag-save expect100-timeout \
    happy-eyeballs-timeout-ms haproxy-clientip hsts interface ip-tos ipfs-gateway keepalive-cnt keepalive-time key \
    key-type libcurl limit-rate local-port login-options max-filesize max-redirs m/max-time noproxy o/output \
    output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-default proto-redir x/proxy proxy-cacert \
    proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type \
    proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword \
    proxy-tlsuser U/proxy-user proxy1.0 random-file rate resolve retry retry-delay retry-max-time \
    service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname Y/speed-limit y/speed-time \
    stderr tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket \
    vlan-priority w/write-out";

/// Those without a value that change nothing.
const PASSED_SWITCHES: &str = "a/append alpn basic buffer ca-native cert-status clobber compressed create-dirs \
    crlf q/disable disallow-username-in-url doh-cert-status doh-insecure f/fail fail-early fail-with-body \
    false-start form-escape g/globoff haproxy-protocol http0.9 0/http1.0 http1.1 http2 \
    http2-prior-knowledge http3 http3-only ignore-content-length i/include k/insecure 4/ipv4 6/ipv6 \
    j/junk-session-cookies keepalive L/location location-trusted N/no-buffer npn out-null parallel-immediate \
    Z/parallel path-as-is post301 post302 post303 #/progress-bar progress-meter proxy-anyauth proxy-basic \
    proxy-ca-native proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast \
    proxy-ssl-auto-client-cert proxy-tlsv1 p/proxytunnel raw J/remote-header-name O/remote-name remote-name-all \
    R/remote-time remove-on-error retry-all-errors retry-connrefused sessionid S/show-error s/silent \
    skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert \
    ssl-no-revoke ssl-reqd ssl-revoke-best-effort styled-output suppress-connect-headers tcp-fastopen \
    tcp-nodelay tls-earlydata 1/tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 trace-ids trace-time B/use-ascii v/verbose \
    xattr";

/// The option of this long name.
pub(super) fn long(name: &str) -> Option<Known> {
    find(|_, long| long == name).or_else(|| {
        // `--no-` turns off what is a switch.
        let name = name.strip_prefix("no-")?;
        let known = find(|_, long| long == name)?;
        (!known.takes_value && !matches!(known.meaning, Meaning::Unknown(_)))
            .then_some(Known { meaning: Meaning::Nothing, takes_value: false })
    })
}

/// The option of this letter.
pub(super) fn short(letter: &str) -> Option<Known> {
    find(|short, _| short == Some(letter))
}

fn find(is_it: impl Fn(Option<&str>, &str) -> bool) -> Option<Known> {
    let forms = |names: &'static str, between: char| match names.split_once(between) {
        Some((short, long)) => (Some(short), long),
        None => (None, names),
    };
    let rows = |rows: &'static [Row], takes_value: bool| {
        rows.iter().map(move |(names, meaning)| {
            (forms(names, ' '), Known { meaning: *meaning, takes_value })
        })
    };
    let passed = |names: &'static str, takes_value: bool| {
        let known = Known { meaning: Meaning::Nothing, takes_value };
        names.split_whitespace().map(move |names| (forms(names, '/'), known))
    };
    let all = rows(VALUES, true).chain(rows(SWITCHES, false));
    let mut all = all.chain(passed(PASSED_VALUES, true)).chain(passed(PASSED_SWITCHES, false));
    all.find(|((short, long), _)| is_it(*short, long)).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_by_both_names() {
        for (letter, name, takes_value) in [
            ("H", "header", true),
            ("o", "output", true),
            ("k", "insecure", false),
            ("#", "progress-bar", false),
        ] {
            assert_eq!(short(letter).map(|known| known.takes_value), Some(takes_value), "{letter}");
            assert_eq!(long(name).map(|known| known.takes_value), Some(takes_value), "{name}");
        }
        assert_eq!(long("no-keepalive").map(|known| known.meaning), Some(Meaning::Nothing));
        for unknown in ["no-header", "no-next", "hello", ""] {
            assert!(long(unknown).is_none(), "{unknown}");
        }
        assert!(short("!").is_none());
    }
}
