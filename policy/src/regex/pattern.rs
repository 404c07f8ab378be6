//! A regex of the dialect, read.

use regex_syntax::ast::Span;
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::hir::Hir;
use regex_syntax::hir::translate::TranslatorBuilder;

use super::{Case, InvalidPattern, MAX_NESTING, Required, dialect, literal, syntax};

/// A regex in the dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pub(super) hir: Hir,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// The first thing in it that is no regex, or that RE2 does not read in the same way.
    pub fn parse(pattern: &str, case: Case) -> Result<Self, InvalidPattern> {
        dialect::check_text(pattern)?;
        let parsed = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(pattern);
        let mut ast = parsed.map_err(|error| syntax::explain(pattern, &error))?;
        dialect::restrict(pattern, &mut ast)?;
        TranslatorBuilder::new()
            .unicode(false)
            .utf8(false)
            .case_insensitive(case == Case::Ignore)
            .build()
            .translate(pattern, &ast)
            .map(|hir| Self { hir })
            .map_err(|error| {
                let message = "this pattern cannot be matched byte by byte".to_owned();
                InvalidPattern::new(error.span(), message, None)
            })
    }

    /// All the strings that the pattern matches, sorted, where these are few: such a pattern needs no automaton.
    #[must_use]
    pub fn literals(&self) -> Option<Vec<Vec<u8>>> {
        literal::all(&self.hir)
    }

    /// The best literals of which every match contains at least one, if there are any.
    #[must_use]
    pub fn required(&self) -> Option<Required> {
        literal::required(&self.hir)
    }
}

impl InvalidPattern {
    pub(super) fn new(span: &Span, message: String, help: Option<&str>) -> Self {
        Self { range: span.start.offset..span.end.offset, message, help: help.map(str::to_owned) }
    }
}
