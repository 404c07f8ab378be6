//! Cookies as servers read them (RFC 6265 sections 4.2 and 5.2): split at `;`, white space around dropped, the
//! first `=` splits, double quotes around the value dropped. Bytes throughout: what is no UTF-8 is a value too.

/// The cookies of a `Cookie` header, in order; pieces without `=` are none.
pub fn cookies(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    header.split(|b| *b == b';').filter_map(|piece| {
        let equals = piece.iter().position(|b| *b == b'=')?;
        let (name, value) = piece.split_at_checked(equals)?;
        let name = name.trim_ascii();
        (!name.is_empty()).then(|| (name, unquote(value.get(1..).unwrap_or_default().trim_ascii())))
    })
}

fn unquote(value: &[u8]) -> &[u8] {
    value.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::cookies;

    /// A header and the cookies in it.
    type Case<'a> = (&'a [u8], &'a [(&'a [u8], &'a [u8])]);

    #[test]
    fn reads_what_browsers_and_others_send() {
        let cases: &[Case] = &[
            (b"version=v2", &[(b"version", b"v2")]),
            (b"a=b; version=v2", &[(b"a", b"b"), (b"version", b"v2")]),
            (b"a=b;version=v2", &[(b"a", b"b"), (b"version", b"v2")]),
            (b" version = v2 ; a=1", &[(b"version", b"v2"), (b"a", b"1")]),
            (b"a=\"v2\"", &[(b"a", b"v2")]),
            (b"a=\"", &[(b"a", b"\"")]),
            (b"a=\"\"", &[(b"a", b"")]),
            (b"a=b=c==", &[(b"a", b"b=c==")]),
            (b"a=", &[(b"a", b"")]),
            (b"=v; ;; flag; \t; a=1", &[(b"a", b"1")]),
            (b"a=\xff\x00", &[(b"a", b"\xff\x00")]),
            (b"", &[]),
        ];
        for (header, expected) in cases {
            let found: Vec<_> = cookies(header).collect();
            assert_eq!(&found, expected, "{}", header.escape_ascii());
        }
    }
}
