//! A request as a command line of `curl`, which a shell reads back as it is.

use super::shell::quoted;

/// The arguments of `curl`, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandLine(Vec<String>);

impl CommandLine {
    /// The method; without it `curl` sends GET.
    pub fn method(&mut self, method: &[u8]) {
        self.0.push(format!("-X {}", quoted(method)));
    }

    /// A header. An empty value has a form of its own: `-H 'name:'` would remove the header.
    pub fn header(&mut self, name: &str, value: &[u8]) {
        let line = match value {
            b"" => format!("{name};").into_bytes(),
            value => [name.as_bytes(), b": ", value].concat(),
        };
        self.0.push(format!("-H {}", quoted(&line)));
    }

    /// All of it, before what is asked for: a URL, or a path whose host is said elsewhere.
    #[must_use]
    pub fn to(mut self, target: &[u8]) -> String {
        self.0.push(quoted(target));
        self.0.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::curl;

    #[test]
    fn what_is_written_is_what_is_read() {
        let mut line = CommandLine::default();
        line.method(b"POST");
        for (name, value) in [("cookie", &b"a=\"1\"; b=it's"[..]), ("x-raw", b"\xff\t"), ("x", b"")]
        {
            line.header(name, value);
        }
        let written = line.to(b"http://shop/a?b=c");
        assert_eq!(
            written,
            r#"-X POST -H 'cookie: a="1"; b=it'\''s' -H $'x-raw: \xff\x09' -H 'x;' 'http://shop/a?b=c'"#
        );
        let request = curl::pasted(&format!("curl {written}")).unwrap().request("shop").unwrap();
        assert_eq!(request.shown(":method"), "POST");
        assert_eq!(request.shown("cookie"), "a=\"1\"; b=it's");
        assert_eq!(request.shown(":path"), "/a?b=c");
    }
}
