//! Regexes that were written as for a search, and are matched against the whole value.
//!
//! They are tried: what an alternative is after is put where people expect it, with more before and behind.

use crate::policy::{Condition, Policy, Rule, Subject, Test};
use crate::problem::{Code, Problem};
use crate::regex::{Automaton, Case, Pattern};

/// Headers that hold much else, and a value of each with `{}` in it.
const FREE_TEXTS: &[(&str, &str)] = &[
    ("user-agent", "Mozilla/5.0 (X; {}; Y) Z/1.0"),
    ("accept", "a/b,{},*/*;q=0.8"),
    ("content-type", "application/{}; charset=utf-8"),
    ("referer", "https://x.example/{}?y=z"),
    ("accept-language", "xx,{},en;q=0.5"),
    ("sec-ch-ua", "\"A\";v=\"1\", {}, \"B\";v=\"2\""),
];

/// What browsers send as `user-agent`: nothing that is asked of them stands at an end.
const BROWSERS: &[&str] = &[
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 \
     Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 \
     Edg/137.0.0.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0",
];

/// Warns of regexes that miss what stands in a longer value, and of alternatives that `|` tears apart.
pub(super) fn parts(policy: &Policy) -> Vec<Problem> {
    let blocks = policy.rules().iter().flat_map(Rule::blocks);
    blocks.flat_map(|block| &block.conditions).filter_map(part).collect()
}

fn part(condition: &Condition) -> Option<Problem> {
    let Test::Regex { source, case, .. } = &condition.test else { return None };
    let free_text = match &condition.subject {
        Subject::Header(name) if name.as_str() == "cookie" => return None,
        Subject::Header(name) => FREE_TEXTS.iter().find(|(known, _)| *known == name.as_str()),
        _ => None,
    };
    let written = alternatives(source)?;
    let is_anchored = |text: &str| (text.starts_with('^'), text.ends_with('$'));
    let anchors: Vec<(bool, bool)> = written.iter().map(|text| is_anchored(text)).collect();
    let is_torn = matches!(anchors.as_slice(), [(true, false), .., (false, true)]);
    if free_text.is_none() && !is_torn {
        return None;
    }
    let sides: Option<Vec<Sides>> = written.iter().map(|text| Sides::of(text, *case)).collect();
    let sides = sides?;
    let at = condition.path.key("regex");
    if let [first, .., last] = sides.as_slice()
        && first.is_open_before
        && !first.is_open_behind
        && last.is_open_behind
        && !last.is_open_before
    {
        return Some(torn(&at, &written));
    }
    let (header, value) = free_text?;
    let closed = sides.iter().find(|sides| {
        let is_product = sides.example.contains('/');
        !sides.is_open_behind && !is_product && (*header == "user-agent" || !sides.is_open_before)
    });
    let Some(closed) = closed else {
        let browser = missed(source, *case).filter(|_| *header == "user-agent")?;
        let message =
            format!("a regex must match the whole value: this matches only a part of `{browser}`");
        let problem = Problem::warning(Code::RegexTrap, &at, message);
        return Some(problem.help(anywhere(source, &written)));
    };
    let sent = value.replace("{}", &closed.example);
    let message =
        format!("a regex must match the whole value: this misses `{}` in `{sent}`", closed.example);
    Some(Problem::warning(Code::RegexTrap, &at, message).help(anywhere(source, &written)))
}

/// How to write a regex that finds the same anywhere.
fn anywhere(source: &str, written: &[&str]) -> String {
    let core = source.trim_start_matches('^').trim_end_matches('$');
    let core = core.trim_start_matches(".*").trim_end_matches(".*");
    let core = if written.len() > 1 { format!("({core})") } else { core.to_owned() };
    format!("to find it anywhere write `.*{core}.*`")
}

/// A browser of whose name only a part matches, where the regex matches that of none.
fn missed(source: &str, case: Case) -> Option<&'static str> {
    let compile = |regex: &str| Automaton::compile(&Pattern::parse(regex, case).ok()?).ok();
    let part = source.trim_start_matches('^').trim_end_matches('$');
    let (whole, part) = (compile(source)?, compile(&format!("(?s:.*)(?:{part})(?s:.*)"))?);
    let is_met = |automaton: &Automaton, browser: &str| automaton.is_match(browser.as_bytes());
    if BROWSERS.iter().any(|browser| is_met(&whole, browser)) {
        return None;
    }
    BROWSERS.iter().copied().find(|browser| is_met(&part, browser))
}

/// `^.*a|b.*$`: what stands before the first alternative is not before the others.
fn torn(at: &crate::path::Path, written: &[&str]) -> Problem {
    let (first, last) =
        (written.first().copied().unwrap_or_default(), written.last().copied().unwrap_or_default());
    let message = format!(
        "`|` splits the whole regex: `{first}` must be the end of the value, `{last}` its start"
    );
    let strip = |text: &str| {
        let text = text.trim_start_matches('^').trim_end_matches('$');
        let text = text.strip_prefix(".*").unwrap_or(text);
        text.strip_suffix(".*").unwrap_or(text).to_owned()
    };
    let cores: Vec<String> = written.iter().map(|text| strip(text)).collect();
    let help = format!("put the alternatives in brackets: `.*({}).*`", cores.join("|"));
    Problem::warning(Code::RegexTrap, at, message).help(help)
}

/// What an alternative is after, and whether more may stand around it.
struct Sides {
    example: String,
    is_open_before: bool,
    is_open_behind: bool,
}

impl Sides {
    fn of(regex: &str, case: Case) -> Option<Self> {
        let pattern = Pattern::parse(regex, case).ok()?;
        let automaton = Automaton::compile(&pattern).ok()?;
        let example = pattern.example()?;
        let matches = |before: &[u8], behind: &[u8]| {
            automaton.is_match(&[before, example.as_slice(), behind].concat())
        };
        let is_open_before = matches(b"Mozilla/5.0 (X; ", b"");
        let is_open_behind = matches(b"", b"; Y) Z/1.0");
        let example = String::from_utf8(example).ok()?;
        let is_text = example.bytes().any(|byte| byte.is_ascii_alphanumeric());
        is_text.then_some(Self { example, is_open_before, is_open_behind })
    }
}

/// A regex, at each `|` that is in no brackets; flags for all of it stay with the first.
fn alternatives(regex: &str) -> Option<Vec<&str>> {
    let mut alternatives = Vec::new();
    let (mut start, mut depth, mut in_class) = (0, 0_usize, false);
    let mut characters = regex.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => {
                characters.next()?;
            }
            '[' if !in_class => {
                in_class = true;
                // A `]` that comes first stands for itself.
                characters.next_if(|(_, next)| *next == '^');
                characters.next_if(|(_, next)| *next == ']');
            }
            ']' => in_class = false,
            '(' if !in_class => depth = depth.saturating_add(1),
            ')' if !in_class => depth = depth.saturating_sub(1),
            '|' if !in_class && depth == 0 => {
                alternatives.push(regex.get(start..at)?);
                start = at.saturating_add(1);
            }
            _ => {}
        }
    }
    alternatives.push(regex.get(start..)?);
    Some(alternatives)
}

#[cfg(test)]
mod tests;
