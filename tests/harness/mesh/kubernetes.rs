//! A Kubernetes API: etcd, kube-apiserver, the controllers that make pods of Deployments and endpoints of pods, and
//! kwok, which says of every pod that it runs.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use tokio::process::Command;

use super::kubectl::Kubectl;
use super::namespaces::PODS_OF_NODE;
use super::process::Process;
use super::programs::Programs;
use super::text;

const ETCD: &str = "http://127.0.0.1:12379";
const ETCD_PEER: &str = "http://127.0.0.1:12380";
const API: &str = "https://127.0.0.1:16443";
/// The only user: it may do everything.
const TOKEN: &str = "mesh";
/// The node on which all pods are; nobody schedules them, their templates name it.
const NODE: &str = "
apiVersion: v1
kind: Node
metadata: {name: node0, annotations: {kwok.x-k8s.io/node: fake}, labels: {kubernetes.io/hostname: node0}}
";

#[derive(Debug)]
pub(super) struct Kubernetes {
    // Dropped in this order.
    _kwok: Process,
    _controllers: Process,
    _api: Process,
    _etcd: Process,
}

impl Kubernetes {
    pub(super) async fn start(
        programs: &Programs,
        folder: &Path,
    ) -> anyhow::Result<(Self, Kubectl)> {
        let kube = &programs.kube;
        let etcd = etcd(kube, folder)?;
        let (private, public) = service_account_key(folder).await?;
        let mut api = api_server(kube, folder, &private, &public)?;
        let kubectl = Kubectl::new(kube, kubeconfig(folder)?, folder);
        api.wait(async || kubectl.run(&["get", "--raw=/readyz"], "").await.is_ok()).await?;
        let controllers = controllers(kube, folder, kubectl.config(), &private)?;
        let kwok = kwok(kube, folder, kubectl.config())?;
        kubectl.apply(NODE).await?;
        Ok((Self { _kwok: kwok, _controllers: controllers, _api: api, _etcd: etcd }, kubectl))
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

fn api_server(kube: &Path, folder: &Path, private: &str, public: &str) -> anyhow::Result<Process> {
    let tokens = folder.join("tokens.csv");
    fs::write(&tokens, format!("{TOKEN},admin,admin,\"system:masters\"\n"))?;
    let arguments = [
        format!("--etcd-servers={ETCD}"),
        "--bind-address=127.0.0.1".to_owned(),
        "--advertise-address=127.0.0.1".to_owned(),
        format!("--secure-port={}", API.rsplit(':').next().unwrap_or_default()),
        "--endpoint-reconciler-type=none".to_owned(),
        format!("--cert-dir={}", text(&folder.join("certificates"))),
        format!("--token-auth-file={}", text(&tokens)),
        "--authorization-mode=AlwaysAllow".to_owned(),
        "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
        format!("--service-account-key-file={public}"),
        format!("--service-account-signing-key-file={private}"),
        "--service-cluster-ip-range=10.96.0.0/16".to_owned(),
        // It would hold pods back until their service account has been made.
        "--disable-admission-plugins=ServiceAccount".to_owned(),
    ];
    Process::start(&kube.join("kube-apiserver"), &arguments, &[], folder)
}

fn kubeconfig(folder: &Path) -> anyhow::Result<std::path::PathBuf> {
    let path = folder.join("kubeconfig");
    // It signs its own certificate: it is asked on loopback, in a namespace where nobody else is.
    let config = format!(
        "apiVersion: v1
kind: Config
clusters: [{{name: mesh, cluster: {{server: \"{API}\", insecure-skip-tls-verify: true}}}}]
users: [{{name: admin, user: {{token: {TOKEN}}}}}]
contexts: [{{name: mesh, context: {{cluster: mesh, user: admin, namespace: default}}}}]
current-context: mesh
"
    );
    fs::write(&path, config)?;
    Ok(path)
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

fn kwok(kube: &Path, folder: &Path, config: &Path) -> anyhow::Result<Process> {
    let arguments = [
        format!("--kubeconfig={}", text(config)),
        "--manage-all-nodes=true".to_owned(),
        format!("--cidr={PODS_OF_NODE}"),
        "--node-ip=127.0.0.1".to_owned(),
        "--server-address=127.0.0.1:10247".to_owned(),
        format!("--config={}", text(&kube.join("kwok-stages.yaml"))),
    ];
    Process::start(&kube.join("kwok"), &arguments, &[], folder)
}
