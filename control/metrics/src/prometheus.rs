//! Prometheus' HTTP API, and what answers as it does: Thanos, Mimir, `VictoriaMetrics`.
//!
//! Counters are asked for as they were scraped, by a range selector in `/api/v1/query` (`metric[15m]`).
//! `/api/v1/query_range` would show a value for five minutes after its last scrape without a word on when that was.

mod answer;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use document::load::reason;
use form_urlencoded::Serializer;
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, Uri, header};
use policy::rollout::analysis::Series;

use crate::error::{Error, Kind};
use crate::http::{self, HttpClient};
use crate::readings::{LOOKBACK, Name, Readings, Samples};
use crate::series::{Question, endpoints, envoy, istio};
use crate::{Answer, Metrics, Range, Subject};

/// How long an answer may take.
pub const LIMIT: Duration = Duration::from_secs(30);
/// How large an answer may be.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;
/// How many samples are kept of all answers: 16 bytes each.
const MOST_SAMPLES: usize = 20_000_000;
/// How much time is asked about at once. An answer that is too large is asked for in halves, down to the least.
const WINDOW: u64 = 15 * 60 * 1000;
const LEAST_WINDOW: u64 = 60 * 1000;

/// Whose series are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standard {
    /// Istio's: `istio_requests_total`, as callers report it.
    #[default]
    Istio,
    /// Istio's, with a tag that a Telemetry adds: the subset that was decided, empty or `unknown` for stable.
    IstioDecided(String),
    /// Envoy's own, of the clusters of both subsets. Proxies of Istio expose them only where they are asked to.
    Envoy,
    /// Envoy's own, of the endpoints of both subsets, and what the filter decided: as proxies are read without Prometheus.
    Endpoints,
}

/// Where Prometheus is, and how it is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its URL, with the path before `/api/v1`; without credentials.
    pub url: Uri,
    /// A file with the authorities that vouch for it; none: those of this machine.
    pub roots: Option<PathBuf>,
    /// A file with a bearer token, which is read anew for each question.
    pub token: Option<PathBuf>,
    /// How long an answer may take.
    pub limit: Duration,
    /// Whose series are asked for.
    pub standard: Standard,
}

/// A Prometheus.
pub struct Prometheus {
    client: HttpClient<Empty<Bytes>>,
    options: Options,
    most_bytes: usize,
}

impl fmt::Debug for Prometheus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prometheus").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Prometheus {
    /// The Prometheus that is there. Nothing is asked yet.
    ///
    /// # Errors
    /// When there are no authorities, or a token would be sent without encryption.
    pub fn new(options: Options) -> Result<Self, Error> {
        let is_loopback = options.url.host().is_some_and(is_loopback);
        if options.token.is_some() && options.url.scheme_str() != Some("https") && !is_loopback {
            let text = format!("{}: a token is not sent without encryption", options.url);
            return Err(Error::new(Kind::Unaskable, text).with_help("use `https`"));
        }
        let client = http::client(&options.url, options.roots.as_deref());
        let client =
            client.map_err(|why| Error::new(Kind::Unaskable, format!("{}: {why}", options.url)))?;
        Ok(Self { client, options, most_bytes: MOST_BYTES })
    }

    /// The same, reading no answer larger than this.
    #[must_use]
    pub fn bounded(self, most_bytes: usize) -> Self {
        Self { most_bytes, ..self }
    }

    async fn read(&self, subject: &Subject, range: Range) -> Result<Readings, Error> {
        let lookback = u64::try_from(LOOKBACK.as_millis()).unwrap_or(u64::MAX);
        let from = range.from.saturating_sub(lookback);
        let questions = match &self.options.standard {
            Standard::Istio => istio::questions(subject, None)?,
            Standard::IstioDecided(tag) => istio::questions(subject, Some(tag))?,
            Standard::Envoy => envoy::questions(subject),
            Standard::Endpoints => endpoints::in_prometheus(subject),
        };
        let mut samples = Samples::default();
        for question in &questions {
            self.ask(question, from, range.to, &mut samples).await?;
        }
        let mut readings = samples.readings(range);
        let lost = readings.lost();
        if readings.is_empty() {
            let first = questions.first().map(|question| question.selector.to_string());
            let others = match questions.len().saturating_sub(1) {
                0 => String::new(),
                others => format!(", nor the {others} beside it"),
            };
            readings.notes.push(format!(
                "Prometheus has no series {} in this range{others}",
                first.unwrap_or_default()
            ));
        }
        if lost > 0 {
            readings.notes.push(format!(
                "{lost} requests failed before they reached a pod, and count for neither subset: Istio does not say for \
                 which one they were decided"
            ));
        }
        let sees = matches!(self.options.standard, Standard::IstioDecided(_) | Standard::Endpoints);
        if subject.falls_back && !sees {
            readings.notes.push(format!(
                "the Release has `fallback: stable`: requests for {} that stable served are not seen as its failures",
                subject.candidate.name
            ));
        }
        Ok(readings)
    }

    /// Asks about a range of time, in windows.
    async fn ask(
        &self,
        question: &Question,
        from: u64,
        to: u64,
        samples: &mut Samples,
    ) -> Result<(), Error> {
        let mut window = WINDOW;
        let mut start = from;
        while start < to {
            let end = start.saturating_add(window).min(to);
            let query = format!("{}[{}ms]", question.selector, end - start);
            let body = match self.get(&query, &seconds(end)).await {
                Err(error) if error.kind == Kind::TooLarge && window > LEAST_WINDOW => {
                    window = (window / 2).max(LEAST_WINDOW);
                    continue;
                }
                answered => answered?,
            };
            let answer = answer::read(&body).map_err(|unread| unread.at(&self.options.url))?;
            samples.warnings.extend(answer.warnings);
            for series in answer.series {
                if let Some((side, measure)) = (question.read)(&series.labels) {
                    let (source, scraper, labels) = series.labels.split();
                    let labels = if question.by_name {
                        format!("{} {labels}", series.labels.get("__name__"))
                    } else {
                        labels
                    };
                    let series_name = Series { measure, labels };
                    let name = Name { source, scraper, side, series: series_name };
                    samples.add(name, series.samples.into_iter());
                }
            }
            if samples.count > MOST_SAMPLES {
                let text = format!("{}: more than {MOST_SAMPLES} samples", self.options.url);
                return Err(Error::new(Kind::TooLarge, text).with_help("ask about a shorter range"));
            }
            start = end;
        }
        Ok(())
    }

    async fn get(&self, query: &str, time: &str) -> Result<Bytes, Error> {
        let limit = self.options.limit;
        let got = tokio::time::timeout(limit, self.answer(query, time)).await;
        got.unwrap_or_else(|_| {
            let text = format!("{}: no answer within {} s", self.options.url, limit.as_secs_f64());
            Err(Error::new(Kind::Away, text))
        })
    }

    async fn answer(&self, query: &str, time: &str) -> Result<Bytes, Error> {
        let url = &self.options.url;
        let base = url.to_string();
        let query = Serializer::new(String::new())
            .append_pair("query", query)
            .append_pair("time", time)
            .finish();
        let target = format!("{}/api/v1/query?{query}", base.trim_end_matches('/'));
        let mut request = Request::builder()
            .method(Method::GET)
            .uri(target)
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, concat!("serin/", env!("CARGO_PKG_VERSION")));
        if let Some(file) = &self.options.token {
            request = request.header(header::AUTHORIZATION, bearer(file)?);
        }
        let request = request.body(Empty::new());
        let request =
            request.map_err(|error| Error::new(Kind::Unaskable, format!("{url}: {error}")))?;
        let away = |error: &(dyn std::error::Error + 'static)| {
            Error::new(
                Kind::Away,
                format!("cannot reach Prometheus at {url}: {}", reason::chain(error)),
            )
            .with_help("check `--prometheus` and `--prometheus-ca-file`")
        };
        let answered = self.client.request(request).await.map_err(|error| away(&error))?;
        let status = answered.status();
        let location = answered.headers().get(header::LOCATION).cloned();
        let body = Limited::new(answered.into_body(), self.most_bytes).collect().await;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                let most = self.most_bytes / 1024 / 1024;
                let text = format!("{url}: the answer is larger than {most} MiB");
                return Error::new(Kind::TooLarge, text).with_help("ask about a shorter range");
            }
            away(error.as_ref())
        })?;
        let body = body.to_bytes();
        if status.is_success() {
            return Ok(body);
        }
        Err(answer::refused(url, status, location.as_ref(), &body))
    }
}

impl Metrics for Prometheus {
    fn range<'a>(&'a self, subject: &'a Subject, range: Range) -> Answer<'a, Readings> {
        Box::pin(self.read(subject, range))
    }

    fn number<'a>(&'a self, promql: &'a str, at: u64) -> Answer<'a, Option<f64>> {
        Box::pin(async move {
            let body = self.get(promql, &seconds(at)).await?;
            answer::number(&body).map_err(|not_one| not_one.at(&self.options.url, promql))
        })
    }
}

/// A time in milliseconds, as Prometheus reads it.
fn seconds(time: u64) -> String {
    format!("{}.{:03}", time / 1000, time % 1000)
}

/// The header of a token. It is marked as one not to be shown.
fn bearer(file: &Path) -> Result<header::HeaderValue, Error> {
    let unaskable = |why: String| Error::new(Kind::Unaskable, format!("{}: {why}", file.display()));
    let token = std::fs::read(file)
        .map_err(|error| unaskable(format!("cannot read the token: {}", reason::chain(&error))))?;
    let token = String::from_utf8(token).map_err(|_| unaskable("it is not UTF-8".to_owned()))?;
    let value = header::HeaderValue::from_str(&format!("Bearer {}", token.trim()));
    let mut value = value.map_err(|_| unaskable("expected a token in one line".to_owned()))?;
    if token.trim().is_empty() {
        return Err(unaskable("expected a token, the file is empty".to_owned()));
    }
    value.set_sensitive(true);
    Ok(value)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let is_address = address.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    host == "localhost" || is_address
}
