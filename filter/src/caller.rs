//! The workload in whose proxy the filter runs: it calls the service, and its labels stay as they are.

use crate::host::{self, Failure};

/// The labels that a Release asks about.
#[derive(Debug)]
pub(crate) struct Caller {
    labels: Vec<(String, Vec<u8>)>,
}

impl Caller {
    /// Reads these labels of the proxy's own node; those that it does not have are left out.
    pub(crate) fn of<'a>(labels: impl Iterator<Item = &'a str>) -> Result<Self, Failure> {
        let mut read = Vec::new();
        for label in labels {
            read.extend(host::node_label(label)?.map(|value| (label.to_owned(), value)));
        }
        Ok(Self { labels: read })
    }

    pub(crate) fn label(&self, label: &str) -> Option<&[u8]> {
        let mut named = self.labels.iter().filter(|(name, _)| name == label);
        named.next().map(|(_, value)| value.as_slice())
    }
}
