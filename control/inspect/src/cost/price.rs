//! What the filter's work for a request costs, by the headers that it reads.

use policy::program::{Header, Scans, Work};

use super::assumed::{MEASURED_COOKIES, MEASURED_VALUE};
use super::class::Part;
use super::primitives::{Name, Primitives};
use super::{Assumed, count};

/// With what prices are made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices<'a> {
    pub(super) primitives: &'a Primitives,
    pub(super) assumed: &'a Assumed,
}

impl Prices<'_> {
    fn of(&self, name: Name) -> f64 {
        self.primitives.of(name)
    }

    /// A request that has all that is asked for. `at_once` says whether all headers are read where the first is wanted
    /// (filter/src/headers.rs).
    pub(super) fn work(&self, work: &Work<'_>, at_once: bool) -> Vec<(Part, f64)> {
        let mut parts = self.called();
        parts.extend(self.reads(&work.headers, at_once));
        for header in &work.headers {
            parts.extend(self.header(header));
        }
        parts
    }

    /// A request without the only header that is asked for.
    pub(super) fn without(&self, header: &Header<'_>) -> Vec<(Part, f64)> {
        let mut parts = self.called();
        // What is not there is not copied, whichever function says so.
        let part = if header.all_lines { Part::ReadLines } else { Part::ReadOne };
        parts.push((part, self.of(Name::GetAbsent)));
        parts.push((Part::FirstLookUp, self.assumed.first_look_up(self.primitives)));
        parts
    }

    fn called(&self) -> Vec<(Part, f64)> {
        // Its measure went through cookies.
        let bytes = count(MEASURED_COOKIES - MEASURED_VALUE) * self.of(Name::CookieByte)
            + count(MEASURED_VALUE) * self.of(Name::ValueByte);
        let program = (self.of(Name::Program) - bytes).max(0.0);
        vec![(Part::Stream, self.of(Name::Stream)), (Part::Program, program)]
    }

    fn reads(&self, headers: &[Header<'_>], at_once: bool) -> Vec<(Part, f64)> {
        let Some(first) = headers.first() else { return Vec::new() };
        let all = |found: usize| {
            let found = count(found) * self.assumed.find(self.primitives);
            (Part::ReadAll, self.assumed.pairs(self.primitives) + found)
        };
        // To give all of them nothing is looked up.
        if at_once {
            return vec![all(headers.len())];
        }
        let one = if first.all_lines {
            (Part::ReadLines, self.of(Name::Property))
        } else {
            (Part::ReadOne, self.of(Name::GetFirst))
        };
        let look_up = (Part::FirstLookUp, self.assumed.first_look_up(self.primitives));
        let mut parts = vec![look_up, one];
        if headers.len() > 1 {
            parts.push(all(headers.len() - 1));
        }
        parts
    }

    /// What goes through its value.
    fn header(&self, header: &Header<'_>) -> Vec<(Part, f64)> {
        let value = count(self.assumed.value_bytes);
        let (scan, whole) = if header.name == "cookie" {
            let cookies = count(self.assumed.cookie_bytes);
            let value = value.min(cookies);
            let others = (cookies - value) * self.of(Name::CookieByte);
            (others + value * self.of(Name::ValueByte), cookies)
        } else {
            (value * self.of(Name::ValueByte), value)
        };
        let mut parts = vec![(Part::Scan, scan)];
        parts.extend(self.scans(header.whole, whole));
        parts.extend(self.scans(header.part, value.min(whole)));
        parts
    }

    fn scans(&self, scans: Scans, bytes: f64) -> [(Part, f64); 2] {
        // Its measure had values of two bytes.
        let each = self.of(Name::RuleRegex) - count(MEASURED_VALUE) * self.of(Name::AutomatonByte);
        let automaton = each.max(0.0) + bytes * self.of(Name::AutomatonByte);
        [
            (Part::Search, count(scans.searches) * bytes * self.of(Name::LiteralByte)),
            (Part::Regexes, count(scans.automata) * automaton),
        ]
    }

    /// A draw among so many subsets: on a line through those that were measured.
    pub(super) fn draw(&self, subsets: usize) -> f64 {
        if subsets < 2 {
            return 0.0;
        }
        let [two, five] = [Name::DrawTwo, Name::DrawFive].map(|name| self.of(name));
        two + (count(subsets) - 2.0) * (five - two) / 3.0
    }
}
