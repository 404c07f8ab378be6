//! A Kubernetes API: etcd, kube-apiserver, the controllers that make pods of Deployments and endpoints of pods, and
//! kwok, which says of every pod that it runs.

mod kubelet;
mod users;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::sleep;

pub(super) use users::{config, kubeconfig};

use super::kubectl::Kubectl;
use super::process::Process;
use super::programs::Programs;
use super::text;

const ETCD: &str = "http://127.0.0.1:12379";
const ETCD_PEER: &str = "http://127.0.0.1:12380";
const API: &str = "https://127.0.0.1:16443";

#[derive(Debug)]
pub(super) struct Kubernetes {
    // Dropped in this order.
    _kwok: Process,
    _controllers: Process,
    api: Mutex<Process>,
    _etcd: Process,
    server: ApiServer,
    kubectl: Kubectl,
}

/// How the API server is started.
#[derive(Debug)]
struct ApiServer {
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
}

impl Kubernetes {
    pub(super) async fn start(
        programs: &Programs,
        folder: &Path,
    ) -> anyhow::Result<(Self, Kubectl)> {
        let kube = &programs.kube;
        let etcd = etcd(kube, folder)?;
        let (private, public) = service_account_key(folder).await?;
        let server = ApiServer {
            program: kube.join("kube-apiserver"),
            arguments: api_server(folder, &private, &public)?,
            folder: folder.to_owned(),
        };
        let kubectl = Kubectl::new(kube, kubeconfig(folder, users::ADMIN), folder);
        let api = Mutex::new(server.start(&kubectl).await?);
        let controllers = controllers(kube, folder, kubectl.config(), &private)?;
        let kwok = kubelet::start(kube, folder, kubectl.config())?;
        kubectl.apply(kubelet::NODE).await?;
        let kubernetes = Self {
            _kwok: kwok,
            _controllers: controllers,
            api,
            _etcd: etcd,
            server,
            kubectl: kubectl.clone(),
        };
        Ok((kubernetes, kubectl))
    }

    /// Kills the API server, and starts it again after `pause`.
    pub(super) async fn restart_api(&self, pause: Duration) -> anyhow::Result<()> {
        let mut api = self.api.lock().await;
        api.kill().await?;
        sleep(pause).await;
        *api = self.server.start(&self.kubectl).await?;
        Ok(())
    }
}

impl ApiServer {
    /// Starts it, and waits until it is ready.
    async fn start(&self, kubectl: &Kubectl) -> anyhow::Result<Process> {
        let mut api = Process::start(&self.program, &self.arguments, &[], &self.folder)?;
        api.wait(async || kubectl.run(&["get", "--raw=/readyz"], "").await.is_ok()).await?;
        Ok(api)
    }
}

fn etcd(kube: &Path, folder: &Path) -> anyhow::Result<Process> {
    let data = text(&folder.join("etcd"));
    let cluster = format!("default={ETCD_PEER}");
    let arguments = [
        "--data-dir",
        &data,
        "--listen-client-urls",
        ETCD,
        "--advertise-client-urls",
        ETCD,
        "--listen-peer-urls",
        ETCD_PEER,
        "--initial-advertise-peer-urls",
        ETCD_PEER,
        "--initial-cluster",
        &cluster,
        // It lives as long as the tests.
        "--unsafe-no-fsync",
        "--log-level=warn",
    ];
    Process::start(&kube.join("etcd"), &arguments, &[], folder)
}

/// The key that signs the tokens of service accounts; the API does not start without one.
async fn service_account_key(folder: &Path) -> anyhow::Result<(String, String)> {
    let (private, public) = (text(&folder.join("sa.key")), text(&folder.join("sa.pub")));
    for arguments in [
        ["genrsa", "-out", &private, "2048"].as_slice(),
        ["rsa", "-in", &private, "-pubout", "-out", &public].as_slice(),
    ] {
        let running = Command::new("openssl").args(arguments).output().await;
        let output = running.context("cannot run `openssl`: install it")?;
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`openssl {}`: {error}", arguments.join(" "));
    }
    Ok((private, public))
}

/// The arguments of the API server.
fn api_server(folder: &Path, private: &str, public: &str) -> anyhow::Result<Vec<String>> {
    let tokens = users::write(folder)?;
    Ok(vec![
        format!("--etcd-servers={ETCD}"),
        "--bind-address=127.0.0.1".to_owned(),
        "--advertise-address=127.0.0.1".to_owned(),
        format!("--secure-port={}", API.rsplit(':').next().unwrap_or_default()),
        "--endpoint-reconciler-type=none".to_owned(),
        format!("--cert-dir={}", text(&folder.join("certificates"))),
        format!("--token-auth-file={}", text(&tokens)),
        "--authorization-mode=RBAC".to_owned(),
        "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
        format!("--service-account-key-file={public}"),
        format!("--service-account-signing-key-file={private}"),
        "--service-cluster-ip-range=10.96.0.0/16".to_owned(),
        // It would hold pods back until their service account has been made.
        "--disable-admission-plugins=ServiceAccount".to_owned(),
        // The node's name is no host's.
        "--kubelet-preferred-address-types=InternalIP".to_owned(),
    ])
}

fn controllers(
    kube: &Path,
    folder: &Path,
    config: &Path,
    private: &str,
) -> anyhow::Result<Process> {
    let names = [
        "deployment-controller",
        "replicaset-controller",
        "endpointslice-controller",
        "endpoints-controller",
        "garbage-collector-controller",
        "namespace-controller",
        "serviceaccount-controller",
        "horizontal-pod-autoscaler-controller",
    ];
    let arguments = [
        format!("--kubeconfig={}", text(config)),
        "--leader-elect=false".to_owned(),
        "--bind-address=127.0.0.1".to_owned(),
        "--secure-port=0".to_owned(),
        format!("--controllers={}", names.join(",")),
        format!("--service-account-private-key-file={private}"),
    ];
    Process::start(&kube.join("kube-controller-manager"), &arguments, &[], folder)
}
