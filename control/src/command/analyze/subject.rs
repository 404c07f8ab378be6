//! The Release that is judged, of a file or of the cluster.

use std::path::Path;
use std::sync::Arc;

use document::report::{Console, text};
use jiff::Timestamp;
use policy::policy::SubsetId;
use rollout::drive::{Compiled, Compiler};

use super::Args;
use crate::command::render::source;
use crate::command::rollout::connection::{self, Use};
use crate::exit::Exit;

/// A Release, and when its split may have changed, in milliseconds since 1970.
pub(super) struct Subject {
    pub(super) release: Arc<Compiled>,
    pub(super) changes: Vec<u64>,
}

impl Subject {
    /// Reads it; the exit code where it cannot be read, after saying why.
    pub(super) fn read(args: &Args, console: &mut Console) -> anyhow::Result<Result<Self, Exit>> {
        if let Some(file) = &args.filename {
            let release = source::read(file, args.name.as_deref(), console);
            let release = release.map(|release| Arc::new(release.into()));
            return Ok(release.map(|release| Self { release, changes: Vec::new() }));
        }
        let name = args.release.as_deref().unwrap_or_default();
        if Path::new(name).is_file() {
            let message = format!("`{name}` is a file, expected the name of a Release");
            console.note(&text::failure(&message, Some(&format!("read the file: `-f {name}`"))));
            return Ok(Err(Exit::USAGE));
        }
        let asked = connection::with(&args.connection, Use::Read, async |cluster| {
            let object = cluster.release(cluster.namespace(), name).await?;
            let times = object.list("/status/history").iter().filter_map(|entry| {
                let time: Timestamp = entry.get("time")?.as_str()?.parse().ok()?;
                u64::try_from(time.as_millisecond()).ok()
            });
            let changes = times.collect();
            Ok(Self { release: Compiler::default().read(&object)?, changes })
        })?;
        Ok(asked.map_err(|failure| connection::failed(&failure, console)))
    }

    /// The subset that is judged; the exit code where it is not known, after saying why.
    pub(super) fn candidate(&self, args: &Args, console: &mut Console) -> Result<SubsetId, Exit> {
        let policy = &self.release.policy;
        let names = || {
            let others = policy
                .subsets()
                .iter()
                .filter(|subset| subset.name != policy.subset_name(policy.stable()));
            others.map(|subset| format!("`{}`", subset.name)).collect::<Vec<_>>().join(", ")
        };
        let found = match &args.candidate {
            None => self.release.plan.candidate,
            Some(name) => {
                let position = policy.subsets().iter().position(|subset| subset.name == *name);
                position.map(SubsetId).filter(|subset| *subset != policy.stable())
            }
        };
        found.ok_or_else(|| {
            let message = match &args.candidate {
                None => "the Release does not say which subset is the candidate".to_owned(),
                Some(name) => format!("`--candidate`: `{name}` is no subset beside stable"),
            };
            let help = format!("name one with `--candidate`: {}", names());
            console.note(&text::failure(&message, Some(&help)));
            Exit::USAGE
        })
    }
}
