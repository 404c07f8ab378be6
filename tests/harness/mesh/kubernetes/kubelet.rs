//! kwok in the place of kubelets: it says of every pod that it runs, but of some that they do not, and passes
//! connections on to istiod as a kubelet would.

use std::fs;
use std::path::Path;

use super::super::namespaces::PODS_OF_NODE;
use super::super::process::Process;
use super::super::text;

/// The node on which all pods are; nothing schedules them, their templates name it.
pub(super) const NODE: &str = "
apiVersion: v1
kind: Node
metadata: {name: node0, annotations: {kwok.x-k8s.io/node: fake}, labels: {kubernetes.io/hostname: node0}}
";
/// Where the API finds the kubelet of the node.
const ADDRESS: &str = "127.0.0.1";
const PORT: u16 = 10247;

/// The end of an image whose containers crash, again and again.
const CRASHES: &str = ":crashes";
/// The end of an image whose containers run and never are ready.
const HANGS: &str = ":hangs";

pub(super) fn start(kube: &Path, folder: &Path, config: &Path) -> anyhow::Result<Process> {
    let more = folder.join("kwok.yaml");
    let stages = [
        stage(
            "crashes",
            CRASHES,
            "waiting: {reason: CrashLoopBackOff, message: back-off 40s restarting failed container}",
            3,
        ),
        stage("hangs", HANGS, "running: {startedAt: {{ Now | Quote }}}", 0),
    ];
    fs::write(&more, [FORWARD, &stages.concat()].concat())?;
    let arguments = [
        format!("--kubeconfig={}", text(config)),
        "--manage-all-nodes=true".to_owned(),
        format!("--cidr={PODS_OF_NODE}"),
        format!("--node-ip={ADDRESS}"),
        format!("--node-port={PORT}"),
        format!("--server-address={ADDRESS}:{PORT}"),
        format!("--config={}", text(&kube.join("kwok-stages.yaml"))),
        format!("--config={}", text(&more)),
    ];
    Process::start(&kube.join("kwok"), &arguments, &[], folder)
}

/// Connections to ports of istiod's pod go to the process.
const FORWARD: &str = "
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterPortForward
metadata: {name: istiod}
spec:
  selector: {matchNamespaces: [istio-system]}
  forwards:
  - ports: [15014]
    target: {address: 127.0.0.1, port: 15014}
";

/// Pods with such an image get an address and run, and are not ready. The stages that come with kwok weigh nothing:
/// this one is taken in their place.
fn stage(name: &str, image: &str, state: &str, restarts: u32) -> String {
    format!(
        "---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {{name: pod-{name}}}
spec:
  resourceRef: {{apiGroup: v1, kind: Pod}}
  weight: 1
  selector:
    matchExpressions:
    - {{key: '.metadata.deletionTimestamp', operator: DoesNotExist}}
    - {{key: '.status.phase', operator: In, values: [Pending]}}
    - {{key: '.spec.containers.[].image | select( endswith(\"{image}\") )', operator: Exists}}
  next:
    statusTemplate: |
      conditions:
      - {{lastTransitionTime: {{{{ Now | Quote }}}}, status: \"True\", type: Initialized}}
      - {{lastTransitionTime: {{{{ Now | Quote }}}}, status: \"False\", type: Ready, reason: ContainersNotReady}}
      - {{lastTransitionTime: {{{{ Now | Quote }}}}, status: \"False\", type: ContainersReady, reason: ContainersNotReady}}
      containerStatuses:
      {{{{ range .spec.containers }}}}
      - image: {{{{ .image | Quote }}}}
        name: {{{{ .name | Quote }}}}
        ready: false
        restartCount: {restarts}
        state:
          {state}
      {{{{ end }}}}
      {{{{ $podIPs := PodIPsWith .spec.nodeName false ( or .metadata.uid \"\" ) ( or .metadata.name \"\" ) ( or .metadata.namespace \"\" ) }}}}
      {{{{ with $podIPs }}}}
      podIP: {{{{ index . 0 | Quote }}}}
      podIPs:
      {{{{ range . }}}}
      - ip: {{{{ . | Quote }}}}
      {{{{ end }}}}
      {{{{ end }}}}
      phase: Running
      startTime: {{{{ Now | Quote }}}}
"
    )
}
