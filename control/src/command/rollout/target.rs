//! The Release of a verb: by its name, or by a file.

use std::sync::Arc;

use document::report::{Console, text};
use policy::Checked;
use rollout::drive::{Compiled, Compiler};

use super::connection::{self, Connection, Use};
use super::{Named, format};
use crate::command::render::source;
use crate::exit::Exit;

/// A Release of the cluster.
#[derive(Clone, Debug, clap::Args)]
pub struct Target {
    /// The name of the Release
    #[arg(value_name = "NAME", value_parser = format::parse_name)]
    #[arg(required_unless_present = "filename")]
    pub name: Option<String>,
    /// The file with the Release, instead of its name; can be repeated
    #[arg(long, short = 'f', value_name = "FILE", conflicts_with = "name")]
    pub filename: Vec<String>,
    /// The Release to use, if the file has several
    #[arg(id = "of_file", long = "name", value_name = "[NAMESPACE/]NAME")]
    #[arg(requires = "filename", conflicts_with = "name")]
    pub of_file: Option<String>,
    /// The cluster.
    #[command(flatten)]
    pub connection: Connection,
}

impl Target {
    /// Does something with the Release of each file, in their order, until that fails for one.
    ///
    /// # Errors
    /// Those of `act`.
    pub(super) fn each(
        &self,
        mut act: impl FnMut(&Self) -> anyhow::Result<Exit>,
    ) -> anyhow::Result<Exit> {
        let [_, _, ..] = self.filename.as_slice() else { return act(self) };
        for file in &self.filename {
            let exit = act(&Self { filename: vec![file.clone()], ..self.clone() })?;
            if exit != Exit::OK {
                return Ok(exit);
            }
        }
        Ok(Exit::OK)
    }

    /// Does something with the Release of each file, in their order, whatever comes of those before; the worst of what
    /// comes of them.
    ///
    /// # Errors
    /// Those of `act`.
    pub(super) fn all(
        &self,
        mut act: impl FnMut(&Self) -> anyhow::Result<Exit>,
    ) -> anyhow::Result<Exit> {
        let [_, _, ..] = self.filename.as_slice() else { return act(self) };
        let mut worst = Exit::OK;
        for file in &self.filename {
            worst = worst.max(act(&Self { filename: vec![file.clone()], ..self.clone() })?);
        }
        Ok(worst)
    }

    /// Its name and namespace; the exit code if the file cannot be read, after printing why.
    pub(super) fn read(&self, console: &mut Console) -> Result<Named, Exit> {
        let mut connection = self.connection.clone();
        let Some(file) = self.filename.first() else {
            return Ok(Named { name: self.name.clone().unwrap_or_default(), connection });
        };
        let release = source::read(file, self.of_file.as_deref(), console)?;
        let (namespace, name) = (release.policy.namespace(), release.policy.name());
        check_namespace(connection.namespace.as_deref(), namespace, console)?;
        connection.namespace = Some(namespace.to_owned());
        Ok(Named { name: name.to_owned(), connection })
    }
}

/// Checks that `--namespace` agrees with the file.
pub(super) fn check_namespace(
    named: Option<&str>,
    own: &str,
    console: &mut Console,
) -> Result<(), Exit> {
    let Some(other) = named.filter(|named| *named != own) else { return Ok(()) };
    let message = format!("`--namespace {other}`: the file has the namespace `{own}`");
    let help = "see `metadata.namespace`; without it, the namespace is `default`";
    console.note(&text::failure(&message, Some(help)));
    Err(Exit::USAGE)
}

/// The Release in the cluster that a file is about; the exit code if there is none, after printing why.
pub(in crate::command) fn in_cluster(
    connection: &Connection,
    written: &Checked,
    console: &mut Console,
) -> Result<Arc<Compiled>, Exit> {
    let (namespace, name) = (written.policy.namespace(), written.policy.name());
    check_namespace(connection.namespace.as_deref(), namespace, console)?;
    let asked = connection::with(connection, Use::Read, async |cluster| {
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
