//! The options that say where the counts of requests come from.

#[cfg(not(feature = "cluster"))]
mod none;
#[cfg(feature = "cluster")]
mod source;

use std::path::PathBuf;

use clap::ValueEnum;
use document::report::Length;

#[cfg(feature = "cluster")]
pub(in crate::command) use source::{Source, asked};

#[cfg(not(feature = "cluster"))]
pub(in crate::command) use none::Source;

/// Whose series are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SeriesArg {
    /// Istio's
    #[default]
    Istio,
    /// Envoy's own, of clusters
    Envoy,
    /// Envoy's own, of endpoints, and the filter's
    Endpoints,
}

/// Where the counts of requests come from.
#[derive(Clone, Debug, Default, clap::Args)]
#[cfg_attr(
    not(feature = "cluster"),
    allow(dead_code, reason = "only with a cluster are they asked")
)]
pub struct MetricsArgs {
    /// The URL of Prometheus, or of what answers as it does
    #[arg(long, value_name = "URL", help_heading = "Prometheus")]
    pub prometheus: Option<String>,
    /// Trust the certificate authorities in a PEM file instead of the system's
    #[arg(long, value_name = "FILE", requires = "prometheus", help_heading = "Prometheus")]
    pub prometheus_ca_file: Option<PathBuf>,
    /// Send the bearer token in a file
    #[arg(long, value_name = "FILE", requires = "prometheus", help_heading = "Prometheus")]
    pub prometheus_token_file: Option<PathBuf>,
    /// How long to wait for each answer [default: 30s]
    #[arg(long, value_name = "LENGTH", requires = "prometheus", help_heading = "Prometheus")]
    pub prometheus_timeout: Option<Length>,
    /// Whose series to read: istio (default), envoy or endpoints
    #[arg(long, value_enum, value_name = "SERIES", hide_possible_values = true)]
    #[arg(requires = "prometheus", help_heading = "Prometheus")]
    pub series: Option<SeriesArg>,
    /// The tag of Istio's series that names the decided subset, if a Telemetry adds one
    #[arg(long, value_name = "LABEL", value_parser = label)]
    #[arg(requires = "prometheus", help_heading = "Prometheus")]
    pub decided_tag: Option<String>,
}

/// Reads the name of a label of Prometheus.
fn label(text: &str) -> Result<String, String> {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_name =
        text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c.is_ascii_digit());
    is_name
        .then(|| text.to_owned())
        .ok_or_else(|| "expected the name of a label, such as `serin_subset`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn labels_are_those_of_prometheus() {
        assert!(label("serin_subset").is_ok());
        for text in ["", "9a", "a-b", "a\"}", "ä"] {
            assert!(label(text).is_err(), "{text}");
        }
    }
}
