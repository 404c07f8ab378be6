//! istio-agent (pilot-agent) between an Envoy and istiod, as in every pod of a real mesh: it fetches modules that are
//! somewhere else, and puts local files in their place. Envoy is started beside it, by the harness.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::istiod::DISCOVERY;
use super::process::Process;
use super::programs::Programs;
use super::proxy::Pod;
use super::{Kind, text};

#[derive(Debug)]
pub(super) struct Agent {
    _process: Process,
    socket: PathBuf,
}

/// One that no other agent has: they share the network here.
fn status_port(pod: &Pod) -> u16 {
    let [.., scene, number] = pod.address.octets();
    30_000 + u16::from(scene) * 32 + u16::from(number)
}

impl Agent {
    /// Starts it for a pod; it trusts every registry and server on loopback.
    pub(super) async fn start(
        programs: &Programs,
        pod: &Pod,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        let config = json!({
            "discoveryAddress": DISCOVERY.to_string(),
            "controlPlaneAuthPolicy": "NONE",
            "configPath": text(&folder.join("agent")),
            "statusPort": status_port(pod),
        })
        .to_string();
        let address = pod.address.to_string();
        let environment = [
            ("POD_NAME", pod.name.as_str()),
            ("POD_NAMESPACE", &pod.namespace),
            ("INSTANCE_IP", &address),
            ("ISTIO_META_CLUSTER_ID", "Kubernetes"),
            ("PROXY_CONFIG", &config),
            ("DISABLE_ENVOY", "true"),
            ("PILOT_CERT_PROVIDER", "none"),
            ("JWT_POLICY", "none"),
            ("WASM_INSECURE_REGISTRIES", "*"),
        ];
        let role = match pod.kind {
            Kind::Sidecar => "sidecar",
            Kind::Gateway => "router",
        };
        let program = programs.istio.join("pilot-agent");
        let arguments = ["proxy", role, "--log_output_level=wasm:debug,default:info"];
        let mut process = Process::start(&program, &arguments, &environment, folder)?;
        let socket = folder.join("agent/XDS");
        process.wait(async || socket.exists()).await?;
        Ok(Self { _process: process, socket })
    }

    /// Where Envoy asks for its configuration.
    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }
}
