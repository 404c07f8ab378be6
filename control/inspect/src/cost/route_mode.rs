//! How decisions become routes, as far as it costs requests anything.

use istio::gate::{Condition, Gate, Input, Relation, Test};
use istio::render::mode::Mode;
use policy::Policy;

use super::class::Part;
use super::primitives::{Name, Primitives};
use super::{Assumed, count};

/// A route mode with what it makes of a Release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteMode {
    /// Its name on the command line.
    pub name: &'static str,
    /// Whether decisions are a header, and not filter state.
    pub by_header: bool,
    /// Whether the gate's routes have regexes, as a VirtualService must.
    pub gate_is_regex: bool,
    /// The gate, where one is rendered.
    pub gate: Option<Gate>,
}

impl RouteMode {
    /// That of a mesh.
    #[must_use]
    pub fn of_mesh(mode: Mode, policy: &Policy) -> Self {
        Self {
            name: mode.name(),
            by_header: mode != Mode::Matcher,
            gate_is_regex: true,
            gate: mode.gate(policy, true),
        }
    }

    /// That of an Envoy without Istio.
    #[must_use]
    pub fn of_envoy(policy: &Policy) -> Self {
        let gate = Gate::of(policy);
        Self { name: "envoy", by_header: false, gate_is_regex: false, gate }
    }

    /// What all requests of the host pay before the filter, beside the gate: `passes` says that they are shown to it.
    pub(super) fn routes(
        &self,
        assumed: &Assumed,
        primitives: &Primitives,
        passes: bool,
    ) -> Vec<(Part, f64)> {
        let first_look_up = (Part::FirstLookUp, assumed.first_look_up(primitives));
        match (self.by_header, passes) {
            // Clients' own decisions are removed from each request.
            (true, _) => {
                vec![first_look_up, (Part::Routes, primitives.of(Name::RoutesByHeader))]
            }
            (false, true) => vec![(Part::Routes, primitives.of(Name::RoutesByFilterState))],
            (false, false) => Vec::new(),
        }
    }

    /// What the gate costs a request that has what it looks at.
    pub(super) fn gate(&self, assumed: &Assumed, primitives: &Primitives) -> Vec<(Part, f64)> {
        let Some(gate) = &self.gate else { return Vec::new() };
        let searches: f64 = gate
            .conditions()
            .iter()
            .map(|condition| self.question(condition, assumed, primitives))
            .sum();
        let mut parts = vec![(Part::Gate, searches)];
        if !self.by_header {
            parts.push((Part::FirstLookUp, assumed.first_look_up(primitives)));
        }
        parts
    }

    /// A condition's own route; what it searches is assumed to be there.
    fn question(&self, condition: &Condition, assumed: &Assumed, primitives: &Primitives) -> f64 {
        let is_regex = match &condition.test {
            Test::Present => matches!(condition.input, Input::Query(_)),
            Test::Text { relation, .. } => *relation == Relation::Contains,
        };
        let name =
            if self.gate_is_regex && is_regex { Name::GateRegex } else { Name::GateContains };
        let is_cookie = matches!(&condition.input, Input::Header(name) if name == "cookie");
        let bytes = if is_cookie {
            assumed.cookies()
        } else {
            count(assumed.value_bytes) / count(super::assumed::MEASURED_COOKIES)
        };
        primitives.of(name) * bytes
    }
}
