//! Removes the controller, in the order after which no Release is left that cannot be deleted: first who puts the
//! finalizer on Releases, then the finalizers, then the rest.

use std::time::Duration;

use document::report::text::fewer;

use super::POLL;
use super::clock::Clock;
use super::cluster::{ApplyOptions, Cluster, Error, Object, Resource};
use super::failure::Failure;
use super::lease;
use super::reconcile::finalizer::{FINALIZER, let_go};
use crate::install::{Installation, kinds, labels};

/// What is removed, and how.
#[derive(Clone, Copy, Debug)]
pub struct Uninstall<'a> {
    /// The cluster.
    pub cluster: &'a dyn Cluster,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// The controller's namespace.
    pub namespace: &'a str,
    /// The namespace of istiod.
    pub istio_namespace: &'a str,
    /// Also the CRD and its policy, which holds without a controller, too.
    pub crd: bool,
    /// Only asks whether it may be removed.
    pub dry_run: bool,
    /// How long the controller may take to end.
    pub timeout: Duration,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// This object was removed: its kind, its namespace (or nothing) and its name.
    Removed(&'static str, String, String),
    /// This object stays, since it is another's that only has the name: its kind and its name.
    Stays(&'static str, String),
    /// This Release can be deleted: its namespace and its name.
    Released(String, String),
}

impl Uninstall<'_> {
    /// Removes it.
    ///
    /// # Errors
    /// When a controller does not end, Releases need the CRD, or the cluster does not allow it. Done again, it goes on.
    pub async fn run(&self, report: &mut (dyn FnMut(Removal) + Send)) -> Result<(), Failure> {
        if self.crd {
            check_unused(&self.releases().await?)?;
        }
        let installation = Installation {
            namespace: self.namespace.to_owned(),
            istio_namespace: self.istio_namespace.to_owned(),
            ..Installation::new("")
        };
        let mut objects: Vec<(Resource, Object)> = installation
            .objects()?
            .into_iter()
            .filter_map(|object| Some((kinds::of(&object)?, Object::from(object))))
            .collect();
        // What is used is removed after what uses it.
        objects.reverse();
        objects.sort_by_key(|(resource, _)| *resource != Resource::DEPLOYMENT);
        for (resource, object) in &objects {
            let stays = *resource == Resource::CRD || resource.group == kinds::ADMISSION;
            if stays && !self.crd {
                continue;
            }
            self.remove(resource, object, report).await?;
            if *resource == Resource::DEPLOYMENT {
                if !self.dry_run {
                    self.end(object).await?;
                }
                self.release_all(report).await?;
            }
        }
        Ok(())
    }

    async fn remove(
        &self,
        resource: &Resource,
        object: &Object,
        report: &mut (dyn FnMut(Removal) + Send),
    ) -> Result<(), Failure> {
        let namespace = Some(object.namespace()).filter(|namespace| !namespace.is_empty());
        let Some(found) = self.cluster.get(resource, namespace, object.name()).await? else {
            return Ok(());
        };
        // Names can be given to anything, and a namespace goes with all that is in it.
        if object.label(labels::PART_OF) != found.label(labels::PART_OF) {
            report(Removal::Stays(resource.kind, found.name().to_owned()));
            return Ok(());
        }
        let how = ApplyOptions { force: false, dry_run: self.dry_run };
        self.cluster.delete(resource, &found, how).await?;
        let (namespace, name) = (object.namespace().to_owned(), object.name().to_owned());
        report(Removal::Removed(resource.kind, namespace, name));
        Ok(())
    }

    /// Waits until no controller acts.
    async fn end(&self, deployment: &Object) -> Result<(), Failure> {
        let begun = self.clock.uptime();
        loop {
            let (namespace, name) = (deployment.namespace(), deployment.name());
            let found = self.cluster.get(&Resource::DEPLOYMENT, Some(namespace), name).await?;
            let leader = lease::leader(self.cluster, self.clock, self.namespace).await?;
            if found.is_none() && leader.is_none() {
                return Ok(());
            }
            if self.clock.uptime().saturating_sub(begun) >= self.timeout {
                let message = match leader {
                    Some(leader) => format!("the controller `{leader}` still acts"),
                    None => format!("the pods of Deployment {namespace}/{name} are still there"),
                };
                let help = "end it, and run this again; a higher `--timeout` waits longer";
                return Err(Failure::blocked(message, help));
            }
            self.clock.sleep(POLL).await;
        }
    }

    /// Takes the finalizers off.
    async fn release_all(&self, report: &mut (dyn FnMut(Removal) + Send)) -> Result<(), Failure> {
        for release in self.releases().await? {
            let held = release.list("/metadata/finalizers");
            if !held.iter().any(|finalizer| finalizer == FINALIZER) {
                continue;
            }
            if !self.dry_run {
                let_go(self.cluster, &release).await?;
            }
            let (namespace, name) = (release.namespace().to_owned(), release.name().to_owned());
            report(Removal::Released(namespace, name));
        }
        Ok(())
    }

    /// All Releases; none where the cluster does not know any.
    async fn releases(&self) -> Result<Vec<Object>, Failure> {
        match self.cluster.releases(None).await {
            Ok(releases) => Ok(releases),
            Err(Error::CrdMissing | Error::KindMissing { .. }) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

/// That no Release would go with the CRD.
fn check_unused(releases: &[Object]) -> Result<(), Failure> {
    if releases.is_empty() {
        return Ok(());
    }
    let named = |release: &Object| format!("{}/{}", release.namespace(), release.name());
    let names: Vec<String> = releases.iter().map(named).collect();
    let message =
        format!("there are Releases, which would be deleted with the CRD: {}", fewer(&names));
    let help = "delete them first, with `serin delete`: what was created for them would be left";
    Err(Failure::blocked(message, help))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::drive::fake::{self, Fake};

    fn uninstall(fake: &Fake, crd: bool) -> (Result<(), Failure>, Vec<Removal>) {
        let mut removals = Vec::new();
        let uninstall = Uninstall {
            cluster: fake,
            clock: fake,
            namespace: lease::NAMESPACE,
            istio_namespace: "istio-system",
            crd,
            dry_run: false,
            timeout: Duration::from_secs(30),
        };
        let ran = fake::run(uninstall.run(&mut |removal| removals.push(removal))).unwrap();
        (ran, removals)
    }

    fn release(finalizers: &Value) -> Value {
        json!({
            "apiVersion": "serin.dev/v1alpha1", "kind": "Release",
            "metadata": { "namespace": "shop", "name": "reviews", "finalizers": finalizers },
            "spec": {},
        })
    }

    #[test]
    fn a_release_can_be_deleted_afterwards_and_finalizers_of_others_stay() {
        let fake = Fake::default();
        fake.put(&release(&json!([FINALIZER, "example.com/other"])));
        let (ran, removals) = uninstall(&fake, false);
        ran.unwrap();
        assert_eq!(removals, [Removal::Released("shop".to_owned(), "reviews".to_owned())]);
        let left = fake.find("Release", "reviews").unwrap();
        assert_eq!(left.list("/metadata/finalizers"), [json!("example.com/other")]);
        // Again: nothing is left to do.
        let (ran, removals) = uninstall(&fake, false);
        assert!(ran.is_ok() && removals.is_empty(), "{removals:?}");
    }

    #[test]
    fn a_namespace_that_is_not_of_serin_stays() {
        for (labels, expected) in [
            (json!({}), Removal::Stays("Namespace", lease::NAMESPACE.to_owned())),
            (
                json!({ "app.kubernetes.io/part-of": "serin" }),
                Removal::Removed("Namespace", String::new(), lease::NAMESPACE.to_owned()),
            ),
        ] {
            let fake = Fake::default();
            fake.put(&json!({
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": { "name": lease::NAMESPACE, "labels": labels },
            }));
            let (ran, removals) = uninstall(&fake, false);
            ran.unwrap();
            assert_eq!(removals, [expected]);
        }
    }

    #[test]
    fn finalizers_stay_as_long_as_a_controller_acts() {
        let fake = Fake::default();
        fake.put(&release(&json!([FINALIZER])));
        let mut election = lease::Election::new(&fake, &fake, lease::NAMESPACE, "other");
        fake::run(election.attempt()).unwrap().unwrap();
        fake.on(|request, world| {
            // It renews its Lease whenever it is looked at.
            if request.verb == "get" && request.kind == "Lease" {
                world.store.put(
                    &json!({
                        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                        "metadata": { "namespace": lease::NAMESPACE, "name": lease::NAME },
                        "spec": {
                            "holderIdentity": "other", "leaseDurationSeconds": 15,
                            "renewTime": "2999-01-01T00:00:00.000000Z",
                        },
                    }),
                    "other",
                );
            }
            None
        });
        let (ran, removals) = uninstall(&fake, false);
        let message = ran.unwrap_err().to_string();
        assert!(message.contains("`other` still acts"), "{message}");
        assert!(removals.is_empty(), "{removals:?}");
    }

    #[test]
    fn the_crd_stays_where_there_are_releases() {
        let fake = Fake::default();
        fake.put(&release(&json!([])));
        let (ran, removals) = uninstall(&fake, true);
        let message = ran.unwrap_err().to_string();
        assert!(message.contains("shop/reviews") && removals.is_empty(), "{message}");
    }
}
