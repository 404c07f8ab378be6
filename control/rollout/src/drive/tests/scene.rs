//! The reviews of a shop: v1 runs with two pods, a rollout brings v2 out.

mod seen;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use istio::render::mesh_options::MeshOptions;
use policy::rollout::Verb;
use serde_json::{Value, json};

use super::invariants;
use crate::drive::apply::ApplyRequest;
use crate::drive::cluster::{ApplyOptions, Error, Object};
use crate::drive::fake::{self, Fake, Fate};
use crate::drive::run::Drive;
use crate::drive::verb::Proposal;
use crate::drive::{
    Analyzer, Cluster, Compiler, End, Event, Failure, Recorded, Rollout, VerbRequest, lease,
};

/// What v1 is made of.
pub(super) const OLD: &str = "reviews:1";
/// What v2 is made of.
pub(super) const NEW: &str = "reviews:2";

/// A Release in a cluster.
pub(super) struct Scene {
    pub(super) fake: Fake,
    /// What knows how candidates do; one that is new has forgotten.
    pub(super) analyzer: Analyzer<'static>,
    pub(super) compiler: Compiler,
    pub(super) release: Value,
    events: Mutex<Vec<Event>>,
    is_deleted: Arc<AtomicBool>,
    /// How long it is driven; none: for ever.
    pub(super) patience: Option<Duration>,
    pub(super) for_people: bool,
    /// Whether a controller is looked for.
    pub(super) controller: bool,
}

/// The Release with these steps.
pub(super) fn release(steps: &Value) -> Value {
    let subset = |name: &str| {
        json!({
            "name": name,
            "labels": { "version": name },
            "workload": { "deployment": format!("reviews-{name}") },
        })
    };
    json!({
        "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
        "metadata": { "name": "reviews", "namespace": "shop" },
        "spec": {
            "host": "reviews", "port": 9080, "stable": "v1",
            "subsets": [subset("v1"), subset("v2")],
            "identity": [{ "cookie": "id" }],
            "attach": [{ "sidecar": { "labels": { "app": "productpage" } } }],
            "rollout": { "candidate": "v2", "steps": steps },
        },
    })
}

/// A Deployment of this version.
pub(super) fn deployment(version: &str, replicas: u32, image: &str) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "namespace": "shop", "name": format!("reviews-{version}") },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": { "app": "reviews", "version": version } },
            "template": {
                "metadata": { "labels": { "app": "reviews", "version": version } },
                "spec": { "containers": [{ "name": "app", "image": image }] },
            },
        },
    })
}

pub(super) fn rollout<'a>(
    fake: &'a Fake,
    compiler: &'a Compiler,
    analyzer: &'a Analyzer<'a>,
) -> Rollout<'a> {
    Rollout {
        cluster: fake,
        clock: fake,
        compiler,
        namespace: "shop",
        name: "reviews",
        system: lease::NAMESPACE,
        analyzer,
    }
}

/// One that knows nothing yet.
pub(super) fn analyzer(fake: &Fake) -> Analyzer<'static> {
    Analyzer::new(Box::new(fake.clone()))
}

fn ask(rollout: Rollout<'_>, request: &VerbRequest, by: &str) -> Option<Result<Recorded, Failure>> {
    fake::run(async {
        let mut before = None;
        loop {
            let proposal = rollout.propose(request, before.as_ref()).await?;
            match rollout.record(&proposal, by, None).await? {
                Recorded::Again => before = Some(proposal),
                recorded => return Ok(recorded),
            }
        }
    })
}

/// Every kind of step but `pause` and `update`.
pub(super) fn canary() -> Value {
    json!([
        { "scale": { "v2": "50%" } }, { "shift": { "v2": 50 } }, { "approve": {} },
        { "promote": "v2" }, { "approve": {} }, { "retire": "v1" },
    ])
}

/// With a new image.
pub(super) fn start() -> Verb {
    Verb::Start { image: Some(NEW.to_owned()) }
}

impl Default for Scene {
    fn default() -> Self {
        let fake = Fake::default();
        Self {
            analyzer: analyzer(&fake),
            fake,
            compiler: Compiler::default(),
            release: Value::Null,
            events: Mutex::default(),
            is_deleted: Arc::default(),
            patience: None,
            for_people: false,
            controller: false,
        }
    }
}

impl Scene {
    /// Nothing was applied yet.
    pub(super) fn new(steps: &Value) -> Self {
        let mut scene = Self::default();
        scene.release = release(steps);
        scene.fake.put(&json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": { "namespace": "shop", "name": "reviews" },
            "spec": { "selector": { "app": "reviews" } },
        }));
        scene.fake.put(&deployment("v1", 2, OLD));
        scene.fake.put(&json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "shop" },
        }));
        scene.fake.world().istiod.proxy("productpage-1.shop");
        scene.fake.world().istiod.proxy("ratings-1.elsewhere");
        scene.fake.pass(Duration::from_secs(10));
        invariants::hold(&scene.fake, Arc::clone(&scene.is_deleted));
        scene
    }

    /// It was applied, and all users get stable.
    pub(super) fn applied(steps: &Value) -> Self {
        let scene = Self::new(steps);
        assert_eq!(scene.apply(), Some(Recorded::Written));
        assert_eq!(scene.drive(), End::Done);
        scene.forget();
        scene
    }

    pub(super) fn rollout(&self) -> Rollout<'_> {
        rollout(&self.fake, &self.compiler, &self.analyzer)
    }

    /// Applies the Release; none where who does is killed.
    pub(super) fn apply(&self) -> Option<Recorded> {
        let applied = self.try_apply(ApplyOptions::default());
        applied.map(|applied| applied.unwrap_or_else(|failure| panic!("{failure}")))
    }

    /// The same; what it is refused for, or that who does is killed.
    pub(super) fn try_apply(&self, how: ApplyOptions) -> Option<Result<Recorded, Failure>> {
        let object = Object::from(self.release.clone());
        let stored = json!({ "route": "matcher", "moduleFile": "/serin.wasm" });
        let options = MeshOptions::read(&stored).unwrap();
        let request = ApplyRequest { object: &object, options: Some(&options), force: how.force };
        let rollout = self.rollout();
        fake::run(async {
            loop {
                let application = rollout.propose_application(&request).await?;
                match rollout.record_application(&request, application, "alice", None).await? {
                    Recorded::Again => {}
                    recorded => return Ok(recorded),
                }
            }
        })
    }

    /// Asks something of the rollout.
    pub(super) fn ask(&self, verb: Verb) {
        let asked = self.try_ask(verb).unwrap();
        let recorded = asked.unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(recorded, Recorded::Written);
    }

    /// The same; none where who does is killed.
    pub(super) fn try_ask(&self, verb: Verb) -> Option<Result<Recorded, Failure>> {
        self.try_request(&verb.into(), "alice")
    }

    /// The same of another user, with what else they say.
    pub(super) fn try_request(
        &self,
        request: &VerbRequest,
        by: &str,
    ) -> Option<Result<Recorded, Failure>> {
        ask(self.rollout(), request, by)
    }

    /// Rolls back where that may not be written down, as the command does.
    pub(super) fn try_back(&self) -> Option<Result<(), Failure>> {
        // What the status says is not what users are to have.
        self.is_deleted.store(true, Ordering::Relaxed);
        let mut report = |event: Event| self.events.lock().unwrap().push(event);
        let rollout = self.rollout();
        let gone = fake::run(async {
            let proposal = rollout.propose(&Verb::Rollback.into(), None).await?;
            match rollout.record(&proposal, "alice", None).await {
                Ok(_) => Ok(()),
                Err(failure) => rollout.back_unrecorded(&proposal, failure, &mut report).await,
            }
        });
        self.is_deleted.store(false, Ordering::Relaxed);
        gone
    }

    /// What would come of it.
    pub(super) fn propose(&self, verb: Verb) -> Proposal {
        fake::run(self.rollout().propose(&verb.into(), None)).unwrap().unwrap()
    }

    /// Another user asks it after so long.
    pub(super) fn ask_later(&self, time: Duration, verb: Verb) {
        self.fake.after(time, move |fake| {
            let compiler = Compiler::default();
            let analyzer = analyzer(fake);
            let asked = ask(rollout(fake, &compiler, &analyzer), &verb.into(), "bob");
            assert_eq!(asked.unwrap().unwrap(), Recorded::Written);
        });
    }

    /// Another user removes a Deployment, as `kubectl delete` does.
    pub(super) fn delete_deployment(&self, version: &str) {
        let cluster: &dyn Cluster = &self.fake;
        let name = format!("reviews-{version}");
        let deleted = fake::run(async {
            let found = cluster.deployment("shop", &name).await?.unwrap();
            cluster.delete_deployment(&found, ApplyOptions::default()).await
        });
        deleted.unwrap().unwrap();
    }

    /// Drives the rollout.
    pub(super) fn drive(&self) -> End {
        let driven = self.try_drive().unwrap_or_else(|| panic!("it was killed"));
        driven.unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// The same; none where who does is killed.
    pub(super) fn try_drive(&self) -> Option<Result<End, Failure>> {
        self.drive_with(ApplyOptions::default())
    }

    pub(super) fn drive_with(&self, how: ApplyOptions) -> Option<Result<End, Failure>> {
        let Self { patience, for_people, .. } = *self;
        let controller = self.controller.then_some("serin-system");
        let drive = Drive { rollout: self.rollout(), patience, for_people, how, controller };
        let mut report = |event: Event| self.events.lock().unwrap().push(event);
        fake::run(drive.run(&mut report))
    }

    /// Removes the Release and all that was made for it; whether there was anything, and none where who does is killed.
    pub(super) fn try_delete(&self, how: ApplyOptions) -> Option<Result<bool, Failure>> {
        self.is_deleted.store(true, Ordering::Relaxed);
        let mut report = |event: Event| self.events.lock().unwrap().push(event);
        fake::run(self.rollout().delete(how, &mut report))
    }

    /// From now on what the status says is not what users are to have: the Release goes.
    pub(super) fn deleted(&self) {
        self.is_deleted.store(true, Ordering::Relaxed);
    }

    /// Something was told.
    pub(super) fn tell(&self, event: Event) {
        self.events.lock().unwrap().push(event);
    }

    /// From now on the user may not do this.
    pub(super) fn deny(&self, verb: &'static str, kind: &'static str) {
        self.fake.on(move |request, _| {
            let error = Error::Forbidden {
                verb,
                resource: kind.to_owned(),
                namespace: None,
                help: "ask for it".to_owned(),
            };
            (request.verb == verb && request.kind == kind).then_some(Fate::Refused(error))
        });
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.sound();
        }
    }
}
