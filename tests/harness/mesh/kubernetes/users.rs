//! The users of the API: each has a token and a kubeconfig of their own, and some may do everything.

use std::fs;
use std::path::{Path, PathBuf};

use super::API;

/// The user whom the mesh itself acts as.
pub(super) const ADMIN: &str = "admin";
/// All users, and the groups that they are in: the first one's members may do everything.
const USERS: [(&str, &str); 7] = [
    (ADMIN, "system:masters"),
    ("alice", "system:masters"),
    ("bob", "system:masters"),
    // May do what a role lets them.
    ("carol", "developers"),
    ("dave", "developers"),
    ("erin", "developers"),
    ("frank", "developers"),
];

/// Where the kubeconfig of a user is.
pub(in crate::mesh) fn kubeconfig(folder: &Path, user: &str) -> PathBuf {
    folder.join(format!("{user}.kubeconfig"))
}

/// A kubeconfig for `server` as `user`. The API signs its own certificate: it is asked on loopback, in a namespace
/// where no one else is.
pub(in crate::mesh) fn config(server: &str, user: &str) -> String {
    format!(
        "apiVersion: v1
kind: Config
clusters: [{{name: mesh, cluster: {{server: \"{server}\", insecure-skip-tls-verify: true}}}}]
users: [{{name: {user}, user: {{token: {user}}}}}]
contexts: [{{name: mesh, context: {{cluster: mesh, user: {user}, namespace: default}}}}]
current-context: mesh
"
    )
}

/// Writes every user's kubeconfig, and the file that tells the API who they are.
pub(super) fn write(folder: &Path) -> anyhow::Result<PathBuf> {
    for (user, _) in USERS {
        fs::write(kubeconfig(folder, user), config(API, user))?;
    }
    let tokens = USERS.map(|(user, group)| format!("{user},{user},{user},\"{group}\"\n"));
    let path = folder.join("tokens.csv");
    fs::write(&path, tokens.concat())?;
    Ok(path)
}
