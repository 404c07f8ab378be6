//! What a Release costs each class of request.

use istio::render::{FULL, LITE};
use policy::Checked;
use policy::policy::{DEFAULT_RULE, Split};
use policy::program::Work;

use super::class::{Class, Kind, Part};
use super::most::{self, Most};
use super::price::Prices;
use super::primitives::{Name, Primitives};
use super::{Assumed, Way, count};

/// All that is known of a Release's cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The Release, as `namespace/name`.
    pub release: String,
    /// How decisions become routes.
    pub way: Way,
    /// What requests are like.
    pub assumed: Assumed,
    /// Whether it needs the module with the regex engine.
    pub needs_engine: bool,
    /// What each class of request costs; of those that leave stable the dearest first, and the cheapest.
    pub classes: Vec<Class>,
    /// What stands out.
    pub most: Option<Most>,
    /// The steps of the worst request, as `serin check` says them, and their instructions.
    pub worst: Option<(u64, f64)>,
    /// How many native routes what rules ask of cookies would take, each with a regex on the cookie header, and what they
    /// would cost.
    pub native: (usize, f64),
}

impl Estimate {
    /// The estimate of a Release.
    #[must_use]
    pub fn of(release: &Checked, way: Way, assumed: Assumed, primitives: &Primitives) -> Self {
        let prices = Prices { primitives, assumed: &assumed };
        let sums = Sums { release, way: &way, prices };
        let usual = release.program.usual_work();
        let mut classes = Vec::new();
        classes.extend(way.gate.is_some().then(|| sums.gated()));
        classes.extend(sums.no_cookie(&usual));
        classes.push(sums.default(&usual));
        classes.extend(sums.leaving(&usual));
        let routes = most::about_cookies(&release.policy);
        let most = most::of(release, &usual, &sums);
        Self {
            release: release.policy.full_name(),
            needs_engine: release.program.needs_regex_engine(),
            classes,
            most,
            worst: worst(release.program.worst_request(), primitives),
            native: (
                routes,
                assumed.first_look_up(primitives)
                    + count(routes) * primitives.of(Name::NativeRule) * assumed.cookies(),
            ),
            way,
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

/// What the classes are summed up with.
pub(super) struct Sums<'a> {
    pub(super) release: &'a Checked,
    way: &'a Way,
    pub(super) prices: Prices<'a>,
}

impl Sums<'_> {
    /// What comes before the filter for what reaches it.
    fn before(&self) -> Vec<(Part, f64)> {
        let Prices { primitives, assumed } = self.prices;
        let mut parts = self.way.routes(assumed, primitives, true);
        parts.extend(self.way.gate(assumed, primitives));
        parts
    }

    fn gated(&self) -> Class {
        let Prices { primitives, assumed } = self.prices;
        let mut parts = self.way.routes(assumed, primitives, false);
        parts.extend(self.way.gate(assumed, primitives));
        Class::new(Kind::Gated, None, parts)
    }

    /// Where nothing but cookies is read. Behind a gate such a request never is.
    fn no_cookie(&self, usual: &Work<'_>) -> Option<Class> {
        let [header] = usual.headers.as_slice() else { return None };
        if header.name != "cookie" || self.way.gate.is_some() {
            return None;
        }
        let Prices { primitives, assumed } = self.prices;
        let mut parts = self.way.routes(assumed, primitives, true);
        parts.extend(self.prices.without(header));
        parts.extend(self.counted());
        Some(Class::new(Kind::NoCookie, None, parts))
    }

    /// What no rule takes. A split of everybody draws, also where the outcome is stable.
    pub(super) fn default(&self, usual: &Work<'_>) -> Class {
        let mut parts = self.before();
        parts.extend(self.prices.work(usual, self.release.program.reads_at_once()));
        parts.push((Part::Draw, self.prices.draw(subsets(self.release.policy.split()))));
        parts.extend(self.counted());
        Class::new(Kind::Default, None, parts)
    }

    /// What leaves stable: the dearest and the cheapest, by what they are taken by.
    fn leaving(&self, usual: &Work<'_>) -> Vec<Class> {
        let policy = &self.release.policy;
        let leaves = |split: &Split| split.only() != Some(policy.stable());
        let mut all: Vec<Class> = Vec::new();
        for (number, rule) in policy.rules().iter().enumerate() {
            if leaves(rule.split()) {
                let works = self.release.program.work_of_rule(number);
                all.extend(works.map(|work| self.canary(rule.name(), &work, rule.split())));
            }
        }
        if leaves(policy.split()) {
            all.push(self.canary(DEFAULT_RULE, usual, policy.split()));
        }
        let by_total = |a: &&Class, b: &&Class| a.total().total_cmp(&b.total());
        // Of equals the first, on both sides.
        let Some(dearest) = all.iter().rev().max_by(by_total) else { return Vec::new() };
        let cheapest = all.iter().min_by(by_total);
        // What differs by less than the figures are good for is the same.
        let cheapest = cheapest.filter(|class| dearest.total() - class.total() >= 100.0);
        [Some(dearest), cheapest].into_iter().flatten().cloned().collect()
    }

    fn canary(&self, rule: &str, work: &Work<'_>, split: &Split) -> Class {
        let mut parts = self.before();
        parts.extend(self.prices.work(work, self.release.program.reads_at_once()));
        parts.push((Part::Draw, self.prices.draw(subsets(split))));
        let write = if self.way.by_header { Name::WriteHeader } else { Name::WriteFilterState };
        parts.push((Part::Write, self.prices.primitives.of(write)));
        parts.extend(self.counted());
        Class::new(Kind::Canary, Some(rule), parts)
    }

    fn counted(&self) -> Option<(Part, f64)> {
        let is_counted = self.release.policy.counters();
        is_counted.then(|| (Part::Count, self.prices.primitives.of(Name::Count)))
    }
}

/// How many subsets a split draws among: none where it gives everybody to one.
fn subsets(split: &Split) -> usize {
    if split.only().is_some() { 0 } else { split.shares().count() }
}
