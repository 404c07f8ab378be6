//! Rendered files in the mesh: one object after the other, each after the proxies have the one before.

use std::collections::{BTreeMap, BTreeSet};

use istio::render::Manifest;

use super::clock::Clock;
use super::cluster::proxies::{Changed, Proxies};
use super::cluster::{ApplyOptions, Cluster, Object, mesh_objects};
use super::event::{Event, Note, Report};
use super::failure::{Blocker, Failure};
use super::mesh::{self, Change, Difference};
use super::perform::{By, one_by_one, remove_all};

/// Rendered files, which are to be in the mesh or not.
#[derive(Clone, Copy, Debug)]
pub struct Manifests<'a> {
    /// Where.
    pub cluster: &'a dyn Cluster,
    /// When.
    pub clock: &'a dyn Clock,
    /// The files, each with one object that was rendered for a Release; the number that begins a name is its place in
    /// the order.
    pub files: &'a [Manifest],
}

/// What becomes of what was made for the Releases of the files, and is not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surplus {
    /// It stays: these are some of the files.
    Kept,
    /// It stays and is named.
    Named,
    /// It is removed.
    Removed,
}

impl Manifests<'_> {
    /// Has the mesh be what they say. What else was made for their Releases stays, is named, or goes.
    ///
    /// # Errors
    /// When an object is refused, or proxies do not take it; what was applied before stays.
    pub async fn apply(
        &self,
        how: ApplyOptions,
        surplus: Surplus,
        report: Report<'_>,
    ) -> Result<(), Failure> {
        let mut differences = Vec::new();
        let mut unchanged = Vec::new();
        for (release, wanted) in self.by_release() {
            let mut live = self.live(&wanted).await?;
            if surplus == Surplus::Removed {
                live.extend(self.others(&release, &wanted).await?);
            } else if surplus == Surplus::Named {
                for object in self.others(&release, &wanted).await? {
                    let title = object.title();
                    let what = format!(
                        "{title} is in the mesh and not among the files: `--prune` removes it"
                    );
                    report(Event::Note(Note::Mesh(what)));
                }
            }
            let found = mesh::staged(mesh::all(&release, &wanted, &live));
            live.retain(|live| !found.iter().any(|difference| difference.is_about(live)));
            unchanged.extend(live);
            differences.extend(found);
        }
        self.check_removal(&differences, how).await?;
        let mut proxies = self.proxies();
        let by = By::Files(self.cluster);
        one_by_one(by, &differences, &unchanged, how, &mut proxies, report).await
    }

    /// Removes what they say, in reverse order; whether there was anything.
    ///
    /// # Errors
    /// When an object cannot be removed, or proxies do not follow.
    pub async fn delete(&self, how: ApplyOptions, report: Report<'_>) -> Result<bool, Failure> {
        let mut made = Vec::new();
        for (release, wanted) in self.by_release() {
            for live in self.live(&wanted).await? {
                if mesh::is_ours(&live, &release) {
                    made.push(live);
                } else {
                    let title = live.title();
                    let what =
                        format!("{title} stays: it was not rendered for the Release {release}");
                    report(Event::Note(Note::Mesh(what)));
                }
            }
        }
        let removals: Vec<Difference> = made.iter().cloned().map(Difference::removal).collect();
        self.check_removal(&removals, how).await?;
        let mut proxies = self.proxies();
        let was_there = !made.is_empty();
        remove_all(self.cluster, made, how, &mut proxies, report).await?;
        Ok(was_there)
    }

    /// Waits until the proxies have what the cluster has of these objects.
    ///
    /// # Errors
    /// When the cluster does not have one, or proxies do not take it or do not have it in time.
    pub async fn wait(&self) -> Result<(), Failure> {
        let wanted: Vec<Object> = self.files.iter().map(plain).collect();
        let mut blockers = Vec::new();
        let mut live = Vec::new();
        for object in &wanted {
            if let Some(found) = self.cluster.mesh_object(object).await? {
                live.push(found);
                continue;
            }
            let is_ours = object.annotation(mesh_objects::RELEASE).is_some();
            let apply = if is_ours { "serin mesh apply" } else { "kubectl apply -f" };
            blockers.push(Blocker::new(
                format!("there is no {}", object.title()),
                format!("apply it first: `{apply} FILE`"),
            ));
        }
        Failure::check(blockers)?;
        let mut proxies = self.proxies();
        Ok(proxies.follow(&live.iter().map(Changed::applied).collect::<Vec<_>>()).await?)
    }

    fn proxies(&self) -> Proxies<'_> {
        let namespaces: BTreeSet<String> =
            self.files.iter().map(|file| plain(file).namespace().to_owned()).collect();
        Proxies::new(self.cluster, self.clock, namespaces)
    }

    /// The objects, as they are applied, by the Release for which they were rendered.
    fn by_release(&self) -> BTreeMap<String, Vec<Object>> {
        let mut releases: BTreeMap<String, Vec<Object>> = BTreeMap::new();
        for file in self.files {
            let object = mesh::stamped(file);
            let release = object.annotation(mesh_objects::RELEASE).unwrap_or_default().to_owned();
            releases.entry(release).or_default().push(object);
        }
        for objects in releases.values_mut() {
            *objects = mesh::in_order_of_removal(std::mem::take(objects));
            objects.reverse();
        }
        releases
    }

    /// What the cluster has of these objects.
    async fn live(&self, wanted: &[Object]) -> Result<Vec<Object>, Failure> {
        let mut live = Vec::new();
        for object in wanted {
            live.extend(self.cluster.mesh_object(object).await?);
        }
        Ok(live)
    }

    /// What was made for a Release in the namespaces of these objects, beside them.
    async fn others(&self, release: &str, wanted: &[Object]) -> Result<Vec<Object>, Failure> {
        let mut made = self.cluster.made_for(release).await?;
        let is_near = |made: &Object| wanted.iter().any(|own| own.namespace() == made.namespace());
        let is_wanted = |made: &Object| wanted.iter().any(|own| mesh::same(own, made));
        made.retain(|made| is_near(made) && !is_wanted(made));
        Ok(made)
    }

    /// That no route of a user's names a subset of a DestinationRule that goes.
    async fn check_removal(
        &self,
        differences: &[Difference],
        how: ApplyOptions,
    ) -> Result<(), Failure> {
        let going = differences.iter().filter(|difference| difference.change == Change::Remove);
        let going = going.filter_map(|difference| difference.live.as_ref());
        let rules: Vec<&Object> =
            going.filter(|object| object.kind() == "DestinationRule").collect();
        if rules.is_empty() || how.force {
            return Ok(());
        }
        let users = self.cluster.users_objects(&|_| true).await?;
        let blockers = rules.into_iter().flat_map(|rule| mesh::naming(rule, &users));
        Failure::check(blockers.collect())
    }
}

/// The object of a file, as it is written there.
fn plain(file: &Manifest) -> Object {
    Object::from(file.body.clone())
}
