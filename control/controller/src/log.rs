//! What the controller says of itself: a line for each event, in JSON or for people.

use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use document::report::{Data, text};
use jiff::Timestamp;
use rollout::drive::Event;
use serde_json::{Value, json};

use crate::Key;

/// How it is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One object a line.
    #[default]
    Json,
    /// For people.
    Text,
}

/// Where it is written.
#[derive(Clone)]
pub struct Log {
    format: Format,
    out: Arc<Mutex<dyn Write + Send>>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("format", &self.format).finish_non_exhaustive()
    }
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Something was done.
    Info,
    /// Something did not work, and is tried again.
    Warn,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
        }
    }
}

impl Log {
    /// Written there.
    pub fn new(format: Format, out: impl Write + Send + 'static) -> Self {
        Self { format, out: Arc::new(Mutex::new(out)) }
    }

    /// What happens to requests.
    pub fn note(&self, message: &str) {
        self.say(Level::Warn, message);
    }

    /// Something that is about no Release.
    pub(crate) fn say(&self, level: Level, message: &str) {
        self.write(level, None, message, None);
    }

    /// Something about a Release.
    pub(crate) fn about(&self, level: Level, key: &Key, message: &str) {
        self.write(level, Some(key), message, None);
    }

    /// What happened to a Release.
    pub(crate) fn event(&self, key: &Key, event: &Event) {
        let fields = serde_json::to_value(event).unwrap_or_default();
        self.write(Level::Info, Some(key), &event.to_string(), Some(fields));
    }

    /// What cannot be written is not worth an end: standard error may be closed.
    fn write(&self, level: Level, key: Option<&Key>, message: &str, fields: Option<Value>) {
        let time = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let line = match self.format {
            Format::Json => {
                let mut line = json!({ "time": time, "level": level.name(), "message": message });
                if let Some(Key { namespace, name }) = key {
                    line["namespace"] = json!(namespace);
                    line["release"] = json!(name);
                }
                if let Some(fields) = fields {
                    line["event"] = fields;
                }
                Data::Json.one_of_many(&line).unwrap_or_default().trim_end().to_owned()
            }
            Format::Text => {
                let about = key.map_or_else(String::new, |key| format!("{key}: "));
                let message = text::printable(message);
                format!("{time} {:<4} {about}{message}", level.name())
            }
        };
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(out, "{line}");
    }
}
