//! A namespace with the service `reviews` in two versions, two ready pods each, and `ratings` beside it; the proxies
//! of callers are started as a case needs them.

mod objects;

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use hyper::http::Request;
use serde_json::Value;
use serin_harness::mesh::{ISTIO_VERSION, Kind, Mesh, Pod, Pods, Programs, Proxy, listen_apart};
use tokio::process::Command;
use tokio::time::sleep;

use crate::rollout::serin::Serin;
use crate::world::World;

pub(crate) use objects::{deployment, service};

/// The port of the services.
pub(crate) const PORT: u16 = 9080;
/// The host under which clients of the gateway reach the services.
pub(crate) const SHOP: &str = "shop.example.com";
/// What is waited for objects of which istiod tells nothing: whatever needs them waits until it sees them.
const OTHERS: Duration = Duration::from_millis(500);

pub(crate) struct Scene<'w> {
    pub(crate) mesh: &'w Mesh,
    pub(crate) namespace: String,
    pub(crate) pods: Pods,
    pub(crate) folder: PathBuf,
    number: u8,
    /// What it was made of.
    objects: String,
    proxies: AtomicU8,
}

impl<'w> Scene<'w> {
    /// Makes the namespaces, with Bookinfo's reviews and ratings, and waits until their pods are ready.
    pub(crate) async fn start(world: &'w World, title: &str) -> anyhow::Result<Self> {
        let number = world.next_scene();
        let namespace = format!("{title}-{number}");
        let objects = objects::bookinfo(&namespace);
        Self::make(world, number, namespace, objects).await
    }

    /// The same with other objects, and a namespace that nobody else asks for.
    pub(crate) async fn of(
        world: &'w World,
        namespace: &str,
        objects: Vec<Value>,
    ) -> anyhow::Result<Self> {
        Self::make(world, world.next_scene(), namespace.to_owned(), objects).await
    }

    async fn make(
        world: &'w World,
        number: u8,
        namespace: String,
        services: Vec<Value>,
    ) -> anyhow::Result<Self> {
        let mesh = &world.mesh;
        let kubectl = mesh.kubectl();
        let mut objects = objects::namespaces(&namespace);
        objects.extend(services);
        // Before any proxy is there: a listener that moves would be a second update of it.
        let apart = |proxy| listen_apart(&namespace, &pod_name(proxy), address(number, proxy));
        objects.extend((1..=PROXIES).map(apart));
        let objects = objects.iter().map(Value::to_string).collect::<Vec<_>>().join("\n---\n");
        kubectl.apply(&objects).await?;
        kubectl.ready(&namespace).await?;
        let pods = Pods::serve(kubectl, &namespace).await?;
        let folder = mesh.folder(&namespace)?;
        Ok(Self { mesh, namespace, pods, folder, number, objects, proxies: AtomicU8::new(1) })
    }

    /// The namespace of the gateway.
    pub(crate) fn ingress(&self) -> String {
        format!("{}-ingress", self.namespace)
    }

    /// The port of the gateway.
    pub(crate) fn gateway_port(&self) -> u16 {
        20_000 + u16::from(self.number)
    }

    /// The port of the gateway that is not attached.
    pub(crate) fn other_gateway_port(&self) -> u16 {
        self.gateway_port() + 256
    }

    /// Starts the sidecar of the pod of an app, in the scene's namespace.
    pub(crate) async fn sidecar(&self, app: &str) -> anyhow::Result<Proxy> {
        let namespace = self.namespace.clone();
        self.proxy(self.pod(Kind::Sidecar, app, namespace)).await
    }

    /// Starts a gateway's proxy, in the gateway's namespace.
    pub(crate) async fn gateway(&self, app: &str) -> anyhow::Result<Proxy> {
        self.proxy(self.pod(Kind::Gateway, app, self.ingress())).await
    }

    /// A pod that has a proxy.
    pub(crate) fn pod(&self, kind: Kind, app: &str, namespace: String) -> Pod {
        let last = self.proxies.fetch_add(1, Ordering::Relaxed);
        Pod {
            kind,
            name: pod_name(last),
            namespace,
            app: app.to_owned(),
            address: address(self.number, last),
            version: ISTIO_VERSION.to_owned(),
        }
    }

    /// Starts the proxy of a pod.
    pub(crate) async fn proxy(&self, pod: Pod) -> anyhow::Result<Proxy> {
        let folder = self.mesh.folder(&format!("{}/{}", self.namespace, pod.name))?;
        let proxy = Proxy::start(self.programs(), &pod, folder).await?;
        if pod.kind == Kind::Sidecar {
            let address = pod.address.to_string();
            proxy.until("listeners apart", |dump| dump.contains(&address)).await?;
        }
        Ok(proxy)
    }

    pub(crate) fn programs(&self) -> &Programs {
        self.mesh.programs()
    }

    /// A file with the scene's own objects, which others refer to.
    pub(crate) fn objects(&self) -> anyhow::Result<PathBuf> {
        self.write("objects.yaml", &self.objects)
    }

    /// A module that traps at requests with a header `x-trap`.
    pub(crate) fn trapping_module(&self) -> anyhow::Result<String> {
        let module = wat::parse_str(include_str!("../data/trapping.wat"))?;
        let path = self.folder.join("trapping.wasm");
        std::fs::write(&path, module)?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// Writes a file into the scene's folder.
    pub(crate) fn write(&self, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    }

    /// Runs `serin` in the scene's folder; what it says on standard error.
    pub(crate) async fn serin(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let running = Command::new(&self.programs().serin)
            .args(arguments)
            .current_dir(&self.folder)
            .kill_on_drop(true)
            .output();
        let output = running.await.context("cannot run serin")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "`serin {}`: {said}", arguments.join(" "));
        Ok(said)
    }

    /// Renders a Release into `folder`; the files, in the order of applying.
    pub(crate) async fn render(
        &self,
        release: &Value,
        folder: &str,
        options: &[&str],
    ) -> anyhow::Result<Vec<PathBuf>> {
        let module = self.programs().module.to_string_lossy().into_owned();
        self.render_with(release, folder, &module, options).await
    }

    /// The same with another module.
    pub(crate) async fn render_with(
        &self,
        release: &Value,
        folder: &str,
        module: &str,
        options: &[&str],
    ) -> anyhow::Result<Vec<PathBuf>> {
        self.render_only(release, folder, &[&["--module-file", module], options].concat()).await
    }

    /// The same without a word of where the module is.
    pub(crate) async fn render_only(
        &self,
        release: &Value,
        folder: &str,
        options: &[&str],
    ) -> anyhow::Result<Vec<PathBuf>> {
        let file = format!("{folder}.release.yaml");
        self.write(&file, &serde_json::to_string_pretty(release)?)?;
        let mut arguments = vec!["render", &file, "--output", folder];
        arguments.extend(options);
        self.serin(&arguments).await?;
        files(&self.folder.join(folder))
    }

    /// Applies files one after the other, each after the proxies have the one before: as the docs say it.
    pub(crate) async fn apply(&self, files: &[PathBuf]) -> anyhow::Result<()> {
        for files in files.chunk_by(|one, other| is_rendered(one) && is_rendered(other)) {
            if files.iter().all(|file| is_rendered(file)) {
                self.in_mesh("apply", files).await?;
                continue;
            }
            for file in files {
                self.mesh.kubectl().apply_file(file).await?;
                self.follow(file).await?;
            }
        }
        Ok(())
    }

    /// Removes what files hold, the last first.
    pub(crate) async fn remove(&self, files: &[PathBuf]) -> anyhow::Result<()> {
        let files: Vec<PathBuf> = files.iter().rev().cloned().collect();
        for files in files.chunk_by(|one, other| is_rendered(one) && is_rendered(other)) {
            if files.iter().all(|file| is_rendered(file)) {
                self.in_mesh("delete", files).await?;
                continue;
            }
            for file in files {
                self.mesh.kubectl().delete_file(file).await?;
                sleep(OTHERS).await;
            }
        }
        Ok(())
    }

    /// Waits until the proxies have the objects of a file that serin did not render.
    async fn follow(&self, file: &Path) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(file)?;
        let kinds = ["VirtualService", "DestinationRule", "EnvoyFilter"];
        if kinds.iter().any(|kind| text.contains(kind)) {
            return self.in_mesh("wait", &[file.to_owned()]).await;
        }
        sleep(OTHERS).await;
        Ok(())
    }

    /// `serin mesh`, as an administrator runs it.
    async fn in_mesh(&self, command: &str, files: &[PathBuf]) -> anyhow::Result<()> {
        let mut arguments = vec!["mesh", command];
        if command != "wait" {
            arguments.push("--force");
        }
        for file in files {
            arguments.push(file.to_str().context("a path that is no text")?);
        }
        Serin::of(self, "admin").run(&arguments).await?.code(0).map(drop)
    }

    /// Ends the scene: its namespaces are deleted, in their own time.
    pub(crate) async fn end(self) -> anyhow::Result<()> {
        let arguments = ["delete", "namespace", "--wait=false", &self.namespace, &self.ingress()];
        self.mesh.kubectl().run(&arguments, "").await?;
        Ok(())
    }
}

/// The rendered files with one of the team's, which goes in before the filter is switched on.
pub(crate) fn in_order(files: &[PathBuf], own: &Path) -> Vec<PathBuf> {
    let mut ordered = files.to_vec();
    let switches = |path: &PathBuf| path.to_string_lossy().contains("-switch-");
    let at = files.iter().position(switches).unwrap_or(files.len());
    ordered.insert(at, own.to_owned());
    ordered
}

/// Whether serin rendered a file.
fn is_rendered(file: &Path) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| text.starts_with("# made by `serin render`"))
}

/// The files of a folder, by name.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut files = entries.collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// A request to a host.
pub(crate) fn request(host: &str, path: &str, headers: &[(&str, &str)]) -> Request<()> {
    let mut request = Request::builder().uri(path).header("host", host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap()
}

/// The most proxies that a scene has, one after the other or at once.
const PROXIES: u8 = 12;

fn pod_name(number: u8) -> String {
    format!("pod-{number}")
}

fn address(scene: u8, number: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, scene, number)
}
