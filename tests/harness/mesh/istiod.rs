//! Istio's control plane, with its CRDs and those of the Gateway API and its validating webhook, and what
//! `istioctl` says of files.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use envoy::proxy::Client;
use hyper::http::{Request, StatusCode};
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::Mutex;

use super::kubectl::Kubectl;
use super::process::Process;
use super::programs::Programs;
use super::{text, until};

/// The version that `setup/mesh.sh` builds, as proxies of it call themselves.
pub const VERSION: &str = "1.29.1";
/// Where proxies ask for their configuration, in plain text.
pub(super) const DISCOVERY: SocketAddr = loopback(15010);
const HTTP: SocketAddr = loopback(15080);
/// What `istioctl analyze` says of every EnvoyFilter: that upgrades of Istio may need it to be changed.
pub const ANALYZED: &str = "IST0133";

const MESH: &str = "
enableAutoMtls: false
enableTracing: false
rootNamespace: istio-system
";
const WEBHOOK: &str = "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: istio-validator-istio-system
  labels: {app: istiod, istio: istiod, istio.io/rev: default}
webhooks:
- name: rev.validation.istio.io
  clientConfig: {url: \"https://localhost:15017/validate\"}
  rules:
  - operations: [CREATE, UPDATE]
    apiGroups: [security.istio.io, networking.istio.io, telemetry.istio.io, extensions.istio.io]
    apiVersions: [\"*\"]
    resources: [\"*\"]
  failurePolicy: Fail
  sideEffects: None
  admissionReviewVersions: [v1]
";

/// The pod that it would run in, through which the API passes connections on to the process.
const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: istiod-0, namespace: istio-system, labels: {app: istiod, istio: pilot, istio.io/rev: default}}
spec: {nodeName: node0, containers: [{name: discovery, image: pilot}]}
";

/// What it is told beside its arguments.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("POD_NAME", "istiod-0"),
    ("POD_NAMESPACE", "istio-system"),
    ("REVISION", "default"),
    ("ISTIOD_CUSTOM_HOST", "localhost"),
    // The Envoy here is not Istio's: it has no istio.* filters.
    ("PILOT_ENABLE_ALPN_FILTER", "false"),
    ("PILOT_ENABLE_METADATA_EXCHANGE", "false"),
];

#[derive(Debug)]
pub(super) struct Istiod {
    process: Mutex<Process>,
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
}

impl Istiod {
    pub(super) async fn start(
        programs: &Programs,
        kubectl: &Kubectl,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        for definitions in ["crds.yaml", "gateway-api.yaml"] {
            kubectl.apply_file(&programs.istio.join(definitions)).await?;
        }
        kubectl.run(&["create", "namespace", "istio-system"], "").await?;
        kubectl.apply(POD).await?;
        kubectl
            .run(&["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"], "")
            .await?;
        let mesh = folder.join("mesh.yaml");
        fs::write(&mesh, MESH)?;
        let arguments = vec![
            "discovery".to_owned(),
            format!("--kubeconfig={}", text(kubectl.config())),
            format!("--meshConfig={}", text(&mesh)),
            "--networksConfig=none".to_owned(),
            format!("--grpcAddr={DISCOVERY}"),
            format!("--httpAddr={HTTP}"),
            "--httpsAddr=127.0.0.1:15017".to_owned(),
            "--secureGRPCAddr=".to_owned(),
            "--monitoringAddr=127.0.0.1:15014".to_owned(),
            "--ctrlz_address=127.0.0.1".to_owned(),
            "--ctrlz_port=15876".to_owned(),
        ];
        let program = programs.istio.join("pilot-discovery");
        let process = Mutex::new(started(&program, &arguments, &[], folder).await?);
        kubectl.apply(WEBHOOK).await?;
        until("istiod has told the API how to trust its webhook", async || {
            let hook = kubectl
                .get(&["validatingwebhookconfiguration", "istio-validator-istio-system"])
                .await?;
            let authority = hook.pointer("/webhooks/0/clientConfig/caBundle");
            Ok(authority.and_then(Value::as_str).filter(|text| !text.is_empty()).map(|_| ()))
        })
        .await?;
        Ok(Self { process, program, arguments, folder: folder.to_owned() })
    }

    /// Kills it, and starts it again with these variables beside its own.
    pub(super) async fn restart(&self, environment: &[(&str, &str)]) -> anyhow::Result<()> {
        let mut process = self.process.lock().await;
        process.kill().await?;
        *process = started(&self.program, &self.arguments, environment, &self.folder).await?;
        Ok(())
    }
}

/// Starts it, and waits until it is ready.
async fn started(
    program: &Path,
    arguments: &[String],
    environment: &[(&str, &str)],
    folder: &Path,
) -> anyhow::Result<Process> {
    let environment = [&ENVIRONMENT, environment].concat();
    let mut process = Process::start(program, arguments, &environment, folder)?;
    process.wait(async || is_ready().await.unwrap_or(false)).await?;
    Ok(process)
}

async fn is_ready() -> anyhow::Result<bool> {
    let request = Request::builder().uri("/ready").header("host", "istiod").body(())?;
    let answer = Client::connect(HTTP).await?.send(&request).await?;
    Ok(answer.status == StatusCode::OK)
}

/// Whether `istioctl validate` and `istioctl analyze` find nothing in these files but [`ANALYZED`].
pub(super) async fn validate(programs: &Programs, files: &[PathBuf]) -> anyhow::Result<()> {
    let istioctl = programs.istio.join("istioctl");
    let mut validate = Command::new(&istioctl);
    validate.arg("validate");
    for file in files {
        validate.arg("--filename").arg(file);
    }
    let output = validate.kill_on_drop(true).output().await.context("cannot run istioctl")?;
    ensure!(
        output.status.success(),
        "istioctl validate:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let output = Command::new(&istioctl)
        .args(["analyze", "--use-kube=false", "--all-namespaces", "--output=json"])
        .args(files)
        .kill_on_drop(true)
        .output()
        .await?;
    let found: Value = serde_json::from_slice(&output.stdout).with_context(|| {
        format!("istioctl analyze:\n{}", String::from_utf8_lossy(&output.stderr))
    })?;
    let found = found.as_array().map(Vec::as_slice).unwrap_or_default();
    let others: Vec<String> = found
        .iter()
        .filter(|message| message["code"] != ANALYZED)
        .map(|message| format!("{} {}: {}", message["code"], message["origin"], message["message"]))
        .collect();
    if !others.is_empty() {
        bail!("istioctl analyze:\n{}", others.join("\n"));
    }
    Ok(())
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), port)
}
