//! The options that select a cluster and a namespace.

#[cfg(feature = "cluster")]
mod client;
#[cfg(not(feature = "cluster"))]
mod none;

use std::path::PathBuf;
use std::time::Duration;

use document::report::{Console, Length};
use rollout::drive::cluster::Error;
use rollout::drive::{Failure, lease};

use crate::command::namespace;
use crate::exit::Exit;

#[cfg(feature = "cluster")]
pub(in crate::command) use client::{said, with, with_client};
#[cfg(not(feature = "cluster"))]
pub(in crate::command) use none::with;

/// The options that name a cluster, as `kubectl` has them.
#[derive(Clone, Debug, clap::Args)]
pub struct Connection {
    /// The namespace [default: that of the context]
    #[arg(long, short, value_name = "NAMESPACE", help_heading = "Cluster", value_parser = namespace::name)]
    pub namespace: Option<String>,
    /// The context of the kubeconfig [default: the current one]
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    pub context: Option<String>,
    /// The kubeconfig [default: `$KUBECONFIG`, `~/.kube/config`, or the cluster of this pod]
    #[arg(long, value_name = "FILE", help_heading = "Cluster")]
    pub kubeconfig: Option<PathBuf>,
    /// The namespace of istiod, which knows whether proxies have what was applied
    #[arg(
        long,
        value_name = "NAMESPACE",
        default_value = "istio-system",
        value_parser = namespace::name,
        help_heading = "Cluster"
    )]
    pub istio_namespace: String,
    /// The namespace of the controller, which carries rollouts out if one is running
    #[arg(
        long,
        value_name = "NAME",
        default_value = lease::NAMESPACE,
        value_parser = namespace::name_or_none,
        help_heading = "Cluster"
    )]
    pub controller_namespace: String,
    /// How long to wait for the first answer of the API server [default: 4s]
    #[arg(long, value_name = "LENGTH", help_heading = "Cluster")]
    pub request_timeout: Option<Length>,
}

/// The first answer takes no longer, and a command that only reads does not wait longer for any.
const FIRST: Duration = Duration::from_secs(4);
/// In the middle of a change an API server that restarts is waited for.
const OUTAGE: Duration = Duration::from_mins(1);

/// What a command does, which decides how long it waits for an API server that was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command) enum Use {
    /// It reads, and can be run again.
    Read,
    /// It changes something, or looks on for long; no longer than `--timeout`.
    Long(Option<Duration>),
}

impl Use {
    /// Carries out a change in this time, unless that is only tried.
    pub(in crate::command) fn change(dry_run: bool, timeout: Option<Length>) -> Self {
        if dry_run { Self::Read } else { Self::Long(timeout.map(|Length(timeout)| timeout)) }
    }
}

impl Connection {
    /// The namespace that may freeze rollouts, whether a controller is looked for there or not.
    pub(in crate::command) fn system(&self) -> &str {
        Some(self.controller_namespace.as_str())
            .filter(|namespace| !namespace.is_empty())
            .unwrap_or(lease::NAMESPACE)
    }

    /// How long the first answer may take.
    #[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "the client asks for it"))]
    fn first(&self) -> Duration {
        self.request_timeout.map_or(FIRST, |Length(length)| length)
    }

    /// How long an outage is waited for.
    #[cfg_attr(not(feature = "cluster"), allow(dead_code, reason = "the client asks for it"))]
    fn patience(&self, purpose: Use) -> Duration {
        let asked = self.request_timeout.map(|Length(length)| length);
        match purpose {
            Use::Read => asked.unwrap_or(FIRST),
            Use::Long(limit) => {
                let patience = asked.unwrap_or(OUTAGE);
                limit.map_or(patience, |limit| limit.min(patience))
            }
        }
    }
}

/// Prints what failed; the exit code.
pub(in crate::command) fn failed(failure: &Failure, console: &mut Console) -> Exit {
    for message in failure.messages() {
        console.fail(&message);
    }
    match failure {
        Failure::Cluster(
            Error::Unconfigured { .. }
            | Error::Configuration { .. }
            | Error::Unreachable { .. }
            | Error::WebhookDown { .. }
            | Error::WrongServer { .. }
            | Error::Unauthorized { .. }
            | Error::Forbidden { .. }
            | Error::KindMissing { .. }
            | Error::CrdMissing
            | Error::CrdOlder { .. },
        ) => Exit::FAILURE,
        _ => Exit::PROBLEMS,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        connection: Connection,
    }

    #[test]
    fn timeouts_bound_an_outage() {
        let length = |text: &str| text.parse::<Length>().unwrap();
        let change = |dry_run, timeout: &str| Use::change(dry_run, Some(length(timeout)));
        for (option, purpose, first, patience) in [
            (None, Use::Read, "4s", "4s"),
            (None, change(true, "10m"), "4s", "4s"),
            (None, change(false, "10m"), "4s", "1m"),
            (None, change(false, "5s"), "4s", "5s"),
            (None, Use::Long(None), "4s", "1m"),
            (Some("2s"), Use::Read, "2s", "2s"),
            (Some("2s"), change(true, "10m"), "2s", "2s"),
            (Some("2s"), change(false, "10m"), "2s", "2s"),
            (Some("5m"), change(false, "10m"), "5m", "5m"),
            (Some("5m"), change(false, "3s"), "5m", "3s"),
        ] {
            let option = option.map(|option| format!("--request-timeout={option}"));
            let words = ["serin".to_owned()].into_iter().chain(option.clone());
            let connection = Line::parse_from(words).connection;
            let found = (Length(connection.first()), Length(connection.patience(purpose)));
            assert_eq!(found, (length(first), length(patience)), "{option:?} {purpose:?}");
        }
    }
}
