//! An Envoy that istiod configures.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Context;
use envoy::proxy::{Admin, Answer, Client, Envoy, Failure};
use hyper::http::Request;
use serde_json::{Value, json};

use super::agent::Agent;
use super::istiod::DISCOVERY;
use super::paused::Paused;
use super::programs::Programs;
use super::{PATIENCE, text, until};

/// As what an Envoy introduces itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The proxy beside an application; takes what that sends.
    Sidecar,
    /// An ingress gateway.
    Gateway,
}

/// Whose proxy it is.
#[derive(Clone, Debug)]
pub struct Pod {
    /// What it is.
    pub kind: Kind,
    /// The pod's name, and its label `pod`.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its label `app`.
    pub app: String,
    /// An address on loopback of its own; a sidecar listens there.
    pub address: Ipv4Addr,
    /// The version of Istio that it is of.
    pub version: String,
}

/// A running Envoy; it ends when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    envoy: Envoy,
    // After Envoy, which asks it.
    _agent: Option<Agent>,
    admin: Admin,
    address: Ipv4Addr,
    folder: PathBuf,
}

impl Proxy {
    /// Starts an Envoy as the proxy of a pod, with its files in `folder`, and waits until it has what it needs. It asks
    /// istiod itself.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(programs: &Programs, pod: &Pod, folder: PathBuf) -> anyhow::Result<Self> {
        Self::ask(programs, pod, folder, None).await
    }

    /// The same with istio-agent between it and istiod.
    ///
    /// # Errors
    /// When one of the two does not start.
    pub async fn start_with_agent(
        programs: &Programs,
        pod: &Pod,
        folder: PathBuf,
    ) -> anyhow::Result<Self> {
        let agent = Agent::start(programs, pod, &folder).await?;
        Self::ask(programs, pod, folder, Some(agent)).await
    }

    async fn ask(
        programs: &Programs,
        pod: &Pod,
        folder: PathBuf,
        agent: Option<Agent>,
    ) -> anyhow::Result<Self> {
        let discovery = match &agent {
            Some(agent) => json!({"pipe": {"path": text(agent.socket())}}),
            None => json!({"socket_address": {
                "address": DISCOVERY.ip().to_string(), "port_value": DISCOVERY.port(),
            }}),
        };
        let bootstrap = bootstrap(pod, &discovery).to_string();
        let mut envoy = Envoy::start(&programs.envoy, &bootstrap, &folder)?;
        let admin = envoy.wait_ready(PATIENCE).await?;
        Ok(Self { envoy, _agent: agent, admin, address: pod.address, folder })
    }

    /// Its admin interface.
    #[must_use]
    pub fn admin(&self) -> &Admin {
        &self.admin
    }

    /// Where it takes requests for the services' port, or the gateway's.
    #[must_use]
    pub fn at(&self, port: u16) -> SocketAddr {
        (self.address, port).into()
    }

    /// Sends a request on a connection of its own.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn send(&self, port: u16, request: &Request<()>) -> Result<Answer, Failure> {
        Client::connect(self.at(port)).await?.send(request).await
    }

    /// What it logged.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn log(&self) -> anyhow::Result<String> {
        let log = self.envoy.log();
        std::fs::read_to_string(log).with_context(|| format!("cannot read `{}`", log.display()))
    }

    /// The lines of its log that tell what went wrong.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.envoy.log_tail()
    }

    /// Stops its process where it is, until what is returned is dropped: as on a node that is out of breath. Meanwhile it
    /// takes neither requests nor configuration.
    ///
    /// # Errors
    /// When it has ended.
    pub fn pause(&self) -> anyhow::Result<Paused<'_>> {
        Paused::start(&self.envoy)
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its route configurations, by name.
    ///
    /// # Errors
    /// When it does not say.
    pub async fn routes(&self) -> anyhow::Result<Vec<Value>> {
        let dump = self.admin.config_dump().await?;
        let sections = dump["configs"].as_array().map(Vec::as_slice).unwrap_or_default();
        let dynamic =
            sections.iter().filter_map(|section| section["dynamic_route_configs"].as_array());
        Ok(dynamic.flatten().map(|entry| entry["route_config"].clone()).collect())
    }

    /// Its virtual hosts of a domain.
    ///
    /// # Errors
    /// When it does not say.
    pub async fn virtual_hosts(&self, domain: &str) -> anyhow::Result<Vec<Value>> {
        let routes = self.routes().await?;
        let hosts = routes.iter().filter_map(|config| config["virtual_hosts"].as_array()).flatten();
        let of_domain = |host: &&Value| {
            host["domains"].as_array().is_some_and(|all| all.iter().any(|one| one == domain))
        };
        Ok(hosts.filter(of_domain).cloned().collect())
    }

    /// Waits until what it is configured with (`/config_dump`, as text) satisfies `is_there`.
    ///
    /// # Errors
    /// When it never does.
    pub async fn until(&self, what: &str, is_there: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        until(&format!("{what} in `{}`", self.folder.display()), async || {
            let dump = self.admin.config_dump().await?.to_string();
            Ok(is_there(&dump).then_some(()))
        })
        .await
    }
}

/// The object that has the sidecar of the pod `name` listen at an address of its own. Without traffic redirection
/// (there is no `iptables` here) istiod has every sidecar listen on 127.0.0.1.
#[must_use]
pub fn listen_apart(namespace: &str, name: &str, address: Ipv4Addr) -> Value {
    json!({
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "metadata": {"name": format!("listen-apart-{name}"), "namespace": namespace},
        "spec": {
            "workloadSelector": {"labels": {"pod": name}},
            "priority": -10,
            "configPatches": [{
                "applyTo": "LISTENER",
                "match": {"context": "SIDECAR_OUTBOUND"},
                "patch": {
                    "operation": "MERGE",
                    "value": {"address": {"socket_address": {"address": address.to_string()}}},
                },
            }],
        },
    })
}

fn bootstrap(pod: &Pod, discovery: &Value) -> Value {
    let Pod { name, namespace, address, .. } = pod;
    // The last one for Gateways: they select pods of every namespace.
    let mut labels = json!({"app": pod.app, "pod": pod.name, "namespace": namespace});
    let kind = match pod.kind {
        Kind::Sidecar => "sidecar",
        Kind::Gateway => {
            // As Istio's chart names its gateways.
            labels["istio"] = json!(pod.app.strip_prefix("istio-").unwrap_or(&pod.app));
            "router"
        }
    };
    let ads = json!({"ads": {}, "resource_api_version": "V3"});
    let http2 = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    let control_plane = json!({
        "name": "xds-grpc",
        "type": "STATIC",
        "connect_timeout": "1s",
        "typed_extension_protocol_options": {
            (http2): {
                "@type": format!("type.googleapis.com/{http2}"),
                "explicit_http_config": {"http2_protocol_options": {}},
            },
        },
        "load_assignment": {"cluster_name": "xds-grpc", "endpoints": [{"lb_endpoints": [{
            "endpoint": {"address": discovery},
        }]}]},
    });
    json!({
        "node": {
            "id": format!("{kind}~{address}~{name}.{namespace}~{namespace}.svc.cluster.local"),
            "cluster": format!("{}.{namespace}", pod.app),
            "metadata": {
                "NAMESPACE": namespace,
                "INTERCEPTION_MODE": "NONE",
                "ISTIO_VERSION": pod.version,
                "CLUSTER_ID": "Kubernetes",
                "LABELS": labels,
            },
        },
        "dynamic_resources": {
            "ads_config": {
                "api_type": "GRPC",
                "transport_api_version": "V3",
                "set_node_on_first_message_only": true,
                "grpc_services": [{"envoy_grpc": {"cluster_name": "xds-grpc"}}],
            },
            "lds_config": ads,
            "cds_config": ads,
        },
        "static_resources": {"clusters": [control_plane]},
        // As Istio's own bootstrap (pkg/bootstrap/config.go): Envoy alone takes no regular expression over 100.
        "layered_runtime": {"layers": [{
            "name": "global config",
            "static_layer": {"re2.max_program_size.error_level": 32768},
        }]},
    })
}
