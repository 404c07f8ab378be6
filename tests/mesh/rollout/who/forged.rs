//! What users who may write the status write into it at an approval, each with what the API server says.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::super::objects::expect;
use super::{APPROVER, CONTROLLER, DRIVER, WRITER, binding};
use crate::scene::Scene;

/// Who changes the status of the scene's Release by themselves.
pub(super) struct Forger<'s> {
    pub(super) scene: &'s Scene<'s>,
}

/// One change: by whom, what of the status, and the words of the refusal.
type Forgery = (&'static str, &'static str, fn(&mut Value), &'static str);

const UNASKED: &str = "status.state: without a new entry of status.history only the step at work";

/// At the third step, an approval, with a third of the users on v2.
const FORGERIES: &[Forgery] = &[
    ("in the approver's name", DRIVER, |s| approve(s, "erin", "approve"), "`by` of the new entry"),
    ("in serin's name", DRIVER, |s| approve(s, "serin", "approve"), "`by` of the new entry is"),
    ("an approval", DRIVER, |s| approve(s, DRIVER, "approve"), "dave lacks the verb `approve`"),
    ("approved as resumed", DRIVER, |s| approve(s, DRIVER, "resume"), "more than `resume` does"),
    ("approved as a step", DRIVER, |s| approve(s, DRIVER, "step"), "more than `step` does"),
    ("approved as applied", DRIVER, |s| approve(s, DRIVER, "apply"), "more than `apply` does"),
    ("approved as started", DRIVER, |s| approve(s, DRIVER, "start"), "more than `start` does"),
    ("past the approval", DRIVER, onward, UNASKED),
    ("two steps", DRIVER, |s| go(s, "Progressing", 4, "Waiting"), UNASKED),
    ("completed", DRIVER, |s| go(s, "Completed", 7, "Completed"), UNASKED),
    ("paused without a word", DRIVER, |s| go(s, "Paused", 2, "Paused"), UNASKED),
    ("the phase alone", DRIVER, |s| s["phase"] = json!("Completed"), "status.phase: it is `Comp"),
    ("more traffic", DRIVER, |s| traffic(s, json!({"shifted": {"v2": 99}})), UNASKED),
    ("all traffic", DRIVER, |s| traffic(s, json!({"only": "v2"})), UNASKED),
    ("traffic with a pause", DRIVER, traffic_and_pause, "more than `pause` does"),
    ("traffic with a promotion", DRIVER, promoted_at_once, "more than `promote` does"),
    ("a subset that is none", DRIVER, promoted_to_none, "more than `promote` does"),
    ("a rollback that is none", DRIVER, |s| record(s, DRIVER, "rollback"), "than `rollback` does"),
    (
        "serin's rollback, elsewhere",
        DRIVER,
        |s| record(s, "serin", "rollback"),
        "by `serin` stands",
    ),
    ("the plan", DRIVER, |s| s["state"]["plan"] = json!("other"), UNASKED),
    ("the image", DRIVER, |s| s["state"]["image"] = json!("other"), UNASKED),
    ("the candidate", DRIVER, |s| s["state"]["revision"] = json!("other"), UNASKED),
    ("no state", DRIVER, stateless, UNASKED),
    ("the module", DRIVER, module, "status.mesh, status.applied: they change only with"),
    ("what was applied", DRIVER, |s| s["applied"]["hash"] = json!("0"), "status.mesh, status.app"),
    ("the time", DRIVER, |s| s["since"] = json!("2020-01-01T00:00:00Z"), "status.since: it stands"),
    ("no history", DRIVER, |s| s["history"] = json!([]), "status.history: entries are added"),
    ("the oldest gone", DRIVER, oldest_gone, "status.history: entries are added one at a time"),
    ("history rewritten", DRIVER, |s| s["history"][0]["by"] = json!("erin"), "status.history: ent"),
    ("two entries", DRIVER, two_entries, "status.history: entries are added one at a time"),
    ("the approver's words", APPROVER, words, "erin lacks the verb `drive`"),
    ("the approver's start", APPROVER, |s| record(s, APPROVER, "start"), "lacks the verb `start`"),
    ("a no that is a yes", APPROVER, |s| approve(s, APPROVER, "reject"), "more than `reject` does"),
    ("a yes with traffic", APPROVER, approved_and_more, "more than `approve` does"),
    ("a yes for two steps", APPROVER, approved_twice, "more than `approve` does"),
    ("a writer's words", WRITER, words, "frank lacks the verb `drive`"),
    ("a writer's rollback", WRITER, |s| back(s, WRITER), "frank lacks the verb `rollback`"),
    ("a writer as serin", WRITER, |s| back(s, "serin"), "an entry by `serin` stands only where"),
    (
        "a verb that is none",
        "alice",
        |s| record(s, "alice", "hope"),
        "verb `hope` of the new entry",
    ),
];

fn record(status: &mut Value, by: &str, verb: &str) {
    let entry = json!({"time": "2026-11-30T10:00:00Z", "by": by, "verb": verb, "what": "so"});
    if let Some(history) = status["history"].as_array_mut() {
        history.push(entry);
    }
}

fn go(status: &mut Value, phase: &str, position: usize, shown: &str) {
    status["state"]["phase"] = json!(phase);
    status["state"]["at"] = json!({"plan": position});
    status["phase"] = json!(shown);
}

fn stateless(status: &mut Value) {
    if let Some(status) = status.as_object_mut() {
        status.remove("state");
    }
}

/// To the step after the approval, which is a pause.
fn onward(status: &mut Value) {
    go(status, "Progressing", 3, "Waiting");
}

fn approve(status: &mut Value, by: &str, verb: &str) {
    onward(status);
    record(status, by, verb);
}

fn approved_and_more(status: &mut Value) {
    traffic(status, json!({"only": "v2"}));
    approve(status, APPROVER, "approve");
}

fn approved_twice(status: &mut Value) {
    go(status, "Progressing", 4, "Waiting");
    record(status, APPROVER, "approve");
}

fn traffic(status: &mut Value, traffic: Value) {
    status["state"]["traffic"] = traffic;
}

fn traffic_and_pause(status: &mut Value) {
    go(status, "Paused", 2, "Paused");
    traffic(status, json!({"only": "v2"}));
    record(status, DRIVER, "pause");
}

fn promoted(status: &mut Value, to: &str) {
    status["state"]["at"] = json!({"promote": to});
    status["phase"] = json!("Progressing");
    record(status, DRIVER, "promote");
}

fn promoted_at_once(status: &mut Value) {
    traffic(status, json!({"only": "v2"}));
    promoted(status, "v2");
}

fn promoted_to_none(status: &mut Value) {
    promoted(status, "v3");
}

fn back(status: &mut Value, by: &str) {
    go(status, "RollingBack", 2, "RollingBack");
    traffic(status, json!({"stable": {}}));
    record(status, by, "rollback");
}

fn module(status: &mut Value) {
    status["mesh"]["module"] = json!({"url": "https://example.com/evil.wasm"});
}

fn oldest_gone(status: &mut Value) {
    if let Some(history) = status["history"].as_array_mut() {
        history.remove(0);
    }
}

fn two_entries(status: &mut Value) {
    record(status, DRIVER, "pause");
    record(status, DRIVER, "resume");
}

/// What a controller writes of a Release that has no `rollout`, and goes on from.
fn take_up(status: &mut Value) {
    *status = json!({
        "phase": "Progressing",
        "state": {
            "phase": "Progressing", "at": {"plan": 0}, "traffic": {"stable": {}}, "plan": "one",
            "single": false,
        },
        "mesh": {"route": "matcher"},
        "history": [],
    });
    record(status, CONTROLLER, "apply");
}

fn words(status: &mut Value) {
    status["message"] = json!("all is well");
}

impl Forger<'_> {
    /// Whether the policy is in force: a writer's words are refused. The controller may take the Release up.
    pub(super) async fn is_held(&self) -> anyhow::Result<bool> {
        let namespace = &self.scene.namespace;
        let attach = json!([{"sidecar": {"labels": {"app": "nobody"}}}]);
        let mut release = crate::release::reviews(namespace, &attach, json!({}));
        release["metadata"]["name"] = json!("held");
        let kubectl = self.scene.mesh.kubectl();
        kubectl.apply(&release.to_string()).await?;
        let said = self.write(WRITER, "held", words).await?;
        let taken_up = self.write(CONTROLLER, "held", take_up).await?;
        ensure!(taken_up.is_none(), "refused: {}", taken_up.unwrap_or_default());
        kubectl.run(&["delete", "release", "held", "-n", namespace], "").await?;
        Ok(said.is_some_and(|said| said.contains("denied request")))
    }

    /// Tries everything: all is refused, and the status stays as it is.
    pub(super) async fn all(&self) -> anyhow::Result<String> {
        let before = expect(self.scene, "releases.serin.dev", "reviews").await?;
        for (title, user, change, words) in FORGERIES {
            let said = self.write(user, "reviews", *change).await?;
            let said = said.with_context(|| format!("{title}: accepted"))?;
            let is_refused = said.contains("denied request") && said.contains(words);
            ensure!(is_refused, "{title}: expected `{words}`, found {said}");
        }
        let after = expect(self.scene, "releases.serin.dev", "reviews").await?;
        ensure!(after["status"] == before["status"], "{}", after["status"]);
        Ok(format!("{} refused", FORGERIES.len()))
    }

    /// A rollback by a user who may do nothing else.
    pub(super) async fn way_back(&self) -> anyhow::Result<String> {
        let kubectl = self.scene.mesh.kubectl();
        let role = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": "who-back"},
            "rules": [
                {"apiGroups": ["serin.dev"], "resources": ["releases"], "verbs": ["rollback"]},
            ],
        });
        let binding = binding(WRITER, "who-back", Some(&self.scene.namespace));
        let objects = json!({"apiVersion": "v1", "kind": "List", "items": [role, binding]});
        kubectl.apply(&objects.to_string()).await?;
        for change in [(|s| back(s, WRITER)) as fn(&mut Value), words, |s| {
            go(s, "RolledBack", 2, "RolledBack");
        }] {
            let said = self.write(WRITER, "reviews", change).await?;
            ensure!(said.is_none(), "refused: {}", said.unwrap_or_default());
        }
        Ok("by a user who may do nothing else".to_owned())
    }

    /// Writes a status as a user; what the API server says where it refuses.
    async fn write(
        &self,
        user: &str,
        name: &str,
        change: fn(&mut Value),
    ) -> anyhow::Result<Option<String>> {
        let mut release = expect(self.scene, "releases.serin.dev", name).await?;
        if release["status"].is_null() {
            release["status"] = json!({});
        }
        change(&mut release["status"]);
        let mesh = self.scene.mesh;
        let replace = ["replace", "--subresource=status", "-f", "-"];
        // The controller has no file.
        let (kubectl, replace) = match user {
            CONTROLLER => (mesh.kubectl().clone(), [&replace[..], &["--as", user]].concat()),
            user => (mesh.kubectl().with_config(&mesh.kubeconfig(user)), replace.to_vec()),
        };
        let output = kubectl.output(&replace, &release.to_string()).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok((!output.status.success()).then_some(said))
    }
}
