//! Regexes that say no more than a list of texts, told by how they are written: no engine is needed to read them.
//!
//! In: a pattern. Out: the texts that it matches, or nothing where it is not of this kind. What is read here is read as
//! RE2 does; whether a pattern is in the dialect at all is not asked.

/// As many texts as one would list with `in`.
const MAX_TEXTS: usize = 256;

/// The texts that `pattern` matches as a whole: literals, `\` before punctuation, and groups of alternatives.
pub(super) fn texts(pattern: &str) -> Option<Vec<Vec<u8>>> {
    let mut reader = Reader::new(pattern);
    if reader.eat("^") {
        // `^a|b` anchors the first alternative alone, which in a full match says nothing.
        let texts = reader.concatenation()?;
        return reader.ends().then_some(texts);
    }
    let texts = reader.alternatives()?;
    reader.ends().then_some(texts)
}

/// Reads a pattern from its front.
#[derive(Clone, Copy)]
pub(super) struct Reader<'p> {
    rest: &'p str,
}

impl<'p> Reader<'p> {
    pub(super) fn new(pattern: &'p str) -> Self {
        Self { rest: pattern }
    }

    /// Takes `token`, if it is next.
    pub(super) fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes the first of `tokens` that is next.
    pub(super) fn eat_any(&mut self, tokens: &[&str]) -> bool {
        tokens.iter().any(|token| self.eat(token))
    }

    /// Takes what opens a group; what it captures is never asked for.
    pub(super) fn open(&mut self) -> bool {
        self.eat("(?:") || (!self.rest.starts_with("(?") && self.eat("("))
    }

    /// Whether only the end of the value is left.
    pub(super) fn ends(mut self) -> bool {
        self.eat("$");
        self.rest.is_empty()
    }

    /// Texts, `|` between them.
    pub(super) fn alternatives(&mut self) -> Option<Vec<Vec<u8>>> {
        let mut texts = self.concatenation()?;
        while self.eat("|") {
            texts.extend(self.concatenation()?);
        }
        (texts.len() <= MAX_TEXTS).then_some(texts)
    }

    /// Literals and groups, each behind the other, as far as they go; none where a character is repeated.
    pub(super) fn concatenation(&mut self) -> Option<Vec<Vec<u8>>> {
        let mut texts = vec![Vec::new()];
        loop {
            let before = *self;
            if let Some(byte) = self.literal() {
                if self.rest.starts_with(['?', '*', '+', '{']) {
                    // What is repeated is not read here.
                    *self = before;
                    return Some(texts);
                }
                for text in &mut texts {
                    text.push(byte);
                }
            } else if let Some(group) = self.group() {
                if texts.len().saturating_mul(group.len()) > MAX_TEXTS {
                    return None;
                }
                let joined = |text: &Vec<u8>| {
                    group.iter().map(|end| [text.as_slice(), end].concat()).collect::<Vec<_>>()
                };
                texts = texts.iter().flat_map(joined).collect();
            } else {
                *self = before;
                return Some(texts);
            }
        }
    }

    /// A group of alternatives that is there once.
    fn group(&mut self) -> Option<Vec<Vec<u8>>> {
        if !self.open() {
            return None;
        }
        let texts = self.alternatives()?;
        (self.eat(")") && !self.rest.starts_with(['?', '*', '+', '{'])).then_some(texts)
    }

    /// A character that stands for itself.
    fn literal(&mut self) -> Option<u8> {
        let (byte, rest) = match self.rest.as_bytes() {
            [b'\\', byte, ..] if byte.is_ascii_punctuation() => (*byte, self.rest.get(2..)?),
            [byte, ..] if is_literal(*byte) => (*byte, self.rest.get(1..)?),
            _ => return None,
        };
        self.rest = rest;
        Some(byte)
    }
}

fn is_literal(byte: u8) -> bool {
    (byte.is_ascii_graphic() || byte == b' ') && !br"\.+*?()|[]{}^$".contains(&byte)
}
