//! What the proxies count themselves: nothing has to be installed for it. They do not remember what they counted before.

use std::fmt;
use std::ops::Deref;

use futures_util::stream::{self, StreamExt as _};
use metrics::{Answer, Error, FILTER, Kind, Metrics, Page, Range, Readings, Subject};
use serde_json::Value;

use super::cluster::{self, Cluster, Object, Resource};

/// The most proxies that are read, each of them at every look.
pub const MOST_PROXIES: usize = 100;
/// How many are read at the same time.
const AT_ONCE: usize = 16;
/// The container that is a proxy of Istio.
const CONTAINER: &str = "istio-proxy";

/// The proxies of a cluster in which the filter runs.
pub struct ProxyStats<C> {
    cluster: C,
}

impl<C> fmt::Debug for ProxyStats<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxyStats")
    }
}

impl<C: Deref<Target: Cluster> + Send + Sync> ProxyStats<C> {
    /// Of this cluster.
    #[must_use]
    pub fn new(cluster: C) -> Self {
        Self { cluster }
    }

    async fn read(&self, subject: &Subject, at: u64) -> Result<Readings, Error> {
        let pods = self.pods(subject).await?;
        if pods.len() > MOST_PROXIES {
            let text = format!(
                "{} proxies run the filter, and at most {MOST_PROXIES} are read",
                pods.len()
            );
            return Err(
                Error::new(Kind::TooLarge, text).with_help("name a Prometheus: `--prometheus`")
            );
        }
        let pages = pods.iter().map(|pod| self.page(pod)).collect::<Vec<_>>();
        let read: Vec<_> = stream::iter(pages).buffer_unordered(AT_ONCE).collect().await;
        let count = read.len();
        let (mut pages, mut failures) = (Vec::new(), Vec::new());
        for page in read {
            match page {
                Ok(page) => pages.push(page),
                Err(error) => failures.push(error),
            }
        }
        match failures.into_iter().next() {
            Some(error) if pages.is_empty() => Err(failed(&error)),
            first => {
                let mut readings = metrics::readings(subject, &pages, at);
                if let Some(first) = first {
                    let missing = count.saturating_sub(pages.len());
                    readings
                        .notes
                        .push(format!("{missing} of {count} proxies were not read: {first}"));
                }
                if count == 0 {
                    readings.notes.push("no running pod with a proxy matches `attach`".to_owned());
                }
                Ok(readings)
            }
        }
    }

    fn page<'a>(&'a self, pod: &'a Object) -> cluster::Answer<'a, Page> {
        Box::pin(async move {
            let text = self.cluster.stats(pod, FILTER).await?;
            let source = format!("{}/{}/{}", pod.namespace(), pod.name(), pod.uid());
            Ok(Page { source, text })
        })
    }

    /// The pods whose proxies run the filter, each once.
    async fn pods(&self, subject: &Subject) -> Result<Vec<Object>, Error> {
        let mut pods: Vec<Object> = Vec::new();
        for (namespace, labels) in &subject.attached {
            let selector: Vec<String> =
                labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let selector = selector.join(",");
            let found = self.cluster.list(&Resource::POD, Some(namespace), &selector).await;
            let found = found.map_err(|error| failed(&error))?;
            let id = |pod: &Object| (pod.namespace().to_owned(), pod.name().to_owned());
            let is_known =
                |pods: &[Object], pod: &Object| pods.iter().any(|known| id(known) == id(pod));
            for pod in found {
                if is_proxied(&pod) && !is_known(&pods, &pod) {
                    pods.push(pod);
                }
            }
        }
        Ok(pods)
    }
}

impl<C: Deref<Target: Cluster> + Send + Sync> Metrics for ProxyStats<C> {
    fn range<'a>(&'a self, subject: &'a Subject, range: Range) -> Answer<'a, Readings> {
        Box::pin(self.read(subject, range.to))
    }

    fn number<'a>(&'a self, _: &'a str, _: u64) -> Answer<'a, Option<f64>> {
        Box::pin(async {
            let text = "a check is a query, and no Prometheus is named to ask";
            Err(Error::new(Kind::Unaskable, text).with_help("name one: `--prometheus`"))
        })
    }
}

/// Whether a pod runs, with a proxy in it.
fn is_proxied(pod: &Object) -> bool {
    let is_proxy =
        |container: &Value| container.get("name").and_then(Value::as_str) == Some(CONTAINER);
    let containers = ["/spec/containers", "/spec/initContainers"];
    let mut containers = containers.iter().flat_map(|list| pod.list(list));
    !pod.is_going() && pod.text("/status/phase") == "Running" && containers.any(is_proxy)
}

fn failed(error: &cluster::Error) -> Error {
    let kind = match error {
        cluster::Error::Forbidden { .. } | cluster::Error::Unauthorized { .. } => Kind::Denied,
        _ => Kind::Away,
    };
    let said = Error::new(kind, format!("cannot read what the proxies count: {error}"));
    match error.help() {
        Some(help) => said.with_help(help),
        None => said,
    }
}
