//! The answers of Prometheus' API.

use std::collections::BTreeMap;

use document::load::reason;
use hyper::{StatusCode, Uri, header::HeaderValue};
use serde::Deserialize;

use crate::error::{Error, Kind};

/// How much of what a server says is shown.
const SHOWN: usize = 300;
/// What tells scrapers apart: of those that scrape the same proxy, one counts.
const SCRAPERS: [&str; 7] =
    ["job", "endpoint", "container", "prometheus", "prometheus_replica", "replica", "__replica__"];
/// What tells nothing: the same for all series that are asked for.
const SILENT: [&str; 4] = ["__name__", "le", "reporter", "destination_service"];

/// The labels of a series.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Labels(BTreeMap<String, String>);

impl Labels {
    /// The value of a label; empty where it is not there, which is the same to Prometheus.
    pub(super) fn get(&self, label: &str) -> &str {
        self.0.get(label).map_or("", String::as_str)
    }

    /// The proxy, who scraped it, and what tells the series from others of the proxy.
    ///
    /// A proxy is a pod at an address: the ports of two jobs differ.
    pub(super) fn split(&self) -> (String, String, String) {
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

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) series: Vec<Found>,
    pub(super) warnings: Vec<String>,
}

/// A series.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) labels: Labels,
    /// Time in milliseconds, and value.
    pub(super) samples: Vec<(u64, u64)>,
}

#[derive(Deserialize)]
struct Document {
    status: String,
    data: Option<Data>,
    #[serde(default)]
    warnings: Vec<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    result_type: String,
    result: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    metric: Labels,
    /// None of a native histogram.
    #[serde(default)]
    values: Vec<(f64, String)>,
}

/// What is wrong with an answer.
#[derive(Debug)]
pub(super) struct Unread(String);

impl Unread {
    pub(super) fn at(self, url: &Uri) -> Error {
        let text = format!("{url} does not answer as Prometheus does: {}", self.0);
        Error::new(Kind::Wrong, text).help("`--prometheus` is the URL before `/api/v1`")
    }
}

/// Reads an answer that is one of success.
pub(super) fn read(body: &[u8]) -> Result<Answer, Unread> {
    let document: Document = serde_json::from_slice(body)
        .map_err(|error| Unread(format!("{}, in `{}`", reason::json(&error), shown(body))))?;
    let Some(data) = document.data.filter(|_| document.status == "success") else {
        let why = document.error.unwrap_or_else(|| format!("status `{}`", document.status));
        return Err(Unread(why));
    };
    if data.result_type != "matrix" {
        let found = &data.result_type;
        return Err(Unread(format!("expected a `matrix`, found `{}`", shown(found.as_bytes()))));
    }
    let series = data.result.into_iter().map(|entry| Found {
        labels: entry.metric,
        samples: entry.values.iter().filter_map(|(at, value)| sample(*at, value)).collect(),
    });
    let warnings = document.warnings.iter();
    let warnings = warnings.map(|text| format!("Prometheus warns: {}", shown(text.as_bytes())));
    Ok(Answer { series: series.collect(), warnings: warnings.collect() })
}

/// A sample; none where it is no count: NaN stands for one that is stale, too.
fn sample(at: f64, value: &str) -> Option<(u64, u64)> {
    let at = (at * 1000.0).round();
    let value: f64 = value.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
    let whole = |number: f64| (0.0..1.8e19).contains(&number).then(|| number.round() as u64);
    Some((whole(at)?, whole(value)?))
}

/// What an answer without success means.
pub(super) fn refused(
    url: &Uri,
    status: StatusCode,
    location: Option<&HeaderValue>,
    body: &[u8],
) -> Error {
    #[derive(Deserialize)]
    struct Said {
        error: String,
    }
    if status.is_redirection() {
        let place = location.and_then(|location| location.to_str().ok()).unwrap_or_default();
        // What follows may be a token.
        let place = place.split(['?', '#']).next().unwrap_or_default();
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        let text = format!("{url} answers {status}, to `{}`", shown(place.as_bytes()));
        let help = "redirects are not followed: name the address of Prometheus itself; a login page may be in front of it";
        return Error::new(Kind::Wrong, text).help(help);
    }
    let said = serde_json::from_slice(body).map(|said: Said| said.error);
    let words = said.map_or_else(|_| shown(body), |error| shown(error.as_bytes()));
    let words = if words.is_empty() { words } else { format!(": {words}") };
    let text = format!("{url} answers {status}{words}");
    match status.as_u16() {
        401 | 403 => {
            let help = "name a file with a token that may query: `--prometheus-token-file`";
            Error::new(Kind::Denied, text).help(help)
        }
        404 | 405 => {
            Error::new(Kind::Wrong, text).help("`--prometheus` is the URL before `/api/v1`")
        }
        408 | 429 | 500..=599 => Error::new(Kind::Away, text),
        _ => Error::new(Kind::Refused, text),
    }
}

/// The beginning of what a server says, in one line.
fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..SHOWN).unwrap_or(body));
    let words: Vec<&str> = text.split_whitespace().collect();
    let more = if body.len() > SHOWN { " …" } else { "" };
    format!("{}{more}", words.join(" "))
}
