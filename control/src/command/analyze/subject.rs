//! The Release that is judged, of a file or of the cluster, and where it is asked about.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use document::report::{Console, Length, Message, text};
use hyper::Uri;
use istio::render::mesh_options::{credentials, shown};
use jiff::Timestamp;
use metrics::prometheus::{Options, Standard};
use policy::policy::SubsetId;
use rollout::drive::{Compiled, Compiler};

use super::Args;
use super::options::SeriesArg;
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

/// Where Prometheus is.
///
/// # Errors
/// When it is no URL, or one with credentials.
pub(super) fn prometheus(args: &Args) -> Result<Options, Message> {
    let written = args.prometheus.trim();
    if let Some(found) = credentials(written) {
        let message = format!("--prometheus: the URL `{}` has {found}", shown(written));
        let help = "put a token into a file: `--prometheus-token-file`";
        return Err(Message::new(message).help(help));
    }
    let url = written.parse::<Uri>().ok().filter(|url| {
        let is_http = matches!(url.scheme_str(), Some("http" | "https"));
        is_http && url.host().is_some() && url.query().is_none()
    });
    let url = url.ok_or_else(|| {
        Message::new("--prometheus: expected a URL such as `http://prometheus.istio-system:9090`")
    })?;
    let standard = match (&args.decided_tag, args.series) {
        (None, SeriesArg::Istio) => Standard::Istio,
        (Some(tag), SeriesArg::Istio) => Standard::IstioDecided(tag.clone()),
        (None, SeriesArg::Envoy) => Standard::Envoy,
        (Some(_), SeriesArg::Envoy) => {
            let message = "`--decided-tag` is of Istio's series: Envoy's count by the decision";
            return Err(Message::new(message));
        }
    };
    let Length(limit) = args.prometheus_timeout;
    let limit = limit.min(Duration::from_hours(1));
    Ok(Options {
        url,
        roots: args.prometheus_ca_file.clone(),
        token: args.prometheus_token_file.clone(),
        limit,
        standard,
    })
}
