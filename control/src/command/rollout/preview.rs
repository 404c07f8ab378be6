//! What a change of state means, before it is written down.

use anyhow::Context;
use document::load::reason;
use document::report::text::printable;
use document::report::{Console, Message};
use policy::rollout::State;

use rollout::drive::cluster::Cluster;
use rollout::drive::live::Live;
use rollout::drive::{Failure, Options, mesh};
use rollout::phase;

use super::ObjectFormat;

/// Prints what changes in the mesh: the names of the objects, and with `has_lines` what in them.
pub(super) async fn print(
    cluster: &dyn Cluster,
    live: &Live,
    state: &State,
    options: &Options,
    has_lines: bool,
    format: ObjectFormat,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut state = state.clone();
    state.traffic = phase::traffic_after(&live.release.plan, &state);
    let subject = live.subject(cluster, options);
    let desired = mesh::desired(&subject, &state).await?;
    let mut text = String::new();
    for difference in mesh::differences(&subject, &desired).await? {
        let what = match difference.change {
            mesh::Change::Add => "is added",
            mesh::Change::Change => "changes",
            mesh::Change::Remove => "is removed",
        };
        text.push_str(&printable(&difference.title()));
        text.push(' ');
        text.push_str(what);
        text.push('\n');
        if has_lines {
            let lines = difference.lines();
            text.extend(lines.lines().map(|line| printable(line) + "\n"));
        }
    }
    if format != ObjectFormat::default() {
        // Programs read standard output: it is for a person beside it.
        console.note(&text);
        return Ok(());
    }
    let printed = console.print(&text).context("cannot write to standard output");
    printed.map_err(|error| Message::new(reason::chain(error.as_ref())).into())
}
