//! What rules may refer to.

use super::{Subset, SubsetId};

/// What rules may refer to.
pub(super) struct Names<'a> {
    pub(super) subsets: &'a [Subset],
    /// None where it is not declared; then no split can be completed.
    pub(super) stable: Option<SubsetId>,
    /// Whether users can be told apart at all.
    pub(super) identity: bool,
    /// Whether splits are sticky where a rule does not say.
    pub(super) sticky: bool,
}
