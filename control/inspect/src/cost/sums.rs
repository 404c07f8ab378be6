//! The classes of requests of a Release, each summed up from what its parts cost.

use policy::Checked;
use policy::policy::{DEFAULT_RULE, Split};
use policy::program::Work;

use super::RouteMode;
use super::class::{Class, Kind, Part};
use super::price::Prices;
use super::primitives::Name;

/// What the classes are summed up with.
pub(super) struct Sums<'a> {
    pub(super) release: &'a Checked,
    pub(super) route_mode: &'a RouteMode,
    pub(super) prices: Prices<'a>,
}

impl Sums<'_> {
    /// What comes before the filter for what reaches it.
    fn before(&self) -> Vec<(Part, f64)> {
        let Prices { primitives, assumed } = self.prices;
        let mut parts = self.route_mode.routes(assumed, primitives, true);
        parts.extend(self.route_mode.gate(assumed, primitives));
        parts
    }

    pub(super) fn gated(&self) -> Class {
        let Prices { primitives, assumed } = self.prices;
        let mut parts = self.route_mode.routes(assumed, primitives, false);
        parts.extend(self.route_mode.gate(assumed, primitives));
        Class::new(Kind::Gated, None, parts)
    }

    /// Where nothing but cookies is read. Behind a gate such a request never is.
    pub(super) fn no_cookie(&self, usual: &Work<'_>) -> Option<Class> {
        let [header] = usual.headers.as_slice() else { return None };
        if header.name != "cookie" || self.route_mode.gate.is_some() {
            return None;
        }
        let Prices { primitives, assumed } = self.prices;
        let mut parts = self.route_mode.routes(assumed, primitives, true);
        parts.extend(self.prices.without(header));
        parts.extend(self.counted());
        Some(Class::new(Kind::NoCookie, None, parts))
    }

    /// What no rule takes. A split of all users draws, also where the outcome is stable.
    pub(super) fn default(&self, usual: &Work<'_>) -> Class {
        let mut parts = self.before();
        parts.extend(self.prices.work(usual, self.release.program.reads_at_once()));
        parts.push((Part::Draw, self.prices.draw(subsets(self.release.policy.split()))));
        parts.extend(self.counted());
        Class::new(Kind::Default, None, parts)
    }

    /// What leaves stable: the dearest and the cheapest, by what they are taken by.
    pub(super) fn leaving(&self, usual: &Work<'_>) -> Vec<Class> {
        let policy = &self.release.policy;
        let leaves = |split: &Split| split.only() != Some(policy.stable());
        let mut ends = Ends::default();
        let rule = |number: usize| policy.rules().get(number);
        let is_leaving = |number| rule(number).is_some_and(|rule| leaves(rule.split()));
        for (number, work) in self.release.program.works_of(is_leaving) {
            if let Some(rule) = rule(number) {
                ends.add(self.canary(rule.name(), &work, rule.split()));
            }
        }
        if leaves(policy.split()) {
            ends.add(self.canary(DEFAULT_RULE, usual, policy.split()));
        }
        let Some((dearest, cheapest)) = ends.0 else { return Vec::new() };
        // What differs by less than the figures are good for is the same.
        let differs = dearest.total() - cheapest.total() >= 100.0;
        [Some(dearest), differs.then_some(cheapest)].into_iter().flatten().collect()
    }

    fn canary(&self, rule: &str, work: &Work<'_>, split: &Split) -> Class {
        let mut parts = self.before();
        parts.extend(self.prices.work(work, self.release.program.reads_at_once()));
        parts.push((Part::Draw, self.prices.draw(subsets(split))));
        let write =
            if self.route_mode.by_header { Name::WriteHeader } else { Name::WriteFilterState };
        parts.push((Part::Write, self.prices.primitives.of(write)));
        parts.extend(self.counted());
        Class::new(Kind::Canary, Some(rule), parts)
    }

    fn counted(&self) -> Option<(Part, f64)> {
        let is_counted = self.release.policy.counters();
        is_counted.then(|| (Part::Count, self.prices.primitives.of(Name::Count)))
    }
}

/// The dearest class and the cheapest, of equals the first: there may be too many to keep.
#[derive(Default)]
struct Ends(Option<(Class, Class)>);

impl Ends {
    fn add(&mut self, class: Class) {
        let Some((dearest, cheapest)) = &mut self.0 else {
            self.0 = Some((class.clone(), class));
            return;
        };
        if class.total() > dearest.total() {
            dearest.clone_from(&class);
        }
        if class.total() < cheapest.total() {
            *cheapest = class;
        }
    }
}

/// How many subsets a split draws among: none where it gives all users to one.
fn subsets(split: &Split) -> usize {
    if split.only().is_some() { 0 } else { split.shares().count() }
}
