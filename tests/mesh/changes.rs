//! Two hundred changes of a Release through istiod while requests flow: none fails, and connections that are kept
//! alive follow.

pub(crate) mod paused;
pub(crate) mod slow;

use std::path::PathBuf;

use anyhow::{Context, ensure};
use envoy::proxy::Client;
use serde_json::{Value, json};
use serin_harness::mesh::until;

use crate::caller::{Caller, STAFF};
use crate::failed::Failed;
use crate::load::Load;
use crate::place::{Mode, Place};
use crate::release;
use crate::scene::{Scene, deployment};
use crate::table::Row;
use crate::world::World;

/// What changes, and how often: 200 times in the mode that is the default.
const CHANGES: [(&str, usize); 4] =
    [("shares", 90), ("rules", 60), ("subset added, removed", 20), ("module", 30)];
/// In the other modes, which travel the same way, one of so many.
const FEWER: usize = 5;

pub(crate) async fn run(world: &World, mode: Mode) -> anyhow::Result<()> {
    let scene = three_versions(world, &format!("changes-{mode}")).await?;
    let failed = Failed::log(&scene).await?;
    let attached = scene.sidecar("productpage").await?;
    let (host, port) = Place::Sidecar.door(&scene);
    let caller = Caller { proxy: &attached, host, port };
    let mut changing = Changing { scene: &scene, mode, module: 0, applied: Vec::new() };
    changing.to(json!({"split": {"v2": 0}})).await?;
    caller.until_staff("v2").await?;

    let mut row = Row::new(mode.to_string());
    for (what, times) in CHANGES {
        let times = if mode == Mode::Matcher { times } else { times / FEWER };
        let users: Vec<_> = (0..8).map(|user| format!("user=u{user}")).collect();
        let mut requests = vec![caller.request("/", &[STAFF])];
        requests.extend(users.iter().map(|user| caller.request("/", &[("cookie", user)])));
        let mut kept = Client::connect(attached.at(port)).await?;
        let load = Load::start(attached.at(port), &requests);
        let mut failure = None;
        for time in 0..times {
            let step = changing.step(what, time).await?;
            let what_for = format!("staff are on {step}");
            let followed = until(&what_for, async || {
                let answer = kept.send(&requests[0]).await?;
                Ok((answer.served_by() == Some(step)).then_some(()))
            })
            .await;
            if let Err(error) = followed {
                failure = Some(error.context(format!("change {time} of {what}")));
                break;
            }
        }
        let counts = load.stop().await;
        let judged = match failure {
            Some(error) => Err(error),
            None if counts.errors() > 0 => {
                let lines = failed.lines(counts.errors()).await?.join("\n");
                Err(anyhow::anyhow!("requests failed: {counts}\n{lines}"))
            }
            None => Ok(format!("{times} changes, {} requests, 0 errors", counts.all())),
        };
        row.note(what, judged);
    }
    world.found("Changes under load, each followed by a connection that is kept alive", row)?;
    scene.end().await
}

/// A scene with a third version of the service.
async fn three_versions<'w>(world: &'w World, title: &str) -> anyhow::Result<Scene<'w>> {
    let mut scene = Scene::start(world, title).await?;
    let v3 = json!({"app": "reviews", "version": "v3"});
    let third = deployment(&scene.namespace, "reviews-v3", &v3, 1);
    scene.mesh.kubectl().apply(&third.to_string()).await?;
    scene.mesh.kubectl().ready(&scene.namespace).await?;
    scene.pods.follow().await?;
    Ok(scene)
}

/// The Release as it is in the mesh.
struct Changing<'a, 'w> {
    scene: &'a Scene<'w>,
    mode: Mode,
    /// Which module is in use.
    module: usize,
    /// The files in the mesh, with their texts.
    applied: Vec<(PathBuf, String)>,
}

impl Changing<'_, '_> {
    /// Makes one change; where staff are afterwards.
    async fn step(&mut self, what: &str, time: usize) -> anyhow::Result<&'static str> {
        let is_odd = time % 2 == 1;
        let other = if is_odd { "v2" } else { "v1" };
        let staff = |subset: &str, share: u8| {
            json!([{
                "name": "staff",
                "match": [{"cookies": {"group": {"exact": "staff"}}}],
                "split": {(subset): share},
            }])
        };
        match what {
            "shares" => {
                let share = if is_odd { 100 } else { 0 };
                let fields = json!({"rules": staff("v2", share), "split": {"v2": time % 50}});
                self.to(fields).await?;
                Ok(other)
            }
            "rules" => {
                let rules = if is_odd { staff("v2", 100) } else { json!([]) };
                self.to(json!({"rules": rules, "split": {"v2": 0}})).await?;
                Ok(other)
            }
            "module" => {
                self.module = time + 1;
                let share = if is_odd { 100 } else { 0 };
                self.to(json!({"rules": staff("v2", share), "split": {"v2": 0}})).await?;
                Ok(other)
            }
            _ if is_odd => {
                self.to(json!({"split": {"v2": 0}})).await?;
                Ok("v2")
            }
            _ => {
                let subset = |name: &str| json!({"name": name, "labels": {"version": name}});
                let subsets = json!([subset("v1"), subset("v2"), subset("v3")]);
                let rules = staff("v3", 100);
                self.to(json!({"subsets": subsets, "rules": rules, "split": {"v2": 0}})).await?;
                Ok("v3")
            }
        }
    }

    /// Renders the Release with these fields and applies what has changed.
    async fn to(&mut self, fields: Value) -> anyhow::Result<()> {
        let release =
            release::reviews(&self.scene.namespace, &Place::Sidecar.attach(self.scene), fields);
        let module = self.module()?;
        let mode = self.mode.to_string();
        let files = self.scene.render_with(&release, "mesh", &module, &["--route", &mode]).await?;
        let mut changed = Vec::new();
        let mut now = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(&file)?;
            if !self.applied.contains(&(file.clone(), text.clone())) {
                changed.push(file.clone());
            }
            now.push((file, text));
        }
        self.applied = now;
        ensure!(!changed.is_empty(), "a change that changes nothing");
        self.scene.apply(&changed).await
    }

    /// The module under another name and with other bytes, as a new version would be.
    fn module(&self) -> anyhow::Result<String> {
        let original = &self.scene.programs().module;
        if self.module == 0 {
            return Ok(original.to_string_lossy().into_owned());
        }
        let mut bytes = std::fs::read(original).context("the module")?;
        // A custom section (id 0): its length, the length of its name, the name.
        let number = u8::try_from(self.module)?;
        bytes.extend([0, 3, 2, b'v', number]);
        let path = self.scene.folder.join(format!("module-{number}.wasm"));
        std::fs::write(&path, bytes)?;
        Ok(path.to_string_lossy().into_owned())
    }
}
