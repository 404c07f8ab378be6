//! A witness as `curl` sends it.

mod shell;

use super::Witness;
use shell::quoted;

impl Witness {
    /// What to hand to `curl` besides the address: `-H 'cookie: version=v2' /`.
    #[must_use]
    pub fn curl(&self) -> String {
        let mut words = Vec::new();
        for name in self.names() {
            let value = self.value(name).unwrap_or_default();
            match name {
                ":path" | ":scheme" => {}
                ":method" => words.push(format!("-X {}", quoted(&value))),
                ":authority" => words.push(header("host", &value)),
                name => words.push(header(name, &value)),
            }
        }
        words.push(quoted(&self.value(":path").unwrap_or_default()));
        words.join(" ")
    }

    /// The same with who sends it, where that counts.
    #[must_use]
    pub fn shown(&self) -> String {
        let labels: Vec<String> =
            self.caller().map(|(label, value)| format!("{label}={value}")).collect();
        match labels.as_slice() {
            [] => self.curl(),
            labels => format!("{}, sent by {}", self.curl(), labels.join(",")),
        }
    }
}

/// An empty value has a form of its own: `-H 'name:'` would remove the header.
fn header(name: &str, value: &[u8]) -> String {
    let line = match value {
        b"" => format!("{name};").into_bytes(),
        value => [name.as_bytes(), b": ", value].concat(),
    };
    format!("-H {}", quoted(&line))
}
