//! The Release that a verb is about: by its name, or as a file has it.

use std::sync::Arc;

use document::report::{Console, text};
use policy::Checked;
use rollout::drive::{Compiled, Compiler};

use super::connection::{self, Connection};
use super::{Named, format};
use crate::command::render::source;
use crate::exit::Exit;

/// A Release of the cluster.
#[derive(Clone, Debug, clap::Args)]
pub struct Target {
    /// The Release's name
    #[arg(value_name = "NAME", value_parser = format::parse_name)]
    #[arg(required_unless_present = "filename")]
    pub name: Option<String>,
    /// The file of the Release, in place of its name
    #[arg(long, short = 'f', value_name = "FILE", conflicts_with = "name")]
    pub filename: Option<String>,
    /// Which cluster.
    #[command(flatten)]
    pub connection: Connection,
}

impl Target {
    /// Its name and namespace; the exit code where the file does not say them, after saying why.
    pub(super) fn read(&self, console: &mut Console) -> Result<Named, Exit> {
        let mut connection = self.connection.clone();
        let Some(file) = &self.filename else {
            return Ok(Named { name: self.name.clone().unwrap_or_default(), connection });
        };
        let release = source::read(file, None, console)?;
        let (namespace, name) = (release.policy.namespace(), release.policy.name());
        check_namespace(connection.namespace.as_deref(), namespace, console)?;
        connection.namespace = Some(namespace.to_owned());
        Ok(Named { name: name.to_owned(), connection })
    }
}

/// That the namespace of a file is not another than the one that is named.
pub(super) fn check_namespace(
    named: Option<&str>,
    own: &str,
    console: &mut Console,
) -> Result<(), Exit> {
    let Some(other) = named.filter(|named| *named != own) else { return Ok(()) };
    let message = format!("`--namespace {other}`: the file is for the namespace `{own}`");
    console.note(&text::failure(&message, Some("`metadata.namespace` says so; none is `default`")));
    Err(Exit::USAGE)
}

/// What the cluster has of the Release that a file has; the exit code where it has none, after saying why.
pub(in crate::command) fn in_cluster(
    connection: &Connection,
    written: &Checked,
    console: &mut Console,
) -> Result<Arc<Compiled>, Exit> {
    let (namespace, name) = (written.policy.namespace(), written.policy.name());
    check_namespace(connection.namespace.as_deref(), namespace, console)?;
    let asked = connection::with(connection, async |cluster| {
        let object = cluster.release(namespace, name).await?;
        Compiler::default().read(&object)
    });
    match asked {
        Ok(Ok(release)) => Ok(release),
        Ok(Err(failure)) => Err(connection::failed(&failure, console)),
        Err(error) => {
            console.note(&text::failure(&format!("{error:#}"), None));
            Err(Exit::FAILURE)
        }
    }
}
