//! The measured parts of a request.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Deserialize;

/// When they were measured: the folder of `benches/results` that the file beside is a copy of.
pub const MEASURED: &str = "2026-11-22";
/// The Envoy that they were measured in.
pub const ENVOY: &str = "1.40.0";
/// As `make bench-envoy` writes it.
const TABLE: &str = include_str!("primitives.json");

/// A part that costs are put together from; what it is stands in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Of a header by its name.
    FirstLookUp,
    /// What it costs more in a request of a browser.
    FirstLookUpMany,
    /// The routes where decisions are a header.
    RoutesByHeader,
    /// The routes where they are filter state.
    RoutesByFilterState,
    /// A native route that seeks a text.
    GateContains,
    /// A native route with a regex that seeks it.
    GateRegex,
    /// One of many native routes with a regex.
    NativeRule,
    /// The filter's context and callback.
    Stream,
    /// A header.
    GetFirst,
    /// A header that is not there.
    GetAbsent,
    /// All headers, few.
    PairsFew,
    /// All headers, as many as a browser sends.
    PairsMany,
    /// All lines of a header.
    Property,
    /// A counter.
    Count,
    /// A decision as a header.
    WriteHeader,
    /// A decision as filter state.
    WriteFilterState,
    /// A byte of cookies that no test asks for.
    CookieByte,
    /// A byte of a value that a test asks for.
    ValueByte,
    /// The same where texts are sought in it.
    LiteralByte,
    /// The same for each regex.
    AutomatonByte,
    /// A step of the worst request.
    WorstStep,
    /// All of the module that is not a call, the scan of 147 bytes of cookies included.
    Program,
    /// A header found among all, few.
    FindFew,
    /// A header found among as many as a browser sends.
    FindMany,
    /// A draw among two.
    DrawTwo,
    /// A draw among five.
    DrawFive,
    /// A rule whose regex sees every value, of two bytes.
    RuleRegex,
}

impl Name {
    /// All that are needed.
    pub const ALL: [Self; 27] = [
        Self::FirstLookUp,
        Self::FirstLookUpMany,
        Self::RoutesByHeader,
        Self::RoutesByFilterState,
        Self::GateContains,
        Self::GateRegex,
        Self::NativeRule,
        Self::Stream,
        Self::GetFirst,
        Self::GetAbsent,
        Self::PairsFew,
        Self::PairsMany,
        Self::Property,
        Self::Count,
        Self::WriteHeader,
        Self::WriteFilterState,
        Self::CookieByte,
        Self::ValueByte,
        Self::LiteralByte,
        Self::AutomatonByte,
        Self::WorstStep,
        Self::Program,
        Self::FindFew,
        Self::FindMany,
        Self::DrawTwo,
        Self::DrawFive,
        Self::RuleRegex,
    ];

    /// As the table calls it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::FirstLookUp => "first-look-up",
            Self::FirstLookUpMany => "first-look-up-many",
            Self::RoutesByHeader => "routes-by-header",
            Self::RoutesByFilterState => "routes-by-filter-state",
            Self::GateContains => "gate-contains",
            Self::GateRegex => "gate-regex",
            Self::NativeRule => "native-rule",
            Self::Stream => "stream",
            Self::GetFirst => "get-first",
            Self::GetAbsent => "get-absent",
            Self::PairsFew => "pairs-few",
            Self::PairsMany => "pairs-many",
            Self::Property => "property",
            Self::Count => "count",
            Self::WriteHeader => "write-header",
            Self::WriteFilterState => "write-filter-state",
            Self::CookieByte => "cookie-byte",
            Self::ValueByte => "value-byte",
            Self::LiteralByte => "literal-byte",
            Self::AutomatonByte => "automaton-byte",
            Self::WorstStep => "worst-step",
            Self::Program => "program",
            Self::FindFew => "find-few",
            Self::FindMany => "find-many",
            Self::DrawTwo => "draw-two",
            Self::DrawFive => "draw-five",
            Self::RuleRegex => "rule-regex",
        }
    }
}

#[derive(Deserialize)]
struct Table {
    primitives: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    value: f64,
}

/// Instructions by name.
#[derive(Clone, Debug)]
pub struct Primitives(BTreeMap<String, f64>);

impl Primitives {
    /// Those that were measured last.
    ///
    /// # Errors
    /// Never, says a test.
    pub fn measured() -> anyhow::Result<Self> {
        Self::read(TABLE)
    }

    /// A table as `make bench-envoy` writes it.
    ///
    /// # Errors
    /// When it is no such table, or lacks a part that is needed.
    pub fn read(text: &str) -> anyhow::Result<Self> {
        let table: Table =
            serde_json::from_str(text).context("this is not a table of primitives")?;
        let rows = table.primitives.into_iter();
        let known: BTreeMap<String, f64> = rows.map(|row| (row.name, row.value)).collect();
        let all = Name::ALL.map(Name::text);
        let missing: Vec<&str> =
            all.into_iter().filter(|name| !known.contains_key(*name)).collect();
        anyhow::ensure!(missing.is_empty(), "the table lacks {}", missing.join(", "));
        Ok(Self(known))
    }

    /// What one of it costs. Differences of rows that hardly differ come out below nothing at times.
    #[must_use]
    pub fn of(&self, name: Name) -> f64 {
        self.0.get(name.text()).copied().unwrap_or_default().max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_table_has_every_part_that_is_needed() {
        let primitives = Primitives::measured().unwrap();
        // What the whole rests on is not nothing.
        for name in [Name::FirstLookUp, Name::Stream, Name::GetFirst, Name::Program] {
            assert!(primitives.of(name) > 1000.0, "{name:?}");
        }
    }

    #[test]
    fn a_table_that_lacks_parts_is_refused_with_their_names() {
        let table = TABLE.replace("\"stream\"", "\"brook\"").replace("\"count\"", "\"earl\"");
        let error = Primitives::read(&table).unwrap_err();
        assert_eq!(error.to_string(), "the table lacks stream, count");
    }

    /// After `make bench-envoy`: copy its primitives.json here, and name its folder in [`MEASURED`].
    #[test]
    fn it_is_the_table_of_the_committed_results() {
        let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/results");
        let file = results.join(MEASURED).join("primitives.json");
        let Ok(committed) = fs::read_to_string(&file) else { return };
        let committed: Table = serde_json::from_str(&committed).unwrap();
        let ours = Primitives::measured().unwrap();
        for Row { name, value } in committed.primitives {
            let same = ours.0.get(&name).is_some_and(|known| (known - value).abs() < 0.05);
            assert!(
                same,
                "`{name}` is {:?} here, {value} in {}",
                ours.0.get(&name),
                file.display()
            );
        }
    }
}
