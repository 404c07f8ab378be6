//! What the program itself costs, and what its rules add.

use super::{Part, Parts, less, slope};
use crate::scenes::{floor, gate, serin};

impl Parts<'_> {
    /// What is left for each of two headers where all were read in place of the first one, which is then not looked up.
    fn found(&self, pairs: Option<f64>, several: Option<f64>) -> Option<f64> {
        let [empty, cookie, ..] = floor::CALLS.map(|(name, _)| name);
        let first = less(self.default(cookie), self.default(empty));
        let one = less(less(self.default(serin::STATE), self.default(gate::EARLY)), first);
        Some((several? - one? - pairs?) / 2.0)
    }

    /// The program itself.
    pub(in crate::report::primitives) fn program(&self) -> Vec<Part> {
        let floor = [
            self.default(serin::ROUTES_STATE),
            self.default(gate::EARLY),
            less(self.default(floor::EMPTY), self.default(serin::ROUTES_HEADER)),
            less(self.default(floor::CALLS.map(|(name, _)| name)[1]), self.default(floor::EMPTY)),
        ];
        let floor: Option<f64> = floor.into_iter().sum();
        let rules = |name: &str| {
            let one = self.default(name);
            slope(one, self.figures.added(name, 1000, "default"), 999)
        };
        let no_draw = self.canary(serin::NO_DRAW);
        let [empty, _, _, _, pairs, ..] = floor::CALLS.map(|(name, _)| name);
        let pairs_few = less(self.default(pairs), self.default(empty));
        let pairs_many = less(self.browser(pairs), self.browser(empty));
        vec![
            (
                "program",
                "request",
                less(self.default(serin::STATE), floor),
                "Serin with one rule over the calls that it makes: the SDK, the cookies' scan, one look-up",
            ),
            (
                "find-few",
                "header",
                self.found(pairs_few, self.figures.added(serin::SEVERAL, 2, "default")),
                "one header found among all that were read, where a request has three beside the pseudo-headers",
            ),
            (
                "find-many",
                "header",
                self.found(pairs_many, self.figures.added(serin::SEVERAL, 2, "browser")),
                "the same with thirteen more",
            ),
            (
                "draw-two",
                "request",
                less(self.canary(serin::STATE), no_draw),
                "a user's place in a split of two, the identity read from the same cookies",
            ),
            (
                "draw-five",
                "request",
                less(self.canary(serin::FIVE_WAYS), no_draw),
                "the same in a split of five",
            ),
            (
                "rule-exact",
                "rule",
                rules(serin::STATE),
                "one rule more, about the exact value of a cookie of its own",
            ),
            (
                "rule-regex-literal",
                "rule",
                rules(serin::REGEX),
                "one rule more, with a regex whose literal is not in the value",
            ),
            (
                "rule-regex",
                "rule",
                rules(serin::AUTOMATA),
                "one rule more, with a regex that every value must be shown to; values of two bytes",
            ),
        ]
    }
}
