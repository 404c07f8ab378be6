//! `serin` is killed at every one of its writes, just before the API has it or just after, while users ask: whoever
//! goes on loses nothing, nobody is told an error, and nobody sees a split that is not on the way.

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use serin_harness::mesh::{ApiProxy, Moment};

use super::objects::{get, history, near, phase};
use super::reviews;
use super::serin::{Ran, Serin};
use super::users::Users;
use crate::caller::Caller;
use crate::scene::{PORT, Scene};
use crate::table::Row;
use crate::world::World;

const TITLE: &str = "Killed at every write, while users ask";
/// More writes than any command needs.
const MOST: usize = 60;
const USERS: usize = 1000;

pub(crate) async fn run(world: &World) -> anyhow::Result<()> {
    for moment in [Moment::Before, Moment::After] {
        let name = format!("killed-{moment:?}").to_lowercase();
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
    let serin = Serin::of(scene, "alice").through(&api);
    let steps = json!([
        {"scale": {"v2": "50%"}}, {"shift": {"v2": 50}}, {"approve": {}},
        {"promote": "v2"}, {"approve": {}}, {"retire": "v1"},
    ]);
    scene.write("reviews.yaml", &reviews::release(scene, &steps).to_string())?;
    let users = Users::start(proxy.at(PORT), reviews::HOST);
    let mut killing =
        Killing { world, scene, api: &api, serin: &serin, users: &users, moment, number: 0 };
    let apply = ["apply", "reviews.yaml", "--module-file", super::objects::MODULE];
    killing.carry_out("apply", &apply, &caller, None).await?;
    let start = reviews::command(scene, &["start", "--image", reviews::NEW]);
    killing.carry_out("start", &start, &caller, Some(0.5)).await?;
    let approve = reviews::command(scene, &["approve"]);
    killing.carry_out("approve", &approve, &caller, Some(1.0)).await?;
    killing.carry_out("approve", &approve, &caller, Some(1.0)).await?;
    let number = killing.number;
    let heard = users.stop().await;
    let mut row = Row::new(format!("{moment:?} all {number} writes").to_lowercase());
    let judged = heard.only_in_order(&["v1", "v2"]);
    row.note("users", judged.map(|()| format!("{} requests, 0 failed", heard.requests)));
    row.note("each user", Ok("v1, then v2".to_owned()));
    world.found("Killed at every write: what users saw", row)?;
    ensure!(get(scene, "deployment", "reviews-v1").await?.is_none(), "reviews-v1 is still there");
    let phase = phase(scene, "reviews").await?;
    ensure!(phase == "Completed", "expected Completed, found {phase}");
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
    /// Runs a command that is killed at its first write (before the API has it: at its second, so that one more is
    /// done each time) until nothing is left to be written, then asks who gets what.
    async fn carry_out(
        &mut self,
        verb: &str,
        command: &[&str],
        caller: &Caller<'_>,
        share: Option<f64>,
    ) -> anyhow::Result<()> {
        let resume = reviews::command(self.scene, &["run"]);
        let before = self.recorded().await?;
        let first = match self.moment {
            Moment::Before => 2,
            Moment::After => 1,
        };
        let mut at = 1;
        let mut last: Option<(String, Value)> = None;
        for _ in 0..MOST {
            // Once it is written down, whoever goes on needs no more than the Release's name.
            let is_recorded = self.recorded().await? > before;
            let (run, arguments) =
                if is_recorded { ("rollout run", &resume[..]) } else { (verb, command) };
            if let Some((write, _)) = &last {
                self.note(write, run)?;
            }
            let fired = self.api.arm(at, self.moment);
            let ran = self.serin.run_until(arguments, fired).await?;
            let writes = self.api.writes();
            self.api.reset();
            if let Some(ran) = ran {
                return self.done(ran, caller, share).await;
            }
            self.number += 1;
            let write = writes.last().context("it was killed at no write")?.to_string();
            // A write that changes nothing, and is done again each time, would come first for ever.
            let now = (write, self.status().await?);
            at = if last.as_ref() == Some(&now) { at + 1 } else { first };
            last = Some(now);
        }
        bail!("`{verb}` has not ended after {MOST} writes")
    }

    async fn done(&self, ran: Ran, caller: &Caller<'_>, share: Option<f64>) -> anyhow::Result<()> {
        ran.code(0)?;
        let counts = caller.count(USERS, "/", &[]).await;
        match share {
            None => counts.only("v1").map(drop),
            Some(1.0) => counts.only("v2").map(drop),
            Some(share) => near(&counts, ("v2", "v1"), share).map(drop),
        }
    }

    /// What was written when it was killed, who goes on, and what users saw up to now.
    fn note(&self, write: &str, goes_on: &str) -> anyhow::Result<()> {
        let moment = format!("{:?}", self.moment).to_lowercase();
        let mut row = Row::new(format!("{moment} {:02}", self.number));
        row.note("write", Ok(write.to_owned()));
        row.note("gone on by", Ok(goes_on.to_owned()));
        let heard = self.users.heard();
        let judged = heard.only_in_order(&["v1", "v2"]);
        row.note("users", judged.map(|()| format!("{} requests, 0 wrong", heard.requests)));
        self.world.found(TITLE, row)
    }

    /// How many verbs the history has.
    async fn recorded(&self) -> anyhow::Result<usize> {
        if get(self.scene, "releases.serin.dev", "reviews").await?.is_none() {
            return Ok(0);
        }
        Ok(history(self.scene, "reviews").await?.len())
    }

    /// What the Release says has come of it.
    async fn status(&self) -> anyhow::Result<Value> {
        let release = get(self.scene, "releases.serin.dev", "reviews").await?;
        Ok(release.map(|mut release| release["status"].take()).unwrap_or_default())
    }
}
