//! The words of a command, as a shell splits them: at spaces, but not within quotes.

use anyhow::ensure;

pub(super) fn split(command: &str) -> anyhow::Result<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in command.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    ensure!(quote.is_none(), "a quote of `{command}` does not end");
    words.extend(word);
    Ok(words)
}
