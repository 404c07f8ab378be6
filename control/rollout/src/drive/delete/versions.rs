//! What runs the versions of a service, and which of it may not outlive the routes: without them its Service sends
//! requests of all users to every version.

use istio::host;
use policy::policy::{Attach, AttachKind, SubsetId};
use serde_json::Value;

use super::super::cluster::{Cluster, Deployment, Error, MADE_FOR, Object, endpoints};
use super::super::failure::Blocker;
use super::super::labels;
use super::super::live::Live;
use super::super::mesh::{Users, subsets};
use super::super::subject::Subject;

/// The versions of a service.
#[derive(Debug)]
pub(super) struct Versions {
    /// Where they run.
    pub(super) namespace: String,
    service: String,
    /// The names of subsets, and the labels of their pods.
    subsets: Vec<(String, Vec<(String, String)>)>,
    /// The subset that all users are to have; none where that is not known.
    kept: Option<String>,
    /// Whether a route of ours keeps requests of attached callers from the other subsets: those of a gateway have a route
    /// of the user's.
    are_pinned: bool,
}

/// What becomes of them.
#[derive(Debug, Default)]
pub(super) struct Fates {
    /// What serin made and is to go.
    pub(super) leaving: Vec<Deployment>,
    /// What serin made and stays: all users get it, or it is not known who does.
    pub(super) staying: Vec<Deployment>,
    /// What serin did not make, and would get requests.
    pub(super) exposed: Vec<Blocker>,
}

impl Versions {
    /// Those of a Release for which these objects were made; none where its host is no service of the cluster.
    pub(super) fn of_release(
        subject: &Subject<'_>,
        live: &Live,
        users: &Users,
        made: &[Object],
    ) -> Option<Self> {
        let policy = subject.policy();
        let (service, namespace) = subject.service()?;
        let whole = live.state.as_ref().and_then(|state| state.traffic.whole());
        let labels = |id| labels::of_subset(subject, Some(users), id).unwrap_or_default();
        let named = policy.subsets().iter().enumerate();
        let named = named.map(|(id, subset)| (subset.name.clone(), labels(SubsetId(id))));
        Some(Self {
            namespace: namespace.to_owned(),
            service: service.to_owned(),
            subsets: named.collect(),
            kept: Some(policy.subset_name(whole.unwrap_or(policy.stable())).to_owned()),
            are_pinned: pin(made).is_some() && policy.attach().iter().any(is_sidecar),
        })
    }

    /// Those that the objects made for a Release tell of; none where they do not say which service they are for.
    pub(super) fn of_objects(made: &[Object]) -> Option<Self> {
        let rule = made.iter().find(|object| object.kind() == "DestinationRule")?;
        let fqdn = host::complete(rule.text("/spec/host"), rule.namespace());
        let (service, namespace) = endpoints::service(&fqdn)?;
        let pin = pin(made);
        let kept = pin.and_then(|pin| {
            let route = pin.list("/spec/http").last()?;
            let mut found = Vec::new();
            subsets(route, pin.namespace(), &fqdn, &mut found);
            found.first().map(|name| (*name).to_owned())
        });
        Some(Self {
            subsets: rule.list("/spec/subsets").iter().filter_map(subset).collect(),
            are_pinned: pin.is_some() && made.iter().any(|made| made.name().contains(".sidecar.")),
            kept,
            namespace: namespace.to_owned(),
            service: service.to_owned(),
        })
    }

    /// What becomes of what runs them, of which serin may have made `deployments` for the Release.
    pub(super) async fn fates(
        &self,
        cluster: &dyn Cluster,
        release: &str,
        deployments: Vec<Deployment>,
    ) -> Result<Fates, Error> {
        let mut fates = Fates::default();
        for deployment in deployments {
            if deployment.object().annotation(MADE_FOR) != Some(release) {
                continue;
            }
            if self.kept.is_none() || self.runs(&deployment, self.kept.as_deref()) {
                fates.staying.push(deployment);
            } else {
                fates.leaving.push(deployment);
            }
        }
        if !self.are_pinned || self.kept.is_none() {
            return Ok(fates);
        }
        let (slices, pods) = tokio::try_join!(
            cluster.endpoint_slices(&self.namespace, &self.service),
            cluster.pods(&self.namespace),
        )?;
        for (name, labels) in &self.subsets {
            // Of what runs a subset without labels nothing is known.
            if labels.is_empty() || self.kept.as_ref() == Some(name) {
                continue;
            }
            let is_leaving = fates.leaving.iter().any(|leaving| leaving.has_labels(labels));
            let ready = endpoints::ready(&slices, &pods, labels);
            if !is_leaving && ready > 0 {
                fates.exposed.push(self.exposed(name, ready));
            }
        }
        Ok(fates)
    }

    /// Whether a Deployment runs this subset.
    fn runs(&self, deployment: &Deployment, subset: Option<&str>) -> bool {
        let mut found = self.subsets.iter().filter(|(name, _)| Some(name.as_str()) == subset);
        found.any(|(_, labels)| deployment.has_labels(labels))
    }

    fn exposed(&self, subset: &str, ready: u32) -> Blocker {
        let pods =
            if ready == 1 { "1 ready pod".to_owned() } else { format!("{ready} ready pods") };
        Blocker::new(
            format!(
                "the subset `{subset}` has {pods}, which serin did not create: without its routes the Service \
                 {}/{} sends them requests of all users",
                self.namespace, self.service
            ),
            "remove the pods or scale them to 0 first, or keep all versions in use with `--force`",
        )
    }
}

fn is_sidecar(attach: &Attach) -> bool {
    attach.kind == AttachKind::Sidecar
}

/// Ours that leads all requests of the mesh to one subset.
fn pin(made: &[Object]) -> Option<&Object> {
    made.iter().find(|object| object.kind() == "VirtualService")
}

/// The name of a DestinationRule's subset, and its labels.
fn subset(subset: &Value) -> Option<(String, Vec<(String, String)>)> {
    let name = subset.get("name")?.as_str()?;
    Some((name.to_owned(), labels::of_rule(subset).unwrap_or_default()))
}
