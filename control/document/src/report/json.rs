//! Diagnostics for programs: one JSON list.

use super::Diagnostic;

/// The list, with a line's end.
///
/// # Errors
/// Never in practice: the type has nothing that JSON cannot write.
pub fn render(diagnostics: &[Diagnostic]) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(diagnostics)?;
    text.push('\n');
    Ok(text)
}
