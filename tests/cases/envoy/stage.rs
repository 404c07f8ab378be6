//! An Envoy with a rendered Release and a server for each subset; asked what serves a request.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use envoy::proxy::{Admin, Client, Envoy, Upstream};
use hyper::http::{HeaderName, HeaderValue, Method, Request, Uri};
use istio::names;
use istio::render::bootstrap::{self, Options, Rendered};
use istio::render::cluster::Endpoint;
use istio::render::{Delivery, FailurePolicy, Manifest, Module, Modules};
use policy::Checked;
use policy::config::Carrier;
use serin_harness::patience::patience;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::binary;
use crate::served::Headers;

/// How long anything may take: Envoy starts in two seconds, and takes a configuration in one.
pub(crate) const PATIENCE: Duration = patience(Duration::from_secs(6));
pub(crate) const POLL: Duration = Duration::from_millis(10);
const ECDS: &str = "filter.yaml";

/// Where the filter gets its configuration from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Through {
    Bootstrap,
    Ecds,
}

/// What is staged.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) module: PathBuf,
    pub(crate) through: Through,
    pub(crate) carrier: Carrier,
    pub(crate) gate: bool,
}

impl Setup {
    /// The built module, its decisions as filter state.
    pub(crate) fn new(through: Through) -> Self {
        let module = serin_harness::wasm_host::Module::path();
        Self {
            module: module.canonicalize().unwrap_or(module),
            through,
            carrier: Carrier::FilterState,
            gate: true,
        }
    }
}

/// A running Envoy; it ends when this is dropped.
pub(crate) struct Stage {
    setup: Setup,
    pub(crate) envoy: Envoy,
    pub(crate) admin: Admin,
    pub(crate) address: SocketAddr,
    pub(crate) upstreams: Vec<Upstream>,
    endpoints: Vec<Vec<Endpoint>>,
    folder: TempDir,
}

/// What is rendered for a Release, before it is text: cases of failure change it.
pub(crate) struct Given<'a> {
    pub(crate) checked: &'a Checked,
    /// Changes the filter's configuration.
    pub(crate) twist: &'a dyn Fn(&mut Rendered),
}

impl<'a> Given<'a> {
    pub(crate) fn new(checked: &'a Checked) -> Self {
        Self { checked, twist: &|_| {} }
    }
}

impl Stage {
    /// Starts it all.
    pub(crate) async fn start(setup: Setup, given: &Given<'_>) -> Self {
        let mut upstreams = Vec::new();
        for subset in given.checked.policy.subsets() {
            upstreams.push(Upstream::start(&subset.name).await.unwrap());
        }
        let endpoints = upstreams.iter().map(|upstream| vec![endpoint(upstream.address())]);
        let mut stage = Self::start_before(setup, given, endpoints.collect()).await;
        stage.upstreams = upstreams;
        stage
    }

    /// Starts the Envoy alone, before these endpoints of the subsets.
    pub(crate) async fn start_before(
        setup: Setup,
        given: &Given<'_>,
        endpoints: Vec<Vec<Endpoint>>,
    ) -> Self {
        let folder = tempfile::Builder::new().prefix("serin-test-").tempdir().unwrap();
        let rendered = render(&setup, given, &endpoints, folder.path());
        if let Some(ecds) = &rendered.ecds {
            std::fs::write(folder.path().join(ECDS), ecds.text().unwrap()).unwrap();
        }
        let mut envoy =
            Envoy::start(&binary(), &rendered.bootstrap.text().unwrap(), folder.path()).unwrap();
        let admin = envoy.wait_ready(PATIENCE).await.unwrap_or_else(|error| panic!("{error:#}"));
        let name = names::qualified(&given.checked.policy);
        let deadline = Instant::now() + PATIENCE;
        let address = loop {
            if let Some(address) = admin.listeners().await.unwrap().get(&name) {
                break *address;
            }
            assert!(Instant::now() < deadline, "no listener `{name}`:\n{}", envoy.log_tail());
            sleep(POLL).await;
        };
        Self { setup, envoy, admin, address, upstreams: Vec::new(), endpoints, folder }
    }

    /// Replaces the filter's configuration and waits until Envoy has taken or refused it; says which.
    pub(crate) async fn replace(&mut self, setup: &Setup, given: &Given<'_>) -> bool {
        let before = self.updates().await;
        let rendered = render(setup, given, &self.endpoints, self.folder.path());
        let new = self.folder.path().join("filter.yaml.new");
        std::fs::write(&new, rendered.ecds.unwrap().text().unwrap()).unwrap();
        std::fs::rename(&new, self.folder.path().join(ECDS)).unwrap();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.updates().await;
            if now != before {
                return now.0 > before.0;
            }
            assert!(Instant::now() < deadline, "no update was seen:\n{}", self.envoy.log_tail());
            sleep(POLL).await;
        }
    }

    /// The same with the setup that it was started with.
    pub(crate) async fn apply(&mut self, given: &Given<'_>) -> bool {
        let setup = self.setup.clone();
        self.replace(&setup, given).await
    }

    /// How many configurations of the filter were taken, and how many refused.
    pub(crate) async fn updates(&self) -> (u64, u64) {
        let stats = self.admin.stats("extension_config_discovery.http_filter.").await.unwrap();
        let sum = |suffix: &str| {
            stats
                .iter()
                .filter(|(name, _)| name.ends_with(suffix))
                .map(|(_, value)| value)
                .sum::<u64>()
        };
        (sum(".update_success"), sum(".update_rejected"))
    }

    /// A new connection.
    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self.address).await.unwrap()
    }

    /// Sends a request on a connection of its own and says which subset served it; the status where none did.
    pub(crate) async fn served_by(&self, headers: &Headers) -> String {
        served_by(&mut self.connect().await, headers).await
    }

    /// Envoy's log.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.envoy.log()).unwrap()
    }
}

/// Sends a request and says which subset served it; the status, or the failure, where none did.
pub(crate) async fn served_by(client: &mut Client, headers: &Headers) -> String {
    match client.send(&request(headers)).await {
        Ok(answer) => match answer.served_by() {
            Some(name) => name.to_owned(),
            None => answer.status.as_u16().to_string(),
        },
        Err(failure) => failure.to_string(),
    }
}

/// A request of these headers, pseudo-headers among them.
pub(crate) fn request(headers: &Headers) -> Request<()> {
    let mut request = Request::new(());
    let plain = [(":authority".to_owned(), b"reviews".to_vec())];
    let authority = headers.iter().find(|(name, _)| name == ":authority").unwrap_or(&plain[0]);
    request.headers_mut().insert("host", HeaderValue::from_bytes(&authority.1).unwrap());
    for (name, value) in headers {
        match name.as_str() {
            ":method" => *request.method_mut() = Method::from_bytes(value).unwrap(),
            ":path" => *request.uri_mut() = Uri::try_from(value.as_slice()).unwrap(),
            ":authority" => {}
            name => {
                let name: HeaderName = name.parse().unwrap();
                _ = request.headers_mut().append(name, HeaderValue::from_bytes(value).unwrap());
            }
        }
    }
    request
}

/// The address as an endpoint.
pub(crate) fn endpoint(address: SocketAddr) -> Endpoint {
    Endpoint::new(address.ip().to_string(), address.port())
}

fn render(setup: &Setup, given: &Given, endpoints: &[Vec<Endpoint>], folder: &Path) -> Rendered {
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        admin: None,
        upstreams: endpoints.to_vec(),
        carrier: setup.carrier.clone(),
        delivery: Delivery {
            modules: Modules::Full(Module::File(path(&setup.module))),
            failure: FailurePolicy::Open,
        },
        ecds: (setup.through == Through::Ecds).then(|| path(&folder.join(ECDS))),
        gate: setup.gate,
    };
    let mut rendered = bootstrap::render(given.checked, &options).unwrap();
    (given.twist)(&mut rendered);
    rendered
}

/// The filter's own configuration in what was rendered, wherever it is.
pub(crate) fn filter_config(rendered: &mut Rendered) -> &mut serde_json::Value {
    let Manifest { body, .. } = rendered.ecds.as_mut().unwrap_or(&mut rendered.bootstrap);
    let pointer = match body.get("resources") {
        Some(_) => "/resources/0/typed_config/config",
        None => {
            "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters/0/typed_config/config"
        }
    };
    body.pointer_mut(pointer).unwrap()
}
