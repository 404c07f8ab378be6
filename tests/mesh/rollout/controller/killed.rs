//! The controller is killed at every one of its writes, just before the API has it or just after, while users ask, and
//! another one goes on.

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use serin_harness::mesh::{ApiProxy, Moment};
use tokio::time::{Duration, Instant, sleep};

use super::super::objects::{MODULE, expect, get, near, phase};
use super::super::reviews;
use super::super::serin::Serin;
use super::super::users::Users;
use super::{of_scene, start};
use crate::caller::Caller;
use crate::scene::{PORT, Scene};
use crate::table::Row;
use crate::world::World;

const TITLE: &str = "The controller is killed at every write, while users ask";
const USERS: usize = 1000;
/// More writes than any verb needs.
const MOST: usize = 60;
/// It has nothing to do once the phase is reached and nothing was written for so long.
const QUIET: Duration = Duration::from_secs(3);

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    for moment in [Moment::Before, Moment::After] {
        let name = format!("controller-{moment:?}").to_lowercase();
        let scene = reviews::scene(world, &name).await?;
        rollout(world, &scene, moment).await?;
        scene.end().await?;
    }
    Ok(())
}

async fn rollout(world: &World, scene: &Scene<'_>, moment: Moment) -> anyhow::Result<()> {
    let proxy = scene.sidecar("productpage").await?;
    let caller = reviews::caller(&proxy);
    let api = ApiProxy::start(scene.mesh, "alice", &scene.folder).await?;
    let alice = Serin::of(scene, "alice");
    let steps = json!([
        {"scale": {"v2": "50%"}}, {"shift": {"v2": 50}}, {"approve": {}},
        {"promote": "v2"}, {"approve": {}}, {"retire": "v1"},
    ]);
    scene.write("reviews.yaml", &reviews::release(scene, &steps).to_string())?;
    let users = Users::start(proxy.at(PORT), reviews::HOST);
    let serin = alice.through(&api);
    let mut killing =
        Killing { world, scene, api: &api, serin: &serin, users: &users, moment, number: 0 };
    let apply = ["apply", "reviews.yaml", "--module-file", MODULE, "--no-wait"];
    alice.run(&apply).await?.code(0)?;
    killing.carry_out("apply", "Idle", &caller, None).await?;
    for (verb, reached, share) in [
        (&["start", "--image", reviews::NEW][..], "AwaitingApproval", 0.5),
        (&["approve"], "AwaitingApproval", 1.0),
        (&["approve"], "Completed", 1.0),
    ] {
        let mut command = of_scene(scene, verb);
        command.push("--no-wait");
        alice.run(&command).await?.code(0)?;
        killing.carry_out(verb[0], reached, &caller, Some(share)).await?;
    }
    let number = killing.number;
    let heard = users.stop().await;
    let mut row = Row::new(format!("{moment:?} all {number} writes").to_lowercase());
    let judged = heard.only_in_order(&["v1", "v2"]);
    row.note("users", judged.map(|()| format!("{} requests, 0 failed", heard.requests)));
    row.note("each user", Ok("v1, then v2".to_owned()));
    world.found("The controller is killed at every write: what users saw", row)?;
    ensure!(get(scene, "deployment", "reviews-v1").await?.is_none(), "reviews-v1 is still there");
    Ok(())
}

struct Killing<'a, 'w> {
    world: &'a World,
    scene: &'a Scene<'w>,
    api: &'a ApiProxy,
    serin: &'a Serin,
    users: &'a Users,
    moment: Moment,
    /// How many writes there were.
    number: usize,
}

impl Killing<'_, '_> {
    /// Runs controllers that are killed at their first write (before the API has it: at their second, so that one more
    /// is done each time) until one has nothing to do.
    async fn carry_out(
        &mut self,
        verb: &str,
        reached: &str,
        caller: &Caller<'_>,
        share: Option<f64>,
    ) -> anyhow::Result<()> {
        let first = match self.moment {
            Moment::Before => 2,
            Moment::After => 1,
        };
        let mut at = 1;
        let mut last: Option<(String, Value)> = None;
        for _ in 0..MOST {
            let mut fired = self.api.arm(at, self.moment);
            // All have one name: none waits for the Lease of one that was killed.
            let controller = start(self.scene, self.serin, "killed")?;
            let ended = tokio::select! {
                ended = &mut fired => Some(ended.context("the trap is gone")?),
                rests = self.rests(reached) => {
                    rests.with_context(|| controller.log())?;
                    None
                }
            };
            drop(controller);
            let writes = self.api.writes();
            self.api.reset();
            let Some(ended) = ended else {
                return self.judge(caller, share).await;
            };
            // The case may have ended.
            let _ = ended.send(());
            self.number += 1;
            let write = writes.last().context("it was killed at no write")?.to_string();
            self.note(verb, &write)?;
            let release = expect(self.scene, "releases.serin.dev", "reviews").await?;
            let now = (write, release["status"].clone());
            // A write that changes nothing, and is done again each time, would come first for ever.
            at = if last.as_ref() == Some(&now) { at + 1 } else { first };
            last = Some(now);
        }
        bail!("`{verb}` is not carried out after {MOST} writes")
    }

    /// Waits until the phase is reached and nothing is written any more.
    async fn rests(&self, reached: &str) -> anyhow::Result<()> {
        let began = Instant::now();
        let mut quiet = (0, Instant::now());
        loop {
            let writes = self.api.writes().len();
            let is_there = phase(self.scene, "reviews").await? == reached;
            if writes != quiet.0 || !is_there {
                quiet = (writes, Instant::now());
            }
            if quiet.1.elapsed() > QUIET {
                return Ok(());
            }
            ensure!(began.elapsed() < Duration::from_mins(1), "it does not come to {reached}");
            sleep(Duration::from_millis(200)).await;
        }
    }

    async fn judge(&self, caller: &Caller<'_>, share: Option<f64>) -> anyhow::Result<()> {
        let counts = caller.count(USERS, "/", &[]).await;
        match share {
            None => counts.only("v1").map(drop),
            Some(1.0) => counts.only("v2").map(drop),
            Some(share) => near(&counts, ("v2", "v1"), share).map(drop),
        }
    }

    fn note(&self, verb: &str, write: &str) -> anyhow::Result<()> {
        let moment = format!("{:?}", self.moment).to_lowercase();
        let mut row = Row::new(format!("{moment} {:02}", self.number));
        row.note("after", Ok(verb.to_owned()));
        row.note("write", Ok(write.to_owned()));
        let heard = self.users.heard();
        let judged = heard.only_in_order(&["v1", "v2"]);
        row.note("users", judged.map(|()| format!("{} requests, 0 wrong", heard.requests)));
        self.world.found(TITLE, row)
    }
}
