//! How each part is derived: differences between rows that differ in it, and slopes.

mod program;

use crate::figures::{Figures, count};
use crate::scenes::{floor, gate, native, serin, worst};

/// A name, what there is one of each for, the instructions, and what it is.
pub(super) type Part = (&'static str, &'static str, Option<f64>, &'static str);

pub(super) struct Parts<'a> {
    figures: &'a Figures,
}

impl<'a> Parts<'a> {
    pub(super) fn of(figures: &'a Figures) -> Self {
        Self { figures }
    }

    fn default(&self, name: &str) -> Option<f64> {
        self.figures.added(name, 1, "default")
    }

    fn canary(&self, name: &str) -> Option<f64> {
        self.figures.added(name, 1, "canary")
    }

    fn browser(&self, name: &str) -> Option<f64> {
        self.figures.added(name, 1, "browser")
    }

    /// What one more byte costs, from values of 1002 and 4002 bytes.
    fn value_byte(&self, name: &str, rules: usize) -> Option<f64> {
        let short = self.figures.added(name, rules, "value of 1002 B");
        slope(short, self.figures.added(name, rules, "value of 4002 B"), 3000)
    }

    /// What a route that looks at cookies costs more where there are some.
    fn search(&self, name: &str) -> Option<f64> {
        let with = self.figures.added(name, 1, "unnamed");
        less(with, self.figures.added(name, 1, "no cookie"))
    }

    /// What Envoy does for Serin without the filter.
    pub(super) fn envoy(&self) -> Vec<Part> {
        let first_look_up = self.default(gate::EARLY);
        vec![
            (
                "first-look-up",
                "request",
                first_look_up,
                "the first look-up of a header by its name: the filter makes it, unless a route or the early removal of a header did",
            ),
            (
                "first-look-up-many",
                "request",
                less(self.browser(floor::EMPTY), self.default(floor::EMPTY)),
                "what it costs more where a request has thirteen headers more",
            ),
            (
                "routes-by-header",
                "request",
                less(self.default(serin::ROUTES_HEADER), first_look_up),
                "the rendered routes, for decisions as a header",
            ),
            (
                "routes-by-filter-state",
                "request",
                self.default(serin::ROUTES_STATE),
                "the rendered routes, for decisions as filter state",
            ),
            (
                "gate-contains",
                "request",
                self.search(gate::CONTAINS),
                "a native route that asks whether 147 bytes of cookies contain a text, beside the first look-up",
            ),
            (
                "gate-regex",
                "request",
                self.search(gate::SAFE_REGEX),
                "the same with the regex `.*version=.*`",
            ),
            (
                "native-rule",
                "rule",
                slope(
                    self.default(native::REGEX),
                    self.figures.added(native::REGEX, 100, "default"),
                    99,
                ),
                r"one native route more that asks 147 bytes of cookies for a regex `^(.*?;)?(\s*NAME=VALUE)(;.*)?$`",
            ),
        ]
    }

    /// Calls between Envoy and the module, the floor's.
    pub(super) fn calls(&self) -> Vec<Part> {
        let [empty, cookie, path, user, pairs, property, counter, header, state] =
            floor::CALLS.map(|(name, _)| name);
        let first = self.default(cookie);
        let by_header = less(self.default(serin::ROUTES_HEADER), self.default(gate::EARLY));
        vec![
            (
                "stream",
                "request",
                less(self.default(empty), self.default(serin::ROUTES_HEADER)),
                "the module's context for the request, and a callback that does nothing",
            ),
            (
                "get-first",
                "header",
                less(first, self.default(empty)),
                "the first header that is read (the cookies, 147 bytes)",
            ),
            ("get-second", "header", less(self.default(path), first), "the second one (`:path`)"),
            ("get-third", "header", less(self.browser(user), self.browser(path)), "the third one"),
            (
                "get-absent",
                "header",
                less(self.default(user), self.default(path)),
                "a header that is not there",
            ),
            (
                "pairs-few",
                "request",
                less(self.default(pairs), self.default(empty)),
                "all headers at once, where a request has three beside the pseudo-headers",
            ),
            (
                "pairs-many",
                "request",
                less(self.browser(pairs), self.browser(empty)),
                "the same with thirteen more",
            ),
            (
                "property",
                "header",
                less(self.default(property), self.default(empty)),
                "a header with all its lines, as a property",
            ),
            ("count", "counter", less(self.default(counter), first), "one more on a counter"),
            (
                "write-header",
                "request",
                less(self.default(header), first),
                "the decision as a header, and the new route",
            ),
            (
                "write-filter-state",
                "request",
                less(
                    less(self.default(state), first),
                    less(self.default(serin::ROUTES_STATE), by_header),
                ),
                "the decision as filter state, the route cache cleared, and the new route",
            ),
        ]
    }

    /// Bytes that are read.
    pub(super) fn reads(&self) -> Vec<Part> {
        let more = |name| self.figures.added(serin::LONGER, 1, name);
        let step = self.step();
        let value = less(self.value_byte(serin::ONE_AUTOMATON, 1), step);
        vec![
            (
                "cookie-byte",
                "byte",
                slope(more("cookies of 1147 B"), more("cookies of 4147 B"), 3000),
                "a byte more of cookies that no rule asks for, in pairs of 19 bytes: copied into the module and scanned",
            ),
            (
                "value-byte",
                "byte",
                value,
                "a byte more of the value of one cookie: copied and scanned",
            ),
            (
                "look-up-byte",
                "byte",
                less(self.value_byte(serin::LONGER, 1), value),
                "the same byte where exact values are asked for: one look-up for all of them",
            ),
            (
                "literal-byte",
                "byte",
                less(self.value_byte(serin::ONE_LITERAL, 1), value),
                "the same byte where it is searched for the texts of `prefix`, `suffix`, `contains` and regexes: one search for all",
            ),
            (
                "automaton-byte",
                "step",
                step,
                "the same byte for each regex that must look at it: a step, as `serin check` counts them",
            ),
            (
                "worst-pair",
                "cookie",
                self.worst_pair(),
                "a cookie of the worst request for exact values: each is asked for and has another value, all else included",
            ),
            (
                "worst-step",
                "step",
                self.worst_step(),
                "a step of the worst request that could be made, all else of that request included",
            ),
        ]
    }

    /// One byte more for one regex more.
    fn step(&self) -> Option<f64> {
        less(self.value_byte(serin::TWO_AUTOMATA, 2), self.value_byte(serin::ONE_AUTOMATON, 1))
    }

    fn worst_pair(&self) -> Option<f64> {
        let figure = self.figures.of(worst::NEAR_MISSES).next()?;
        let pairs = figure.row.request.bytes.windows(2).filter(|bytes| *bytes == b"; ").count() + 1;
        Some(figure.added() / count(pairs))
    }

    fn worst_step(&self) -> Option<f64> {
        let figure = self.figures.of(worst::AUTOMATA).next()?;
        Some(figure.added() / (count(figure.row.rules) * count(worst::VALUE)))
    }
}

fn less(whole: Option<f64>, part: Option<f64>) -> Option<f64> {
    Some(whole? - part?)
}

fn slope(from: Option<f64>, to: Option<f64>, steps: usize) -> Option<f64> {
    Some((to? - from?) / count(steps))
}
