//! Whether a namespace has frozen rollouts.

use policy::rollout::Freeze;

use super::{Cluster, Error, Resource};

/// The annotation of a namespace that freezes rollouts: why. That of the controller freezes all, another one those of
/// its own Releases.
pub const FREEZE: &str = "serin.dev/freeze";
/// So much of a reason is told.
const MAX_REASON: usize = 200;

impl dyn Cluster + '_ {
    /// The freeze of a namespace, where there is one.
    ///
    /// # Errors
    /// When the cluster cannot be asked.
    pub async fn freeze(&self, namespace: &str) -> Result<Option<Freeze>, Error> {
        let found = self.get(&Resource::NAMESPACE, None, namespace).await?;
        let reason = found.as_ref().and_then(|found| found.annotation(FREEZE));
        Ok(reason.map(|reason| Freeze { namespace: namespace.to_owned(), reason: line(reason) }))
    }
}

/// One line of bounded length.
fn line(reason: &str) -> String {
    let words: Vec<&str> = reason.split_whitespace().collect();
    words.join(" ").chars().take(MAX_REASON).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line() {
        assert_eq!(line(" no\nreleases  before Monday\n"), "no releases before Monday");
        assert_eq!(line(""), "");
        assert_eq!(line(&"x".repeat(1000)).len(), MAX_REASON);
    }
}
