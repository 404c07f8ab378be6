//! The labels of a series.

use std::collections::BTreeMap;

/// What tells scrapers apart: of those that scrape the same proxy, one counts.
const SCRAPERS: [&str; 7] =
    ["job", "endpoint", "container", "prometheus", "prometheus_replica", "replica", "__replica__"];
/// What tells nothing: the same for all series that are asked for.
const SILENT: [&str; 4] = ["__name__", "le", "reporter", "destination_service"];

/// The labels of a series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "http", derive(serde::Deserialize), serde(transparent))]
pub(crate) struct Labels(pub(crate) BTreeMap<String, String>);

impl Labels {
    /// The value of a label; empty where it is not there, which is the same to Prometheus.
    pub(crate) fn get(&self, label: &str) -> &str {
        self.0.get(label).map_or("", String::as_str)
    }

    /// The proxy, who scraped it, and what tells the series from others of the proxy.
    ///
    /// A proxy is a pod at an address: the ports of two jobs differ.
    pub(crate) fn split(&self) -> (String, String, String) {
        let instance = self.get("instance");
        let address = instance.rsplit_once(':').map_or(instance, |(address, _)| address);
        let pod = ["pod", "pod_name", "kubernetes_pod_name"].iter().map(|label| self.get(label));
        let pod = pod.into_iter().find(|pod| !pod.is_empty()).unwrap_or_default();
        let (cluster, namespace) = (self.get("source_cluster"), self.get("namespace"));
        // Without the name of a pod, processes at one address differ by their ports.
        let address = if pod.is_empty() { instance } else { address };
        let source = [cluster, namespace, pod, address].join("/");
        let of_scraper = |label: &str| SCRAPERS.contains(&label) || label == "instance";
        let join = |is_wanted: &dyn Fn(&str) -> bool| {
            let wanted = self.0.iter().filter(|(label, _)| is_wanted(label));
            wanted.map(|(label, value)| format!("{label}={value}")).collect::<Vec<_>>().join(",")
        };
        let scraper = join(&of_scraper);
        (source, scraper, join(&|label| !of_scraper(label) && !SILENT.contains(&label)))
    }
}
