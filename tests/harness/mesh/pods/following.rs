//! Servers for pods as they come and go.

use std::process::Stdio;

use anyhow::Context;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::time::sleep;

use super::super::{Kubectl, POLL};
use super::pod::{self, Pod};
use super::servers::Servers;
use super::{GRACE, Log};

pub(super) struct Following {
    pub(super) kubectl: Kubectl,
    pub(super) namespace: String,
    pub(super) servers: Servers,
    pub(super) log: Log,
}

impl Following {
    /// Starts a server for each pod whose containers run, as soon as they do, and ends it when they do no more, or a
    /// while after the pod has gone. Begins anew where the API ends the conversation.
    pub(super) async fn follow(self) {
        loop {
            // While the API is away no news of pods arrive, and those that there are go on.
            let _ = self.watch().await;
            sleep(POLL).await;
        }
    }

    async fn watch(&self) -> anyhow::Result<()> {
        self.servers.keep(&list(&self.kubectl, &self.namespace).await?);
        let path = format!("/api/v1/namespaces/{}/pods?watch=true", self.namespace);
        let mut child = self
            .kubectl
            .command(&["get", "--raw", &path])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run kubectl")?;
        let output = child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(output).lines();
        // The pods that there are come first, each as if it had just been added.
        while let Some(line) = lines.next_line().await? {
            let event: Value = serde_json::from_str(&line)?;
            self.hear(&event).await?;
        }
        Ok(())
    }

    async fn hear(&self, event: &Value) -> anyhow::Result<()> {
        let object = &event["object"];
        let uid = object.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default();
        if event["type"] == "DELETED" {
            let (servers, uid) = (self.servers.clone(), uid.to_owned());
            tokio::spawn(async move {
                sleep(GRACE).await;
                servers.end(&uid);
            });
            return Ok(());
        }
        let Some(pod) = pod::read(object) else {
            self.servers.end(uid);
            return Ok(());
        };
        self.servers.start(&pod, &self.log).await
    }
}

/// The pods that a namespace has now.
pub(super) async fn list(kubectl: &Kubectl, namespace: &str) -> anyhow::Result<Vec<Pod>> {
    let pods = kubectl.get(&["pods", "-n", namespace]).await?;
    let items = pods["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(items.iter().filter_map(pod::read).collect())
}
