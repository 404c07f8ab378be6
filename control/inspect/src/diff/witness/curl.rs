//! A witness as `curl` sends it.

use super::Witness;
use crate::explain::curl::CommandLine;

impl Witness {
    /// What to hand to `curl` besides the address: `-H 'cookie: version=v2' /`.
    #[must_use]
    pub fn curl(&self) -> String {
        let mut line = CommandLine::default();
        let sent = self.sent();
        for name in self.names() {
            let value = sent.value(name).unwrap_or_default();
            match name {
                ":path" | ":scheme" => {}
                ":method" => line.method(&value),
                ":authority" => line.header("host", &value),
                name => line.header(name, &value),
            }
        }
        line.to(&sent.value(":path").unwrap_or_default())
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
