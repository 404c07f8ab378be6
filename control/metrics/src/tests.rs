//! From a server on loopback to a verdict.

mod answers;
mod counted;
mod server;

use std::time::Duration;

use hyper::Uri;
use serde_json::{Value, json};

use crate::prometheus::{Options, Standard};
use crate::subject::tests::subject;
use crate::{Prometheus, Range};

/// When the ranges of these tests begin, in seconds since 1970.
const START: u64 = 1_700_000_000;

fn prometheus(url: &str, standard: Standard) -> Prometheus {
    Prometheus::new(options(url, standard)).unwrap()
}

fn options(url: &str, standard: Standard) -> Options {
    let url: Uri = url.parse().unwrap();
    Options { url, roots: None, token: None, limit: Duration::from_secs(10), standard }
}

/// So many minutes from [`START`], looked at each 15 seconds.
fn minutes(count: u64) -> Range {
    let from = START * 1000;
    Range { from, to: from + count * 60_000, every: Duration::from_secs(15) }
}

/// A series of one proxy, with these samples: seconds from [`START`], and value.
fn series(labels: &Value, samples: &[(u64, u64)]) -> Value {
    let mut metric = json!({ "instance": "10.0.0.1:15020", "namespace": "bookinfo", "pod": "p-1", "job": "pods" });
    metric.as_object_mut().unwrap().extend(labels.as_object().unwrap().clone());
    let values = samples.iter().map(|(at, value)| json!([START + at, value.to_string()]));
    json!({ "metric": metric, "values": values.collect::<Vec<_>>() })
}

fn matrix(series: &[Value]) -> Value {
    json!({ "status": "success", "data": { "resultType": "matrix", "result": series } })
}
