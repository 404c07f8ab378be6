//! What was measured, to be looked up by name.

use crate::row::Row;

/// What a row costs.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// The scene that it was measured in.
    pub(crate) scene: &'static str,
    pub(crate) row: Row,
    /// Instructions per request.
    pub(crate) total: f64,
    /// Those of the plain route with the same request, in the same process.
    pub(crate) plain: f64,
    /// Half of what lies between the windows of the row.
    pub(crate) spread: f64,
    /// Half of what lies between the plain route before and after all rows.
    pub(crate) drift: f64,
    /// Requests of all windows.
    pub(crate) requests: usize,
}

impl Figure {
    /// Instructions per request over the plain route.
    pub(crate) fn added(&self) -> f64 {
        self.total - self.plain
    }
}

/// All that was measured.
#[derive(Debug, Default)]
pub(crate) struct Figures(pub(crate) Vec<Figure>);

impl Figures {
    /// What a row adds, by its name, its number of rules and its request's name.
    pub(crate) fn added(&self, name: &str, rules: usize, request: &str) -> Option<f64> {
        self.of(name)
            .find(|figure| figure.row.rules == rules && figure.row.request.name == request)
            .map(Figure::added)
    }

    /// The rows of a name.
    pub(crate) fn of(&self, name: &str) -> impl Iterator<Item = &Figure> {
        self.0.iter().filter(move |figure| figure.row.name == name)
    }

    /// The names of rows, in their order.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Vec::new();
        for figure in &self.0 {
            if !names.contains(&figure.row.name) {
                names.push(figure.row.name);
            }
        }
        names
    }

    /// What a row adds with each number of rules, for one request.
    pub(crate) fn by_rules(&self, name: &str, request: &str) -> Vec<(usize, f64)> {
        let of_request = self.of(name).filter(|figure| figure.row.request.name == request);
        of_request.map(|figure| (figure.row.rules, figure.added())).collect()
    }

    /// From how many rules on `rising` costs more than `level` does; between two that were measured as on a line.
    pub(crate) fn passed(&self, rising: &str, level: &str, request: &str) -> Option<f64> {
        let rising = self.by_rules(rising, request);
        let level = self.by_rules(level, request);
        let ahead = |rules: usize, added: f64| {
            let nearest = level.iter().rev().find(|(known, _)| *known <= rules);
            nearest.map(|(_, level)| added - level)
        };
        let mut before: Option<(f64, f64)> = None;
        for (rules, added) in rising {
            let (at, ahead) = (count(rules), ahead(rules, added)?);
            if ahead >= 0.0 {
                return Some(
                    before.map_or(at, |(from, behind)| {
                        from + (at - from) * -behind / (ahead - behind)
                    }),
                );
            }
            before = Some((at, ahead));
        }
        None
    }
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub(crate) fn count(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Request;

    fn figure(name: &'static str, rules: usize, added: f64) -> Figure {
        let request = Request::canary();
        let row = Row { name, rules, request, expected: "v2", costly: 1 };
        let (total, plain) = (1000.0 + added, 1000.0);
        Figure { scene: "", row, total, plain, spread: 0.0, drift: 0.0, requests: 1 }
    }

    #[test]
    fn a_rising_row_passes_a_level_one_between_two_numbers_of_rules() {
        let rising =
            [(1, 10.0), (10, 40.0), (50, 200.0)].map(|(rules, added)| figure("a", rules, added));
        let level = [(1, 48.0), (50, 50.0)].map(|(rules, added)| figure("b", rules, added));
        let figures = Figures(rising.into_iter().chain(level).collect());
        // 8 less at 10 rules, 150 more at 50.
        let passed = figures.passed("a", "b", "canary").unwrap();
        assert!((passed - (10.0 + 40.0 * 8.0 / 158.0)).abs() < 1e-9, "{passed}");
        assert_eq!(figures.passed("b", "a", "canary"), Some(1.0));
        assert_eq!(figures.passed("a", "none", "canary"), None);
        assert_eq!(figures.added("a", 10, "canary"), Some(40.0));
    }
}
