//! Cost against the number of rules, both on logarithmic axes, as an image that is legible on light and dark pages.

use std::fmt::Write;

use super::table::thousands;
use crate::figures::{Figures, count};
use crate::scenes::{lua, native, serin};

/// A line of the chart.
struct Shown {
    row: &'static str,
    name: &'static str,
    /// On light pages, and on dark ones.
    colours: [&'static str; 2],
    /// Its stroke, besides the colour.
    stroke: &'static str,
}

const LINES: [Shown; 6] = [
    Shown::thin(native::REGEX, "native routes, a cookie regex each", ["#cf222e", "#ff7b72"]),
    Shown::thin(native::COOKIES, "native routes, cookies matchers", ["#9a6700", "#d29922"]),
    Shown::thin(lua::PATTERNS, "Lua, patterns and a table", ["#8250df", "#bc8cff"]),
    Shown::thin(lua::SCAN, "Lua, one scan and a map", ["#bf3989", "#f778ba"]),
    Shown {
        row: serin::STATE,
        name: "Serin, exact cookies",
        colours: ["#0969da", "#58a6ff"],
        stroke: "stroke-width: 3",
    },
    Shown {
        row: serin::REGEX,
        name: "Serin, cookie regexes",
        colours: ["#1a7f37", "#3fb950"],
        // Close to the line before.
        stroke: "stroke-width: 3; stroke-dasharray: 6 8",
    },
];

impl Shown {
    const fn thin(row: &'static str, name: &'static str, colours: [&'static str; 2]) -> Self {
        Self { row, name, colours, stroke: "stroke-width: 2" }
    }
}

const WIDTH: f64 = 940.0;
const HEIGHT: f64 = 480.0;
/// Around the lines.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 290.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 50.0;
/// Between the names of lines.
const APART: f64 = 17.0;

/// Text and grid, on light pages and on dark ones.
const STYLES: [&str; 2] = [
    "text { font: 13px system-ui, sans-serif; fill: #24292f; } .title { font-weight: 600; font-size: 15px; } \
     .dim { fill: #57606a; } .grid { stroke: #d0d7de; } polyline { fill: none; }",
    "text { fill: #e6edf3; } .dim { fill: #9198a1; } .grid { stroke: #3d444d; }",
];

/// The style sheet.
fn style() -> String {
    let [light, dark] = [0, 1].map(|page| {
        let mut rules = STYLES[page].to_owned();
        for (number, Shown { colours, stroke, .. }) in LINES.iter().enumerate() {
            let colour = colours[page];
            // Writing to a String cannot fail.
            let _ = write!(
                rules,
                "\npolyline.l{number} {{ stroke: {colour}; {stroke}; }} \
                 circle.l{number}, text.l{number} {{ fill: {colour}; }}"
            );
        }
        rules
    });
    format!("<style>\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n</style>\n")
}

/// The image.
pub(crate) fn svg(figures: &Figures) -> String {
    let lines: Vec<Line> = LINES
        .iter()
        .enumerate()
        .map(|(number, shown)| {
            let points = figures.by_rules(shown.row, "canary").into_iter();
            let points = points.map(|(rules, added)| (count(rules), added.max(1.0))).collect();
            Line { name: shown.name, class: format!("l{number}"), points }
        })
        .filter(|line: &Line| !line.points.is_empty())
        .collect();
    let axes = Axes::around(lines.iter().flat_map(|line| &line.points));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\n\
         <title>Instructions added to a canary request, against the number of rules</title>\n\
         {}\
         <text class=\"title\" x=\"{LEFT}\" y=\"24\">Instructions added to a canary request, against the number of rules</text>\n",
        style()
    );
    axes.draw(&mut svg);
    for line in &lines {
        line.draw(&axes, &mut svg);
    }
    names(&lines, &axes, &mut svg);
    svg.push_str("</svg>\n");
    svg
}

struct Line {
    name: &'static str,
    class: String,
    points: Vec<(f64, f64)>,
}

impl Line {
    fn draw(&self, axes: &Axes, svg: &mut String) {
        let class = &self.class;
        let points: Vec<String> = self
            .points
            .iter()
            .map(|point| format!("{:.1},{:.1}", axes.x(point.0), axes.y(point.1)))
            .collect();
        // Writing to a String cannot fail.
        let _ = writeln!(svg, "<polyline class=\"{class}\" points=\"{}\"/>", points.join(" "));
        for (rules, added) in &self.points {
            let (x, y) = (axes.x(*rules), axes.y(*added));
            let _ = writeln!(
                svg,
                "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"><title>{}, {rules}: {}</title></circle>",
                self.name,
                thousands(*added)
            );
        }
    }
}

/// The names of the lines, where they end, and none upon another.
fn names(lines: &[Line], axes: &Axes, svg: &mut String) {
    let mut ends: Vec<(f64, &Line)> = lines
        .iter()
        .filter_map(|line| line.points.last().map(|point| (axes.y(point.1) + 4.0, line)))
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = f64::MIN;
    for (y, line) in ends {
        let y = y.max(free);
        free = y + APART;
        let added = line.points.last().map_or_else(String::new, |point| thousands(point.1));
        let _ = writeln!(
            svg,
            "<text class=\"{}\" x=\"{:.1}\" y=\"{y:.1}\">{} {added}</text>",
            line.class,
            WIDTH - RIGHT + 10.0,
            line.name
        );
    }
}

/// Powers of ten that hold all points.
struct Axes {
    rules: (f64, f64),
    added: (f64, f64),
}

impl Axes {
    fn around<'a>(points: impl Iterator<Item = &'a (f64, f64)> + Clone) -> Self {
        let decades = |values: Vec<f64>| {
            let least = values.iter().copied().fold(f64::MAX, f64::min);
            let most = values.iter().copied().fold(f64::MIN, f64::max);
            (least.log10().floor(), most.log10().ceil().max(least.log10().floor() + 1.0))
        };
        Self {
            rules: decades(points.clone().map(|point| point.0).collect()),
            added: decades(points.map(|point| point.1).collect()),
        }
    }

    fn x(&self, rules: f64) -> f64 {
        LEFT + (rules.log10() - self.rules.0) / (self.rules.1 - self.rules.0)
            * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, added: f64) -> f64 {
        let height = HEIGHT - TOP - BOTTOM;
        HEIGHT - BOTTOM - (added.log10() - self.added.0) / (self.added.1 - self.added.0) * height
    }

    fn draw(&self, svg: &mut String) {
        let mut power = self.added.0;
        while power <= self.added.1 {
            let y = self.y(10_f64.powf(power));
            let label = thousands(10_f64.powf(power)).replace(".00", "").replace(".0", "");
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\"/>\n\
                 <text class=\"dim\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                WIDTH - RIGHT,
                LEFT - 8.0,
                y + 4.0
            );
            power += 1.0;
        }
        let mut power = self.rules.0;
        while power <= self.rules.1 {
            let x = self.x(10_f64.powf(power));
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{:.1}\"/>\n\
                 <text class=\"dim\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{:.0}</text>",
                HEIGHT - BOTTOM,
                HEIGHT - BOTTOM + 20.0,
                10_f64.powf(power)
            );
            power += 1.0;
        }
        let _ = writeln!(
            svg,
            "<text class=\"dim\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">rules, of which the last one matches</text>",
            f64::midpoint(LEFT, WIDTH - RIGHT),
            HEIGHT - 8.0
        );
    }
}
