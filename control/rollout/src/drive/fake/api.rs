//! What the fake answers, as an API server does.

use jiff::Timestamp;
use serde_json::json;

use super::super::cluster::endpoints::Labels;
use super::super::cluster::proxies::{Known, Proxy};
use super::super::cluster::{Answer, ApplyOptions, Cluster, Error, Notice, Object, Resource};
use super::hook::Request;
use super::{Fake, store};

impl Cluster for Fake {
    fn namespace(&self) -> &'static str {
        "shop"
    }

    fn whoami(&self) -> Answer<'_, String> {
        self.answer(&Request::of("create", "SelfSubjectReview"), |_| Ok("alice".to_owned()))
    }

    fn version(&self) -> Answer<'_, String> {
        self.answer(&Request::of("get", "version"), |_| Ok("v1.36.0".to_owned()))
    }

    fn get<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: Option<&'a str>,
        name: &'a str,
    ) -> Answer<'a, Option<Object>> {
        let request = Request { namespace, name, ..Request::of("get", resource.kind) };
        self.answer(&request, |world| Ok(world.get(resource, namespace, name)))
    }

    fn list<'a>(
        &'a self,
        resource: &'a Resource,
        namespace: Option<&'a str>,
        selector: &'a str,
    ) -> Answer<'a, Vec<Object>> {
        let request = Request { namespace, ..Request::of("list", resource.kind) };
        self.answer(&request, |world| {
            let mut objects = world.list(resource, namespace);
            objects.retain(|object| object.is_selected(selector));
            Ok(objects)
        })
    }

    fn create<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object> {
        self.write("create", object, how, |store| store.create(object))
    }

    fn apply<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object> {
        self.write("apply", object, how, |store| store.apply(object, how.force))
    }

    fn replace<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, Object> {
        self.write("replace", object, how, |store| store.replace(object))
    }

    fn replace_status<'a>(&'a self, _: &'a Resource, object: &'a Object) -> Answer<'a, Object> {
        let how = ApplyOptions::default();
        self.write("replace the status of", object, how, |store| store.replace_status(object))
    }

    fn scale<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        replicas: u32,
        how: ApplyOptions,
    ) -> Answer<'a, ()> {
        self.answer(&Request::about("scale", object, how), |world| {
            world.write(how, |store| {
                let key = store::key(object);
                let there = store.get(&key);
                there.ok_or_else(|| Error::NotFound { object: object.title() })?;
                store.edit(&key, "scale", |value| value["spec"]["replicas"] = json!(replicas));
                Ok(object.clone())
            })?;
            Ok(())
        })
    }

    fn delete<'a>(
        &'a self,
        _: &'a Resource,
        object: &'a Object,
        how: ApplyOptions,
    ) -> Answer<'a, ()> {
        self.answer(&Request::about("delete", object, how), |world| {
            if how.dry_run {
                return world.store.clone().delete(object);
            }
            let was_there = world.store.get(&store::key(object)).is_some();
            world.store.delete(object)?;
            if was_there {
                world.wrote(object, true);
            }
            world.reconcile();
            Ok(())
        })
    }

    fn known(&self) -> Answer<'_, Vec<Vec<Known>>> {
        self.answer(&Request::of("ask", "istiod"), |world| {
            world.istiod.seeing()?;
            Ok(vec![world.istiod.known(world.now)])
        })
    }

    fn proxies<'a>(&'a self, namespace: Option<&'a str>) -> Answer<'a, Vec<Proxy>> {
        let request = Request { namespace, ..Request::of("ask", "istiod") };
        self.answer(&request, |world| {
            world.istiod.seeing()?;
            let mesh = || Resource::MESH.iter().flat_map(|of| world.store.list(of.kind, None));
            let mesh: Vec<Object> =
                if world.istiod.is_any_rejecting() { mesh().collect() } else { Vec::new() };
            Ok(world.istiod.proxies(namespace, &mesh, world.now))
        })
    }

    fn endpoints<'a>(&'a self, namespace: &'a str) -> Answer<'a, Vec<Vec<Labels>>> {
        let request = Request { namespace: Some(namespace), ..Request::of("ask", "istiod") };
        self.answer(&request, |world| {
            world.istiod.seeing()?;
            Ok(vec![world.istiod.lingering(world.now)])
        })
    }

    fn stats<'a>(&'a self, pod: &'a Object, _: &'a str) -> Answer<'a, String> {
        let request = Request { name: pod.name(), ..Request::of("get", "stats") };
        self.answer(&request, |world| {
            let found = world.proxies.iter().find(|(known, _)| known.name() == pod.name());
            found.and_then(|(_, page)| page.clone()).ok_or_else(|| Error::Unreachable {
                what: format!("{}: no answer", pod.name()),
                help: "wait".to_owned(),
            })
        })
    }

    fn date(&self) -> Option<Timestamp> {
        Some(self.world().time())
    }

    fn tell(&self, notice: &Notice) {
        self.world().notices.push(notice.clone());
    }
}
