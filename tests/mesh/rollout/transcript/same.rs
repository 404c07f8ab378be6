//! Whether two outputs are the same but for what differs from run to run.

/// Whether they are, but for times, lengths of time, digests, the width of columns, and what was waited for on the way.
pub(super) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (without_waits(one), without_waits(other));
    words(&one) == words(&other)
}

fn words(lines: &[&str]) -> Vec<String> {
    let words: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
    let next = words.iter().skip(1).map(Some).chain([None]);
    let is_share = |next: Option<&&str>| next.is_some_and(|next| next.starts_with('%'));
    let pairs = words.iter().zip(next);
    pairs
        .map(|(word, next)| match word.parse::<f64>() {
            // `2.0 s`, `50.3 a second`; shares are the same each time.
            Ok(_) if word.contains('.') && !is_share(next) => "<number>".to_owned(),
            _ => steady(word),
        })
        .collect()
}

/// The lines without those that say what is waited for, unless they are the last: who looks at the right moment sees
/// them.
fn without_waits(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let last = lines.len().saturating_sub(1);
    let waits = |line: &str| line.trim_start().starts_with("waiting: ");
    let kept = lines.iter().enumerate().filter(|(at, line)| *at == last || !waits(line));
    kept.map(|(_, line)| *line).collect()
}

/// A word without what differs from run to run.
fn steady(word: &str) -> String {
    let mut steady = String::new();
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let is_of = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '-' | '+');
        let end = rest.find(|c| !is_of(c)).unwrap_or(rest.len());
        if end == 0 {
            steady.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let token = rest[..end].trim_end_matches(['.', ':']);
        steady.push_str(kind(token).unwrap_or(token));
        rest = &rest[token.len().max(1)..];
    }
    steady
}

/// What differs from run to run, if the token is such a thing.
fn kind(token: &str) -> Option<&'static str> {
    if is_time(token) {
        return Some("<time>");
    }
    if is_length(token) {
        return Some("<length>");
    }
    is_digest(token).then_some("<digest>")
}

/// `2026-11-21T17:06:37Z`, or `17:06:37`.
fn is_time(token: &str) -> bool {
    let time = token.split_once('T').map_or(token, |(_, time)| time).trim_end_matches('Z');
    let parts: Vec<&str> = time.split(':').collect();
    let is_number = |part: &&str| part.starts_with(|c: char| c.is_ascii_digit()) && part.len() >= 2;
    parts.len() == 3 && parts.iter().all(is_number)
}

/// `4s`, `2m30s`, `1.5s`: not a number alone.
fn is_length(token: &str) -> bool {
    let is_of = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'h' | 'm' | 's');
    token.starts_with(|c: char| c.is_ascii_digit())
        && token.ends_with(['s', 'm', 'h'])
        && token.chars().all(is_of)
}

/// At least seven hexadecimal digits, with a number among them.
fn is_digest(token: &str) -> bool {
    token.len() >= 7
        && token.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
        && token.chars().any(|c| c.is_ascii_digit())
}
