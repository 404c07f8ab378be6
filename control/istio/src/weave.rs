//! Weaves a Release into objects that a user already has: a VirtualService gets what the route mode needs, a
//! DestinationRule the subsets that it lacks. Only bytes that must change do.
//!
//! Woven is what [`undo`] can take out again byte for byte; weaving begins with that, so that twice is as once.
//! What was added stands in an annotation of each object (`serin.dev/woven`), since that outlives `kubectl`. A file
//! may hold several documents, lists of objects (`kubectl get -o yaml`), and objects of other kinds.

mod copies;
mod destination_rule;
mod edit;
mod file;
mod gate;
mod insert;
mod matches;
mod memory;
mod mirror;
mod naming;
mod pins;
mod reach;
mod reading;
mod undo;
mod verdict;

use document::load::Source;
use document::report::Diagnostic;
use policy::policy::SubsetId;
use policy::{Policy, Problem};
use serde_json::Value;

use crate::gate::Gate;
use crate::visibility::InFile;
use crate::{field, host, object, virtual_service};

/// What a woven VirtualService must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Every rule to the host has a name and is pinned to the stable subset; patches do the rest.
    Names,
    /// Besides, each has a copy for every other subset in front, taken where the decision's header says so.
    Copies,
}

/// How to weave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What for.
    pub mode: Mode,
    /// Which of the gateways of a VirtualService are those of `attach`, as written there or as `<namespace>/<name>`;
    /// needed only where it has several.
    pub gateways: Vec<String>,
    /// What the filter has to see; with [`Mode::Copies`] each rule has a copy that takes only that.
    pub gate: Option<Gate>,
}

/// A file or an object after weaving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Woven<T = String> {
    /// The text of the file or the value of the object; as it was where there was nothing to do.
    pub output: T,
    /// Whether a DestinationRule of the host is among its documents; one for some callers only does not count.
    pub has_destination_rule: bool,
    /// The DestinationRules of the host, as far as they say whose they are and what they have then.
    pub rules: Vec<InFile>,
    /// What a VirtualService of the host for the mesh (and so for sidecars) has, if one is among its documents.
    pub mesh: Option<Rules>,
    /// Whether not every sidecar of the mesh sees that one: the others need ours.
    pub is_private: bool,
    /// The same for gateways.
    pub gateways: Option<Rules>,
    /// The VirtualServices and DestinationRules with which the Release has nothing to do.
    pub unrelated: Vec<String>,
    /// Those of the host that no proxy of `attach` sees, and what that means.
    pub hidden: Vec<String>,
    /// What the user should know: rules that are left alone, and why.
    pub notes: Vec<String>,
}

/// The rules of a VirtualService that a Release is about, by the names that their routes have in Envoy
/// (`<rule>` or `<rule>.<match>`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Where the filter is to run: the user's own rules to the host, or their copies that take what passes the gate.
    pub switched: Vec<String>,
    /// The rules behind such copies.
    pub ungated: Vec<String>,
    /// Their copies, each for one subset.
    pub copies: Vec<(SubsetId, String)>,
}

/// Weaves the Release into the objects of a file.
///
/// # Errors
/// With everything in the file that stands in the way.
pub fn weave(
    source: &Source,
    policy: &Policy,
    options: &Options,
) -> Result<Woven, Vec<Diagnostic>> {
    file::weave(source, policy, options)
}

/// Weaves the Release into an object that is no file's. Numbers are written as in JSON: `90`, not `90.0`.
///
/// # Errors
/// With everything that stands in the way.
pub fn weave_object(
    object: &Value,
    policy: &Policy,
    options: &Options,
) -> Result<Woven<Value>, Vec<Problem>> {
    file::weave_object(object, policy, options)
}

/// Takes the Release out of the objects of a file: the text as it was before it was woven in.
///
/// # Errors
/// With everything in the file that cannot be understood.
pub fn undo(source: &Source, policy: &Policy) -> Result<String, Vec<Diagnostic>> {
    undo::undo(source, policy).map(|edited| edited.text)
}

#[cfg(test)]
mod tests;
