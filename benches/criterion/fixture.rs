//! What the harness makes, as the program and the module take it.

use anyhow::bail;
use harness::workload::{self, Rules};
use policy::config::Carrier;
use policy::{Checked, Config, Lines, Node, Path, Problems, Request};
use serde_json::Value;

pub(crate) type Headers = Vec<(String, Vec<u8>)>;

/// Reads and compiles a Release, as `serin check` does.
pub(crate) fn checked(release: &Value) -> anyhow::Result<Checked> {
    let node: Node = serde_json::from_value(release.clone())?;
    let mut problems = Problems::default();
    match policy::check(&node, &Path::root(), &mut problems) {
        Some(checked) => Ok(checked),
        None => bail!("the Release is refused: {problems}"),
    }
}

/// What `serin render` puts into the proxy's configuration.
pub(crate) fn configuration(release: &Value) -> anyhow::Result<Vec<u8>> {
    let Checked { spec, .. } = checked(release)?;
    Ok(serde_json::to_vec(&Config::new(spec, Carrier::FilterState))?)
}

/// The requests that are sent to so many rules.
pub(crate) fn requests(rules: Rules, count: usize) -> [(&'static str, Headers); 2] {
    [("stays", workload::stays()), ("last rule", rules.request(count.saturating_sub(1)))]
}

/// A request that the program reads.
pub(crate) struct Fixed<'a>(pub(crate) &'a Headers);

impl Request for Fixed<'_> {
    fn lines(&mut self, name: &str) -> Lines {
        let lines = self.0.iter().filter(|(header, _)| header == name);
        lines.map(|(_, value)| value.as_slice()).collect()
    }

    fn caller(&mut self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn draw(&mut self) -> u64 {
        0
    }
}
