//! `mirror`: copies of requests in a real Envoy, counted on the server of the subset that gets them.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use envoy::proxy::{SERVED_BY, Server};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::http::{HeaderValue, Request, Response};
use istio::decision_header;
use policy::Checked;
use policy::config::Carrier;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::stage::{Given, PATIENCE, POLL, Setup, Stage, Through, endpoint};
use super::wait;
use crate::release::{check, release};

/// A server of a subset that counts requests.
struct Counting {
    count: Arc<AtomicUsize>,
    endpoint: istio::render::cluster::Endpoint,
    _server: Server,
}

impl Counting {
    async fn start(name: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = endpoint(listener.local_addr().unwrap());
        let name = HeaderValue::from_str(name).unwrap();
        let count = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&count);
        let server = Server::start(listener, move |request: Request<Incoming>| {
            // A copy has the host that was asked for: nothing is appended to it.
            if request.headers().get("host").is_some_and(|host| host == "reviews") {
                counted.fetch_add(1, Ordering::Relaxed);
            }
            let mut answer = Response::new(Full::<Bytes>::default());
            answer.headers_mut().insert(SERVED_BY, name.clone());
            ready(answer)
        });
        Self { count, endpoint, _server: server }
    }

    fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    /// Waits until it has had so many: copies arrive after the answer.
    async fn until(&self, expected: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.count() < expected {
            assert!(Instant::now() < deadline, "expected {expected}, found {}", self.count());
            sleep(POLL).await;
        }
    }
}

fn copying(fields: &Value) -> Checked {
    let subset = |name: &str| json!({"name": name, "labels": {"version": name}});
    let mut spec = json!({"subsets": [subset("v1"), subset("v2")]});
    spec.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    check(&release(spec))
}

/// A stage with a counting server for each of two subsets.
async fn stage(release: &Checked, carrier: Carrier) -> (Stage, [Counting; 2]) {
    let servers = [Counting::start("v1").await, Counting::start("v2").await];
    let endpoints = servers.each_ref().map(|server| vec![server.endpoint.clone()]).to_vec();
    let setup = Setup { carrier, ..Setup::new(Through::Bootstrap) };
    (Stage::start_before(setup, &Given::new(release), endpoints).await, servers)
}

const REQUESTS: usize = 1000;

#[test]
fn users_stay_on_stable_while_another_subset_gets_copies() {
    let release = copying(&json!({"mirror": {"to": "v2", "percent": 20}}));
    wait(async {
        let (stage, [stable, mirror]) = stage(&release, Carrier::FilterState).await;
        let mut client = stage.connect().await;
        for _ in 0..REQUESTS {
            assert_eq!(super::stage::served_by(&mut client, &Vec::new()).await, "v1");
        }
        assert_eq!(stable.count(), REQUESTS);
        // 20 % of 1000 is 200; six standard deviations are 76.
        mirror.until(124).await;
        sleep(POLL * 20).await;
        assert!(mirror.count() <= 276, "{}", mirror.count());
    });
}

/// Those whom a rule gives another subset, and those who pass by the filter: each request is copied once, whatever
/// the carrier.
#[test]
fn every_request_is_copied_whatever_subset_answers_it() {
    let staff = json!({"name": "staff", "match": [{"headers": {"x-team": {"exact": "qa"}}}], "split": {"v2": 100}});
    let release = copying(&json!({"mirror": {"to": "v2", "percent": 100}, "rules": [staff]}));
    for carrier in [Carrier::FilterState, decision_header::subset_carrier(&release.policy)] {
        wait(async {
            let (stage, [stable, mirror]) = stage(&release, carrier).await;
            let user = vec![("x-team".to_owned(), b"qa".to_vec())];
            for _ in 0..20 {
                assert_eq!(stage.served_by(&user).await, "v2");
            }
            mirror.until(40).await;
            assert_eq!((stable.count(), mirror.count()), (0, 40));
            for _ in 0..20 {
                assert_eq!(stage.served_by(&Vec::new()).await, "v1");
            }
            mirror.until(60).await;
            assert_eq!((stable.count(), mirror.count()), (20, 60));
        });
    }
}

/// Copies to a subset without endpoints are dropped: they do not fall back to stable, and no user notices.
#[test]
fn copies_never_fall_back() {
    let release = copying(&json!({"mirror": {"to": "v2", "percent": 100}, "fallback": "stable"}));
    wait(async {
        let stable = Counting::start("v1").await;
        let setup = Setup::new(Through::Bootstrap);
        let endpoints = vec![vec![stable.endpoint.clone()], Vec::new()];
        let stage = Stage::start_before(setup, &Given::new(&release), endpoints).await;
        for _ in 0..50 {
            assert_eq!(stage.served_by(&Vec::new()).await, "v1");
        }
        sleep(POLL * 20).await;
        assert_eq!(stable.count(), 50);
    });
}
