//! Looks at every answer during a shift.
//!
//! Envoy's workers take a new configuration one after the other. Until a connection has shown that its worker
//! did (by an answer that the old configuration did not give that user), an answer may be the old one or the new
//! one; from then on only the new one. So a user whom the old and the new configuration disagree about may be
//! seen in both places for a moment, over different connections, and never twice over one.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::Step;
use super::load::Seen;
use crate::demo::traffic::{CONNECTIONS, Fate};
use crate::traffic::binomial::ONE_IN_A_MILLION;
use crate::traffic::share::Share;

/// What is known during a step.
#[derive(Debug)]
pub(super) struct Watch {
    candidate: usize,
    users: Vec<User>,
    lanes: [Lane; CONNECTIONS],
    changed: Option<Instant>,
    first: Option<Duration>,
    all: Option<Duration>,
    requests: u64,
    errors: BTreeMap<String, u64>,
}

/// Where a user is served.
#[derive(Clone, Copy, Debug, Default)]
struct User {
    before: Option<usize>,
    now: Option<usize>,
    /// Whether the user was anywhere else than there since.
    is_unsteady: bool,
}

/// A connection.
#[derive(Clone, Copy, Debug, Default)]
struct Lane {
    /// Whether it shows the new configuration.
    follows: bool,
    /// How many requests it has carried since.
    carried: usize,
    /// How often it was opened.
    opened: u32,
}

impl Watch {
    /// No user has been seen; the configuration that Envoy started with is the new one.
    pub(super) fn new(users: usize, candidate: usize) -> Self {
        Self {
            candidate,
            users: vec![User::default(); users],
            lanes: [Lane { follows: true, ..Lane::default() }; CONNECTIONS],
            changed: None,
            first: None,
            all: None,
            requests: 0,
            errors: BTreeMap::new(),
        }
    }

    /// The configuration changes: where users are now is where they were before.
    pub(super) fn change(&mut self, at: Instant) {
        for user in &mut self.users {
            *user = User { before: user.now, now: None, is_unsteady: false };
        }
        for lane in &mut self.lanes {
            (lane.follows, lane.carried) = (false, 0);
        }
        self.changed = Some(at);
        (self.first, self.all) = (None, None);
        self.requests = 0;
        self.errors.clear();
    }

    /// The connections that show the new configuration.
    pub(super) fn followers(&self) -> usize {
        self.lanes.iter().filter(|lane| lane.follows).count()
    }

    /// Whether every connection follows and has carried every user since.
    pub(super) fn is_done(&self) -> bool {
        self.lanes.iter().all(|lane| lane.follows && lane.carried >= self.users.len())
    }

    /// Takes an answer into account.
    pub(super) fn see(&mut self, seen: &Seen) {
        self.requests += 1;
        self.lanes[seen.lane].opened = seen.opened;
        match seen.observation.fate {
            Fate::Failed(fault) => *self.errors.entry(fault.to_string()).or_insert(0) += 1,
            Fate::Served(subset) => self.served(seen, subset),
        }
        let lane = &mut self.lanes[seen.lane];
        lane.carried += usize::from(lane.follows);
    }

    fn served(&mut self, seen: &Seen, subset: usize) {
        let user = &mut self.users[seen.observation.user];
        let lane = &mut self.lanes[seen.lane];
        let is_change = user.before.is_some_and(|before| before != subset);
        let begins_to_follow = is_change && !lane.follows;
        lane.follows |= is_change;
        if lane.follows {
            let now = *user.now.get_or_insert(subset);
            user.is_unsteady |= now != subset;
        }
        if begins_to_follow {
            let elapsed = self.changed.map(|changed| seen.at.duration_since(changed));
            self.first = self.first.or(elapsed);
            if self.followers() == CONNECTIONS {
                self.all = elapsed;
            }
        }
    }

    /// What the step did, in which the candidate was to get `percent`.
    pub(super) fn step(&self, percent: f64) -> Step {
        let number =
            |is: &dyn Fn(&User) -> bool| self.users.iter().filter(|user| is(user)).count() as u64;
        let candidate = Some(self.candidate);
        let moved = |user: &User| user.before.is_some() && user.before != user.now;
        let millis = |elapsed: Duration| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        Step {
            share: Share::new(
                percent,
                number(&|user| user.now == candidate),
                number(&|user| user.now.is_some()),
                ONE_IN_A_MILLION,
            ),
            moved: number(&|user| moved(user) && user.now == candidate),
            moved_wrongly: number(&|user| {
                user.is_unsteady || (moved(user) && user.now != candidate)
            }),
            requests: self.requests,
            errors: self.errors.clone(),
            connections: self.lanes.iter().filter(|lane| lane.follows && lane.opened == 1).count()
                as u64,
            first_millis: self.first.map(millis),
            all_millis: self.all.map(millis),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::traffic::Observation;
    use crate::traffic::fault::Fault;

    const STABLE: usize = 0;
    const CANDIDATE: usize = 1;

    /// All users over all connections, served as `subset` says by user and connection.
    fn round(watch: &mut Watch, users: usize, subset: impl Fn(usize, usize) -> usize) {
        for lane in 0..CONNECTIONS {
            for user in 0..users {
                let fate = Fate::Served(subset(user, lane));
                let observation = Observation { user, fate };
                watch.see(&Seen { observation, lane, opened: 1, at: Instant::now() });
            }
        }
    }

    fn started() -> Watch {
        let mut watch = Watch::new(4, CANDIDATE);
        round(&mut watch, 4, |_, _| STABLE);
        assert!(watch.is_done());
        watch.change(Instant::now());
        watch
    }

    #[test]
    fn a_step_is_done_when_every_connection_follows() {
        let mut watch = started();
        round(&mut watch, 4, |user, lane| if user == 3 && lane != 0 { CANDIDATE } else { STABLE });
        assert_eq!(watch.followers(), CONNECTIONS - 1);
        assert!(!watch.is_done());
        for _ in 0..2 {
            round(&mut watch, 4, |user, _| if user == 3 { CANDIDATE } else { STABLE });
        }
        assert!(watch.is_done());
        let step = watch.step(25.0);
        assert_eq!((step.moved, step.moved_wrongly, step.share.users), (1, 0, 1));
        assert_eq!((step.requests, step.failed(), step.connections), (96, 0, 8));
        assert!(step.first_millis <= step.all_millis && step.all_millis.is_some());
    }

    #[test]
    fn a_user_who_goes_back_over_a_connection_that_follows_moves_wrongly() {
        let mut watch = started();
        round(&mut watch, 4, |user, _| if user == 0 { CANDIDATE } else { STABLE });
        round(&mut watch, 4, |_, _| STABLE);
        assert_eq!(watch.step(25.0).moved_wrongly, 1);
    }

    #[test]
    fn a_user_who_leaves_the_candidate_moves_wrongly() {
        let mut watch = started();
        round(&mut watch, 4, |_, _| CANDIDATE);
        watch.change(Instant::now());
        round(&mut watch, 4, |user, _| if user == 0 { STABLE } else { CANDIDATE });
        let step = watch.step(100.0);
        assert_eq!((step.moved, step.moved_wrongly), (0, 1));
        assert!(!step.share.is_ok());
    }

    #[test]
    fn failures_and_broken_connections_are_counted() {
        let mut watch = started();
        round(&mut watch, 4, |_, _| CANDIDATE);
        let observation = Observation { user: 0, fate: Fate::Failed(Fault::Status(503)) };
        watch.see(&Seen { observation, lane: 0, opened: 2, at: Instant::now() });
        let step = watch.step(100.0);
        assert_eq!((step.failed(), step.connections), (1, 7));
    }
}
