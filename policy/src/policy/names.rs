//! What rules may refer to.

use super::{Subset, SubsetId};

/// What rules may refer to.
pub(crate) struct Names<'a> {
    pub(crate) subsets: &'a [Subset],
    /// None where it is not declared; then no split can be completed.
    pub(crate) stable: Option<SubsetId>,
    /// Whether users can be told apart at all.
    pub(crate) identity: bool,
    /// Whether splits are sticky where a rule does not say.
    pub(crate) sticky: bool,
}
