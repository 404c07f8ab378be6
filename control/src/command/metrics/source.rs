//! Prometheus, as the options name it.

use std::time::Duration;

use document::report::{Length, Message};
use hyper::Uri;
use istio::render::mesh_options::{credentials, shown};
use metrics::Prometheus;
use metrics::prometheus::{Options, Standard};
use rollout::drive::cluster::Cluster;
use rollout::drive::{Analyzer, Failure, ProxyStats};

use super::{MetricsArgs, SeriesArg};

/// Where the counts of requests come from.
#[derive(Clone, Debug)]
pub(in crate::command) enum Source {
    /// The proxies themselves.
    Proxies,
    /// A Prometheus that scrapes them.
    Prometheus(Options),
}

impl Source {
    /// What the options say.
    ///
    /// # Errors
    /// When the URL is none, or has credentials in it.
    pub(in crate::command) fn read(args: &MetricsArgs) -> Result<Self, Message> {
        Ok(asked(args)?.map_or(Self::Proxies, Self::Prometheus))
    }

    /// What judges candidates by it.
    ///
    /// # Errors
    /// When there are no certificate authorities, or a token would be sent without encryption.
    pub(in crate::command) fn analyzer<'c>(
        &self,
        cluster: &'c dyn Cluster,
    ) -> Result<Analyzer<'c>, Failure> {
        Ok(match self {
            Self::Proxies => Analyzer::new(Box::new(ProxyStats::new(cluster))),
            Self::Prometheus(options) => {
                let prometheus = Prometheus::new(options.clone()).map_err(|error| {
                    Failure::blocked(error.text, error.help.unwrap_or_default())
                })?;
                Analyzer::new(Box::new(prometheus))
            }
        })
    }
}

/// Where Prometheus is; none where it is not named.
///
/// # Errors
/// When it is no URL, or one with credentials.
pub(in crate::command) fn asked(args: &MetricsArgs) -> Result<Option<Options>, Message> {
    let Some(written) = args.prometheus.as_deref().map(str::trim) else { return Ok(None) };
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
    let standard = match (&args.decided_tag, args.series.unwrap_or_default()) {
        (None, SeriesArg::Istio) => Standard::Istio,
        (Some(tag), SeriesArg::Istio) => Standard::IstioDecided(tag.clone()),
        (None, SeriesArg::Envoy) => Standard::Envoy,
        (None, SeriesArg::Endpoints) => Standard::Endpoints,
        (Some(_), SeriesArg::Envoy | SeriesArg::Endpoints) => {
            let message = "`--decided-tag` is of Istio's series: Envoy's count by the decision";
            return Err(Message::new(message));
        }
    };
    let limit = args.prometheus_timeout.map_or(metrics::prometheus::LIMIT, |Length(limit)| limit);
    Ok(Some(Options {
        url,
        roots: args.prometheus_ca_file.clone(),
        token: args.prometheus_token_file.clone(),
        limit: limit.min(Duration::from_hours(1)),
        standard,
    }))
}
