//! A plugin as `client.authentication.k8s.io` has it: it is told what is asked for in its environment, and prints an
//! `ExecCredential`.

use std::time::Duration;

use kube::config::{ExecConfig, ExecInteractiveMode};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::process::Command;

use super::{Credential, process, time};

/// What a plugin is told in.
const INFO: &str = "KUBERNETES_EXEC_INFO";

pub(super) async fn credential(exec: &ExecConfig, limit: Duration) -> Result<Credential, String> {
    let may_ask = exec.interactive_mode != Some(ExecInteractiveMode::Never);
    let mut command = Command::new(exec.command.as_deref().unwrap_or_default());
    command.args(exec.args.iter().flatten());
    for variable in exec.env.iter().flatten() {
        if let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) {
            command.env(name, value);
        }
    }
    command.env(INFO, info(exec, may_ask).to_string());
    let printed = process::printed(command, may_ask, limit).await;
    let printed = printed.map_err(|what| match &exec.install_hint {
        Some(hint) if what.starts_with("cannot be run") => format!("{what}\n{}", hint.trim()),
        _ => what,
    })?;
    read(&printed)
}

/// What is asked of it.
fn info(exec: &ExecConfig, may_ask: bool) -> Value {
    let mut spec = json!({ "interactive": may_ask });
    if let Some(cluster) = exec.cluster.as_ref().filter(|_| exec.provide_cluster_info) {
        spec["cluster"] = json!(cluster);
    }
    json!({ "kind": "ExecCredential", "apiVersion": exec.api_version, "spec": spec })
}

/// The credential that was printed: in JSON, or in YAML, which `kubectl` takes too.
fn read(printed: &[u8]) -> Result<Credential, String> {
    let value = serde_json::from_slice(printed).ok();
    let value: Option<Value> = value.or_else(|| serde_saphyr::from_slice(printed).ok());
    let value = value.filter(Value::is_object).ok_or("did not print an ExecCredential")?;
    let status = value.get("status").filter(|status| status.is_object());
    let status = status.ok_or("printed an ExecCredential without `status`")?;
    let text = |key: &str| status.get(key).and_then(Value::as_str).map(str::to_owned);
    let token = text("token").map(SecretString::from);
    let identity = text("clientCertificateData").zip(text("clientKeyData"));
    let identity = identity.map(|(certificate, key)| (certificate, key.into()));
    if token.is_none() && identity.is_none() {
        let what = "printed an ExecCredential with neither a `token` nor `clientCertificateData` and `clientKeyData`";
        return Err(what.to_owned());
    }
    let expires = text("expirationTimestamp").map(|text| time(&text)).transpose()?;
    Ok(Credential { token, identity, expires })
}
