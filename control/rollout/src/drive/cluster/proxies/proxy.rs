//! A proxy of the mesh, as the control plane knows it.

/// Behind the version of a push, each nonce has a UUID.
const UUID: usize = 36;

/// What a proxy was sent of a kind of resources, and what it took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// What tells the last that it was sent.
    pub sent: String,
    /// What tells the last that it took.
    pub acked: String,
    /// Why it did not take the last; empty: it did, or has not said yet.
    pub error: String,
}

impl Exchange {
    /// The number of the push with which it was sent last: an istiod counts its pushes, and writes `<time>/<number><UUID>`
    /// on what it sends.
    pub(super) fn push(&self) -> Option<u64> {
        let version = self.sent.get(..self.sent.len().checked_sub(UUID)?)?;
        version.rsplit_once('/')?.1.parse().ok()
    }
}

/// A proxy, with what it was sent of the resources that a Release is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxy {
    /// `<name>.<namespace>`.
    pub name: String,
    /// The pod of the istiod that it is connected to.
    pub istiod: String,
    /// Of clusters, listeners, routes, and extensions' configurations.
    pub exchanges: [Exchange; 4],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_says_with_which_push() {
        let push = |sent: &str| Exchange { sent: sent.to_owned(), ..Exchange::default() }.push();
        // The UUID begins with a number, too.
        let nonce = "2026-11-30T16:07:41Z/1276b6b3a7f-9d2f-4c0e-8d59-0a5a3f0c2b11";
        assert_eq!(push(nonce), Some(127));
        for other in ["", "7", "2026-11-30T16:07:41Z/12", &nonce[1..40], &"\u{e9}".repeat(30)] {
            assert_eq!(push(other), None, "{other}");
        }
    }
}
