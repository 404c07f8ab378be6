//! A namespace with the service `reviews` in two versions, two ready pods each, and `ratings` beside it; the proxies
//! of callers are started as a case needs them.

mod files;
mod objects;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};

use hyper::http::Request;
use serde_json::Value;
use serin_harness::mesh::{ISTIO_VERSION, Kind, Mesh, Pod, Pods, Programs, Proxy, listen_apart};

use crate::world::World;

pub(crate) use files::in_order;
pub(crate) use objects::{deployment, service};

/// The port of the services.
pub(crate) const PORT: u16 = 9080;
/// The host under which clients of the gateway reach the services.
pub(crate) const SHOP: &str = "shop.example.com";

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

    /// Ends the scene: its namespaces are deleted, in their own time.
    pub(crate) async fn end(self) -> anyhow::Result<()> {
        let arguments = ["delete", "namespace", "--wait=false", &self.namespace, &self.ingress()];
        self.mesh.kubectl().run(&arguments, "").await?;
        Ok(())
    }
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
