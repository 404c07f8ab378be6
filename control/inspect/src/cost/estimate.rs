//! What a Release costs each class of request.

use istio::render::{FULL, LITE};
use policy::Checked;

use super::class::{Class, Kind};
use super::dominant::{self, Dominant};
use super::price::Prices;
use super::primitives::{Name, Primitives};
use super::sums::Sums;
use super::{Assumed, RouteMode, count};

/// All that is known of a Release's cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The Release, as `namespace/name`.
    pub release: String,
    /// How decisions become routes.
    pub route_mode: RouteMode,
    /// What requests are like.
    pub assumed: Assumed,
    /// Whether it needs the module with the regex engine.
    pub needs_engine: bool,
    /// What each class of request costs; of those that leave stable the dearest first, and the cheapest.
    pub classes: Vec<Class>,
    /// What stands out.
    pub dominant: Option<Dominant>,
    /// The steps of the worst request, as `serin check` says them, and their instructions.
    pub worst: Option<(u64, f64)>,
    /// How many native routes what rules ask of cookies would take, each with a regex on the cookie header, and what they
    /// would cost.
    pub native: (usize, f64),
}

impl Estimate {
    /// The estimate of a Release.
    #[must_use]
    pub fn of(
        release: &Checked,
        route_mode: RouteMode,
        assumed: Assumed,
        primitives: &Primitives,
    ) -> Self {
        let prices = Prices { primitives, assumed: &assumed };
        let sums = Sums { release, route_mode: &route_mode, prices };
        let usual = release.program.usual_work();
        let mut classes = Vec::new();
        classes.extend(route_mode.gate.is_some().then(|| sums.gated()));
        classes.extend(sums.no_cookie(&usual));
        classes.push(sums.default(&usual));
        classes.extend(sums.leaving(&usual));
        let routes = dominant::about_cookies(&release.policy);
        let dominant = dominant::find(release, &usual, &sums);
        Self {
            release: release.policy.full_name(),
            needs_engine: release.program.needs_regex_engine(),
            classes,
            dominant,
            worst: worst(release.program.worst_request(), primitives),
            native: (
                routes,
                assumed.first_look_up(primitives)
                    + count(routes) * primitives.of(Name::NativeRule) * assumed.cookies(),
            ),
            route_mode,
            assumed,
        }
    }

    /// The build of the module that serves it.
    #[must_use]
    pub fn module(&self) -> &'static str {
        if self.needs_engine { FULL } else { LITE }
    }

    /// The class of this kind that costs most.
    #[must_use]
    pub fn dearest(&self, kind: Kind) -> Option<&Class> {
        let classes = self.classes.iter().filter(|class| class.kind == kind);
        classes.max_by(|a, b| a.total().total_cmp(&b.total()))
    }
}

fn worst(steps: u64, primitives: &Primitives) -> Option<(u64, f64)> {
    let each = primitives.of(Name::WorstStep);
    (steps > 0).then(|| (steps, count(usize::try_from(steps).unwrap_or(usize::MAX)) * each))
}
