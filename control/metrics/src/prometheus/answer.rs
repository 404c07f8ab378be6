//! The answers of Prometheus' API.

use document::load::reason;
use hyper::{StatusCode, Uri, header::HeaderValue};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::error::{Error, Kind};
use crate::labels::Labels;

/// How much of what a server says is shown.
const SHOWN: usize = 300;
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
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
enum Data {
    Matrix(Vec<Entry>),
    Vector(Vec<Instant>),
    Scalar(Sample),
    String(IgnoredAny),
}

impl Data {
    fn name(&self) -> &'static str {
        match self {
            Self::Matrix(_) => "matrix",
            Self::Vector(_) => "vector",
            Self::Scalar(_) => "scalar",
            Self::String(_) => "string",
        }
    }
}

/// Time in seconds, and value.
type Sample = (f64, String);

#[derive(Deserialize)]
struct Instant {
    /// None of a native histogram.
    value: Option<Sample>,
}

#[derive(Deserialize)]
struct Entry {
    metric: Labels,
    /// None of a native histogram.
    #[serde(default)]
    values: Vec<Sample>,
}

/// What is wrong with an answer.
#[derive(Debug)]
pub(super) struct Unread(String);

impl Unread {
    pub(super) fn at(self, url: &Uri) -> Error {
        let text = format!("{url} does not answer as Prometheus does: {}", self.0);
        Error::new(Kind::Wrong, text).with_help("`--prometheus` is the URL before `/api/v1`")
    }
}

/// Why an answer is not one number.
#[derive(Debug)]
pub(super) enum NotOne {
    Unread(Unread),
    /// So many series.
    Several(usize),
    /// Something else.
    Kind(&'static str),
}

impl From<Unread> for NotOne {
    fn from(unread: Unread) -> Self {
        Self::Unread(unread)
    }
}

impl NotOne {
    pub(super) fn at(self, url: &Uri, promql: &str) -> Error {
        let found = match self {
            Self::Unread(unread) => return unread.at(url),
            Self::Several(count) => format!("{count} series"),
            Self::Kind(kind) => format!("a `{kind}`"),
        };
        let text = format!("expected one number, found {found}: {}", shown(promql.as_bytes()));
        Error::new(Kind::Refused, text).with_help("aggregate it, as in `sum(…)`")
    }
}

/// Reads the series of an answer that is one of success.
pub(super) fn read(body: &[u8]) -> Result<Answer, Unread> {
    let (data, warnings) = data(body)?;
    let Data::Matrix(entries) = data else {
        return Err(Unread(format!("expected a `matrix`, found a `{}`", data.name())));
    };
    let series = entries.into_iter().map(|entry| Found {
        labels: entry.metric,
        samples: entry.values.iter().filter_map(|(at, value)| sample(*at, value)).collect(),
    });
    let warnings = warnings.iter();
    let warnings = warnings.map(|text| format!("Prometheus warns: {}", shown(text.as_bytes())));
    Ok(Answer { series: series.collect(), warnings: warnings.collect() })
}

/// The number of an answer that is one of success; none where there is none.
pub(super) fn number(body: &[u8]) -> Result<Option<f64>, NotOne> {
    let value = match data(body)?.0 {
        Data::Scalar((_, value)) => Some(value),
        Data::Vector(found) if found.len() > 1 => return Err(NotOne::Several(found.len())),
        Data::Vector(found) => {
            found.into_iter().next().and_then(|found| found.value).map(|(_, value)| value)
        }
        other => return Err(NotOne::Kind(other.name())),
    };
    Ok(value.and_then(|value| value.parse().ok()))
}

fn data(body: &[u8]) -> Result<(Data, Vec<String>), Unread> {
    let document: Document = serde_json::from_slice(body)
        .map_err(|error| Unread(format!("{}, in `{}`", reason::json(&error), shown(body))))?;
    let Some(data) = document.data.filter(|_| document.status == "success") else {
        let why = document.error.unwrap_or_else(|| format!("status `{}`", document.status));
        return Err(Unread(why));
    };
    Ok((data, document.warnings))
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
        return Error::new(Kind::Wrong, text).with_help(help);
    }
    let said = serde_json::from_slice(body).map(|said: Said| said.error);
    let words = said.map_or_else(|_| shown(body), |error| shown(error.as_bytes()));
    let words = if words.is_empty() { words } else { format!(": {words}") };
    let text = format!("{url} answers {status}{words}");
    match status.as_u16() {
        401 | 403 => {
            let help = "name a file with a token that may query: `--prometheus-token-file`";
            Error::new(Kind::Denied, text).with_help(help)
        }
        404 | 405 => {
            Error::new(Kind::Wrong, text).with_help("`--prometheus` is the URL before `/api/v1`")
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
