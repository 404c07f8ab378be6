//! The client against an HTTP server on this machine: what it sends, and what it makes of the answers.

mod configuration;
mod errors;
mod istiod;
mod login;
mod outages;
mod proxy;
mod server;
mod stats;
mod verbs;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rollout::drive::clock::{Clock, Sleep};
use rollout::drive::cluster::{Notice, Object};
use serde_json::{Value, json};

use super::Client;
use super::contact::Contact;
use super::session::Session;
use server::Server;

/// A clock on which a pause takes no time.
#[derive(Clone, Debug, Default)]
struct Hand(Arc<Mutex<Vec<Duration>>>);

impl Hand {
    fn pauses(&self) -> Vec<Duration> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn uptime(&self) -> Duration {
        self.pauses().iter().sum()
    }

    fn sleep(&self, length: Duration) -> Sleep<'_> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(length);
        Box::pin(std::future::ready(()))
    }
}

/// A client, and what it does meanwhile.
struct Test {
    client: Client,
    clock: Hand,
    told: Arc<Mutex<Vec<Notice>>>,
}

impl Test {
    /// Of this server, which is asked three times where what it says may pass.
    fn impatient(server: &Server) -> Self {
        Self::new(&server.url, Duration::from_mins(1), Some(Duration::from_secs(30)))
    }

    fn new(url: &str, patience: Duration, contact: Option<Duration>) -> Self {
        let mut config = kube::Config::new(url.parse().unwrap());
        config.default_retry = false;
        let (clock, told) = (Hand::default(), Arc::<Mutex<Vec<Notice>>>::default());
        let tell = Arc::clone(&told);
        let client = Client {
            session: Arc::new(Session::plain(config)),
            clock: Arc::new(clock.clone()),
            contact: Arc::new(Contact::new(&url.parse().unwrap(), Some("shop"), None, contact)),
            date: Arc::default(),
            namespace: "shop".to_owned(),
            istio_namespace: "istio-system".to_owned(),
            patience,
            tell: Arc::new(move |notice| tell.lock().unwrap().push(notice.clone())),
            is_inside: false,
            blind: Arc::default(),
        };
        Self { client, clock, told }
    }

    fn told(&self) -> Vec<Notice> {
        self.told.lock().unwrap().clone()
    }
}

/// An EnvoyFilter that was read.
fn filter() -> Object {
    Object::from(json!({
        "apiVersion": "networking.istio.io/v1alpha3", "kind": "EnvoyFilter",
        "metadata": { "namespace": "shop", "name": "serin.shop.a", "uid": "u-1", "resourceVersion": "7" },
        "spec": { "priority": 10 },
    }))
}

/// A failure as the API server writes it.
fn failure(code: u16, reason: &str, message: &str, details: &Value) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "code": code, "reason": reason, "message": message, "details": details,
    })
}

#[tokio::test]
async fn a_client_of_a_kubeconfig_asks_its_server() {
    let server = Server::new(vec![server::json(200, &json!({ "items": [] }))]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    let kubeconfig = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "here",
        "clusters": [{ "name": "c", "cluster": { "server": server.url } }],
        "users": [{ "name": "u", "user": { "token": "secret" } }],
        "contexts": [{ "name": "here", "context": { "cluster": "c", "user": "u", "namespace": "front" } }],
    });
    std::fs::write(&file, kubeconfig.to_string()).unwrap();
    let options = super::Options { kubeconfig: Some(file), ..super::Options::default() };
    let client = Client::connect(&options, Arc::new(|_| ())).await.unwrap();
    let client: &dyn rollout::drive::Cluster = &client;
    assert_eq!(client.namespace(), "front");
    assert_eq!(client.releases(Some("front")).await.unwrap(), []);
    let asked = server.asked();
    assert_eq!(asked[0].line(), "GET /apis/serin.dev/v1alpha1/namespaces/front/releases");
    assert_eq!(asked[0].header("authorization"), "Bearer secret");
    let missing = super::Options { context: Some("there".to_owned()), ..options };
    let error = Client::connect(&missing, Arc::new(|_| ())).await.unwrap_err().to_string();
    let file = missing.kubeconfig.unwrap();
    assert_eq!(
        error,
        format!(
            "cannot connect to a cluster: {}: no context `there` (contexts: `here`)",
            file.display()
        )
    );
}
