//! What the user has already.

use super::super::cluster_header::OfRules;
use crate::gate::Gate;
use crate::visibility::InFile;
use crate::weave::{Rules, Woven};

/// What the user's own objects have, after the Release was woven into them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// Whether there is a DestinationRule of the host.
    pub has_destination_rule: bool,
    /// The DestinationRules of the host, as far as they say whose they are.
    pub rules: Vec<InFile>,
    /// The rules of a VirtualService for the mesh, if there is one.
    pub mesh: Option<Rules>,
    /// Whether proxies that are not attached do not see that one: then they need ours.
    pub is_private: bool,
    /// Those of VirtualServices for gateways, if there are any.
    pub gateways: Option<Rules>,
    /// The gate that rules were woven with, and ours are to be.
    pub gate: Option<Gate>,
    /// What the rules have in common; needed only where decisions are the names of clusters.
    pub settings: OfRules,
}

/// Why the objects of one file do not go with those of the files before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Two VirtualServices of the host for the mesh.
    Rivals,
    /// Two of gateways, whose rules have different time-outs or retries.
    Unlike,
}

/// Where the objects are that do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// In files of `--into`.
    Files,
    /// In the cluster.
    Cluster,
}

impl Conflict {
    /// What is wrong with an object, given where the others are.
    #[must_use]
    pub const fn message(self, beside: Beside) -> &'static str {
        match (self, beside) {
            (Self::Rivals, Beside::Files) => {
                "another file also has a VirtualService for the same host in the mesh: Istio uses only one of them"
            }
            (Self::Rivals, Beside::Cluster) => {
                "there is another VirtualService for the same host in the mesh: Istio uses only one of them"
            }
            (Self::Unlike, Beside::Files) => {
                "timeouts or retries of its rules differ from those in another file, but with `--route \
                 cluster-header` all use one route"
            }
            (Self::Unlike, Beside::Cluster) => {
                "timeouts or retries of its rules differ from those of another VirtualService, but with `--route \
                 cluster-header` all use one route"
            }
        }
    }
}

impl Given {
    /// Adds what a file has; the settings are those of its rules.
    ///
    /// # Errors
    /// When it does not go with the files before.
    pub fn add<T>(&mut self, woven: &Woven<T>, settings: OfRules) -> Result<(), Conflict> {
        self.has_destination_rule |= woven.has_destination_rule;
        self.rules.extend(woven.rules.iter().cloned());
        self.is_private |= woven.is_private;
        if let Some(rules) = &woven.mesh {
            if self.mesh.is_some() {
                return Err(Conflict::Rivals);
            }
            self.mesh = Some(rules.clone());
            self.settings.mesh = settings.mesh;
        }
        if let Some(rules) = &woven.gateways {
            let all = self.gateways.get_or_insert_default();
            all.switched.extend(rules.switched.iter().cloned());
            all.ungated.extend(rules.ungated.iter().cloned());
            all.copies.extend(rules.copies.iter().cloned());
            match (&self.settings.gateways, settings.gateways) {
                (Some(before), Some(new)) if *before != new => return Err(Conflict::Unlike),
                (None, new) => self.settings.gateways = new,
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::cluster_header::Settings;
    use super::*;

    fn woven(mesh: Option<&str>, gateways: Option<&str>) -> Woven {
        let rules = |name: &str| Rules { switched: vec![name.to_owned()], ..Rules::default() };
        Woven {
            output: String::new(),
            has_destination_rule: false,
            rules: Vec::new(),
            is_private: false,
            unrelated: Vec::new(),
            hidden: Vec::new(),
            mesh: mesh.map(rules),
            gateways: gateways.map(rules),
            notes: Vec::new(),
        }
    }

    #[test]
    fn gateways_may_have_several_virtual_services_but_a_mesh_has_one() {
        let mut given = Given::default();
        given.add(&woven(Some("a"), Some("b")), OfRules::default()).unwrap();
        given.add(&woven(None, Some("c")), OfRules::default()).unwrap();
        assert_eq!(given.gateways.as_ref().unwrap().switched, ["b", "c"]);
        let rival = given.add(&woven(Some("d"), None), OfRules::default());
        assert_eq!(rival, Err(Conflict::Rivals));
    }

    #[test]
    fn rules_that_share_a_route_must_be_alike() {
        let settings = |timeout: &str| OfRules {
            gateways: Some(Settings { timeout: timeout.to_owned(), ..Settings::default() }),
            mesh: None,
        };
        let mut given = Given::default();
        given.add(&woven(None, Some("a")), settings("3s")).unwrap();
        given.add(&woven(None, Some("b")), settings("3s")).unwrap();
        assert_eq!(given.add(&woven(None, Some("c")), settings("0s")), Err(Conflict::Unlike));
    }
}
