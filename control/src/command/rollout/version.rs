//! `serin version`: the versions of this program, of the cluster, and of the CRD in it.

use anyhow::Context;
use clap::ArgAction;
use document::report::table::{Column, Table};
use document::report::{Console, Format};
use rollout::crd::SCHEMA_REVISION;
use rollout::drive::Failure;
use rollout::drive::cluster::Error;
use serde::Serialize;

use super::Connection;
use super::connection::{self, Use};
use crate::exit::{self, Exit};
use crate::help;

const EXAMPLES: &str = "\
Examples:
  serin version               this program, and the cluster if it answers
  serin version --client      this program only
  serin version -o json | jq -r .serverVersion

The schema is the revision of the CRD (`serin crd`): that of the server must be at least that of the client. \
Without a kubeconfig only the client is printed.

With -o json the output is one object: clientVersion, clientSchema and, if the cluster answers, serverVersion and \
serverSchema (null if there is no CRD, or no right to read it).";

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = help::after(EXAMPLES, &exit::PRINTS))]
pub struct Args {
    /// Print the client version only
    #[arg(long, num_args = 0..=1, require_equals = true, value_name = "BOOL")]
    #[arg(default_value_t = false, default_missing_value = "true", action = ArgAction::Set)]
    #[arg(hide_default_value = true, hide_possible_values = true)]
    pub client: bool,
    /// Output format: text, json or yaml
    #[arg(long, short = 'o', visible_alias = "output", value_enum, default_value_t)]
    #[arg(hide_possible_values = true)]
    pub format: Format,
    /// The cluster.
    #[command(flatten)]
    pub connection: Connection,
}

/// The versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Versions {
    client_version: &'static str,
    client_schema: u32,
    #[serde(flatten)]
    server: Option<Server>,
}

/// Those of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Server {
    #[serde(rename = "serverVersion")]
    version: String,
    /// None: no CRD, or no right to read it.
    #[serde(rename = "serverSchema")]
    schema: Option<u32>,
    /// Why it is none.
    #[serde(skip)]
    reason: String,
}

/// Prints the versions.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(args: &Args, console: &mut Console) -> anyhow::Result<Exit> {
    let (server, failure) = if args.client { (None, None) } else { ask(&args.connection)? };
    let versions = Versions {
        client_version: env!("CARGO_PKG_VERSION"),
        client_schema: SCHEMA_REVISION,
        server,
    };
    let printed = match args.format {
        Format::Text => text(&versions),
        Format::Data(data) => data.document(&versions)?,
    };
    console.print(&printed).context("cannot write to standard output")?;
    Ok(match failure {
        None | Some(Failure::Cluster(Error::Unconfigured { .. })) => Exit::OK,
        Some(failure) => connection::failed(&failure, console),
    })
}

fn ask(connection: &Connection) -> anyhow::Result<(Option<Server>, Option<Failure>)> {
    let asked = connection::with(connection, Use::Read, async |cluster| {
        let version = cluster.version().await?;
        let (schema, reason) = match cluster.crd_revision().await {
            Ok(revision) => (revision, "the CRD is not installed".to_owned()),
            Err(error @ Error::Forbidden { .. }) => (None, error.to_string()),
            Err(error) => return Err(error.into()),
        };
        Ok(Server { version, schema, reason })
    })?;
    Ok(match asked {
        Ok(server) => (Some(server), None),
        Err(failure) => (None, Some(failure)),
    })
}

fn text(versions: &Versions) -> String {
    let mut table = Table::new([Column::left(""), Column::left("")]).spaced(1);
    table.row(["Client Version:", versions.client_version]);
    table.row(["Client Schema:", &versions.client_schema.to_string()]);
    if let Some(server) = &versions.server {
        let schema = server.schema.map(|schema| schema.to_string());
        table.row(["Server Version:", &server.version]);
        table.row(["Server Schema:", schema.as_ref().unwrap_or(&server.reason)]);
    }
    table.render()
}
