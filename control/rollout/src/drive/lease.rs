//! Which of several controllers acts: the one that holds a Lease.
//!
//! As client-go's leader election does it. Clocks are not compared: a Lease is over when it has not changed for as long
//! as it says, by the clock of the one who looks. That two hold it for a moment, because one was frozen, changes nothing
//! that is not on the way: a state is written by compare-and-swap, and looked at again before each change of the mesh.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::clock::{Clock, micro_time};
use super::cluster::{ApplyOptions, Cluster, Error, Object, Resource};

/// The namespace of the controller, where none is named.
pub const NAMESPACE: &str = "serin-system";
/// The name of its Lease, and of its Deployment.
pub const NAME: &str = "serin-controller";

/// How long a Lease holds after it was renewed.
pub const DURATION: Duration = Duration::from_secs(15);
/// How often it is renewed.
pub const RENEWAL: Duration = Duration::from_secs(4);
/// Who could not renew it for so long acts no more: the rest is time for what is under way to end.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// This one.
    Leader,
    /// Another one: its identity.
    Follower(String),
}

/// One who wants to hold a Lease.
#[derive(Debug)]
pub struct Election<'a> {
    cluster: &'a dyn Cluster,
    clock: &'a dyn Clock,
    namespace: &'a str,
    identity: &'a str,
    /// What the Lease said when it last said something else, and when that was.
    seen: Option<(Value, Duration)>,
    /// The Lease as this one wrote it last: as long as nothing else changes it, it need not be read.
    held: Option<Object>,
}

impl<'a> Election<'a> {
    /// Of the controllers of a namespace, this one.
    #[must_use]
    pub fn new(
        cluster: &'a dyn Cluster,
        clock: &'a dyn Clock,
        namespace: &'a str,
        identity: &'a str,
    ) -> Self {
        Self { cluster, clock, namespace, identity, seen: None, held: None }
    }

    /// Takes the Lease where it is free or over, and renews it where it is this one's.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn attempt(&mut self) -> Result<Standing, Error> {
        if let Some(held) = self.held.take() {
            return self.take(Some(held)).await;
        }
        let found = self.cluster.get(&Resource::LEASE, Some(self.namespace), NAME).await?;
        let Some(lease) = found else {
            return self.take(None).await;
        };
        let holder = holder(&lease);
        if holder == self.identity || holder.is_empty() || self.is_over(&lease) {
            return self.take(Some(lease)).await;
        }
        Ok(Standing::Follower(holder.to_owned()))
    }

    /// Gives the Lease up, so that another one need not wait until it is over.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn release(&mut self) -> Result<(), Error> {
        let found = self.cluster.get(&Resource::LEASE, Some(self.namespace), NAME).await?;
        let Some(mut lease) = found.filter(|lease| holder(lease) == self.identity) else {
            return Ok(());
        };
        lease.value_mut()["spec"]["holderIdentity"] = json!("");
        match self.cluster.replace(&Resource::LEASE, &lease, ApplyOptions::default()).await {
            // Another one has it already.
            Ok(_) | Err(Error::Conflict { .. } | Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether it did not change for as long as it holds.
    fn is_over(&mut self, lease: &Object) -> bool {
        let now = self.clock.uptime();
        match &self.seen {
            Some((spec, since)) if spec == lease.spec() => {
                now.saturating_sub(*since) >= duration(lease)
            }
            _ => {
                self.seen = Some((lease.spec().clone(), now));
                false
            }
        }
    }

    /// Makes it this one's, unless another one is faster.
    async fn take(&mut self, lease: Option<Object>) -> Result<Standing, Error> {
        let how = ApplyOptions::default();
        let now = self.cluster.now(self.clock);
        let taken = match lease {
            None => {
                let object = Object::from(json!({
                    "apiVersion": Resource::LEASE.api_version(),
                    "kind": Resource::LEASE.kind,
                    "metadata": { "namespace": self.namespace, "name": NAME },
                    "spec": self.spec(now, now, 0),
                }));
                self.cluster.create(&Resource::LEASE, &object, how).await
            }
            Some(mut lease) => {
                let is_held = holder(&lease) == self.identity;
                let transitions = lease.number("/spec/leaseTransitions").unwrap_or(0);
                let acquired = lease.text("/spec/acquireTime").parse().ok().filter(|_| is_held);
                let transitions = transitions.saturating_add(u64::from(!is_held));
                let spec = self.spec(acquired.unwrap_or(now), now, transitions);
                lease.value_mut()["spec"] = spec;
                self.cluster.replace(&Resource::LEASE, &lease, how).await
            }
        };
        match taken {
            Ok(held) => {
                self.held = Some(held);
                Ok(Standing::Leader)
            }
            Err(Error::Conflict { .. } | Error::NotFound { .. }) => {
                let found = self.cluster.get(&Resource::LEASE, Some(self.namespace), NAME).await?;
                let name = found.as_ref().map(holder).unwrap_or_default().to_owned();
                // The answer to a request that was made again may be about the first one.
                if name == self.identity {
                    self.held = found;
                    return Ok(Standing::Leader);
                }
                Ok(Standing::Follower(name))
            }
            Err(error) => Err(error),
        }
    }

    fn spec(&self, acquired: Timestamp, renewed: Timestamp, transitions: u64) -> Value {
        json!({
            "holderIdentity": self.identity,
            "leaseDurationSeconds": DURATION.as_secs(),
            "acquireTime": micro_time(acquired),
            "renewTime": micro_time(renewed),
            "leaseTransitions": transitions,
        })
    }
}

/// The controller that acts now, by its identity; none where none does.
///
/// Time is that of the API server, since the one who asks looks only once.
///
/// # Errors
/// When the Lease cannot be read.
pub async fn leader(
    cluster: &dyn Cluster,
    clock: &dyn Clock,
    namespace: &str,
) -> Result<Option<String>, Error> {
    let Some(lease) = cluster.get(&Resource::LEASE, Some(namespace), NAME).await? else {
        return Ok(None);
    };
    let now = cluster.now(clock);
    let renewed: Option<Timestamp> = lease.text("/spec/renewTime").parse().ok();
    let is_live = renewed.is_some_and(|renewed| {
        Duration::try_from(now.duration_since(renewed)).unwrap_or_default() < duration(&lease)
    });
    let holder = holder(&lease);
    Ok((is_live && !holder.is_empty()).then(|| holder.to_owned()))
}

fn holder(lease: &Object) -> &str {
    lease.text("/spec/holderIdentity")
}

fn duration(lease: &Object) -> Duration {
    lease.number("/spec/leaseDurationSeconds").map_or(DURATION, Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drive::fake::{self, Fake, Fate};

    fn attempt(election: &mut Election<'_>) -> Standing {
        fake::run(election.attempt()).unwrap().unwrap()
    }

    fn is_leading(fake: &Fake) -> Option<String> {
        fake::run(leader(fake, fake, NAMESPACE)).unwrap().unwrap()
    }

    #[test]
    fn who_holds_it_renews_it_by_one_request() {
        let fake = Fake::default();
        let mut first = Election::new(&fake, &fake, NAMESPACE, "a");
        assert_eq!(attempt(&mut first), Standing::Leader);
        let before = fake.world().requests;
        for _ in 0..10 {
            fake.pass(RENEWAL);
            assert_eq!(attempt(&mut first), Standing::Leader);
        }
        assert_eq!(fake.world().requests - before, 10);
        // Another one took it meanwhile.
        fake.edit("Lease", NAME, |lease| lease["spec"]["holderIdentity"] = json!("b"));
        assert_eq!(attempt(&mut first), Standing::Follower("b".to_owned()));
    }

    #[test]
    fn one_of_two_leads_until_it_gives_the_lease_up() {
        let fake = Fake::default();
        let mut first = Election::new(&fake, &fake, NAMESPACE, "a");
        let mut second = Election::new(&fake, &fake, NAMESPACE, "b");
        assert_eq!(is_leading(&fake), None);
        assert_eq!(attempt(&mut first), Standing::Leader);
        for _ in 0..10 {
            assert_eq!(attempt(&mut second), Standing::Follower("a".to_owned()));
            fake.pass(RENEWAL);
            assert_eq!(attempt(&mut first), Standing::Leader);
            assert_eq!(is_leading(&fake).as_deref(), Some("a"));
        }
        fake::run(second.release()).unwrap().unwrap();
        assert_eq!(is_leading(&fake).as_deref(), Some("a"), "it is not the second's to give up");
        fake::run(first.release()).unwrap().unwrap();
        assert_eq!(is_leading(&fake), None);
        assert_eq!(attempt(&mut second), Standing::Leader);
        assert_eq!(attempt(&mut first), Standing::Follower("b".to_owned()));
        let lease = fake.find("Lease", NAME).unwrap();
        assert_eq!(lease.number("/spec/leaseTransitions"), Some(1));
    }

    #[test]
    fn a_lease_that_is_not_renewed_is_taken_over_whatever_the_clocks_say() {
        let fake = Fake::default();
        let mut first = Election::new(&fake, &fake, NAMESPACE, "a");
        assert_eq!(attempt(&mut first), Standing::Leader);
        // It is not known how long the first has not renewed it.
        fake.pass(Duration::from_hours(1));
        let mut second = Election::new(&fake, &fake, NAMESPACE, "b");
        assert_eq!(attempt(&mut second), Standing::Follower("a".to_owned()));
        assert_eq!(is_leading(&fake), None);
        fake.pass(DURATION / 2);
        assert_eq!(attempt(&mut second), Standing::Follower("a".to_owned()));
        fake.pass(DURATION / 2);
        assert_eq!(attempt(&mut second), Standing::Leader);
        assert_eq!(is_leading(&fake).as_deref(), Some("b"));
    }

    #[test]
    fn of_two_that_take_it_at_once_one_leads() {
        let fake = Fake::default();
        let mut first = Election::new(&fake, &fake, NAMESPACE, "a");
        fake.on(|request, world| {
            if request.verb == "create" && request.kind == "Lease" {
                world.store.put(
                    &json!({
                        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                        "metadata": { "namespace": NAMESPACE, "name": NAME },
                        "spec": { "holderIdentity": "b" },
                    }),
                    "b",
                );
            }
            None
        });
        assert_eq!(attempt(&mut first), Standing::Follower("b".to_owned()));
    }

    #[test]
    fn an_answer_that_was_lost_costs_no_lease() {
        let fake = Fake::default();
        let mut first = Election::new(&fake, &fake, NAMESPACE, "a");
        let mut is_lost = false;
        fake.on(move |request, _| {
            let is_met = request.verb == "create" && !std::mem::replace(&mut is_lost, true);
            is_met.then_some(Fate::LostAfter)
        });
        assert!(fake::run(first.attempt()).unwrap().is_err());
        assert_eq!(attempt(&mut first), Standing::Leader);
    }
}
