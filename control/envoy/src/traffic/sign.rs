//! By what an answer tells who gave it.
//!
//! Servers that are to be told apart say so in a header, or somewhere in their pages: the name of a pod in JSON, the
//! colour of a star. What is looked for in bodies is looked for in their first part only, since they may be of any
//! length.

use hyper::http::HeaderName;
use regex::bytes::Regex;

use crate::proxy::Answer;

/// The bytes of a body that are looked at.
pub const LOOKED_AT: usize = 1 << 20;
/// The characters of a name; what is longer is cut.
const LONGEST: usize = 64;

/// By what an answer tells who gave it.
#[derive(Clone, Debug)]
pub enum Sign {
    /// The value of a header.
    Header(HeaderName),
    /// The first group of a regex's first match in the body; the match itself, where it has no group.
    Body(Regex),
    /// Names, each with a text in the body; the first text that is there counts.
    Texts(Vec<(String, Vec<u8>)>),
}

impl Sign {
    /// Who gave an answer; none where it does not say.
    #[must_use]
    pub fn read(&self, answer: &Answer) -> Option<String> {
        match self {
            Self::Header(name) => named(answer.headers.get(name)?.as_bytes()),
            Self::Body(regex) => {
                let groups = regex.captures(&answer.body)?;
                named(groups.get(1).or_else(|| groups.get(0))?.as_bytes())
            }
            Self::Texts(texts) => {
                let is_there = |text: &[u8]| {
                    text.is_empty() || answer.body.windows(text.len()).any(|part| part == text)
                };
                texts.iter().find(|(_, text)| is_there(text)).map(|(name, _)| name.clone())
            }
        }
    }
}

fn named(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes.trim_ascii());
    let name: String = text.chars().take(LONGEST).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use hyper::http::{HeaderMap, StatusCode};

    use super::*;

    fn answer(header: &str, body: &'static str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert("x-served-by", header.parse().unwrap());
        Answer { status: StatusCode::OK, headers, body: body.as_bytes().into() }
    }

    fn read(sign: &Sign, body: &'static str) -> Option<String> {
        sign.read(&answer("", body))
    }

    #[test]
    fn a_header_names_the_server() {
        let sign = Sign::Header(HeaderName::from_static("x-served-by"));
        assert_eq!(sign.read(&answer(" v2 ", "v1")).as_deref(), Some("v2"));
        assert_eq!(sign.read(&answer("", "v1")), None);
        let long = sign.read(&answer(&"v".repeat(1000), "")).unwrap();
        assert_eq!(long.len(), LONGEST);
    }

    #[test]
    fn a_regex_finds_the_name_in_a_body() {
        let group = Sign::Body(Regex::new(r#""podname": ?"reviews-(v\d+)-"#).unwrap());
        let json = r#"{"id": "0","podname": "reviews-v2-7d6b","clustername": "null"}"#;
        assert_eq!(read(&group, json).as_deref(), Some("v2"));
        assert_eq!(read(&group, "<html>"), None);
        let whole = Sign::Body(Regex::new("(?i)version [0-9]+").unwrap());
        assert_eq!(read(&whole, "<h1>Version 2</h1>").as_deref(), Some("Version 2"));
    }

    #[test]
    fn the_first_text_that_is_there_counts() {
        let texts = [("v3", "color=\"red\""), ("v2", "glyphicon-star"), ("v1", "")];
        let texts = texts.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        let sign = Sign::Texts(texts.to_vec());
        let red = "<font color=\"red\"><span class=\"glyphicon-star\">";
        assert_eq!(read(&sign, red).as_deref(), Some("v3"));
        assert_eq!(read(&sign, "<span class=\"glyphicon-star\">").as_deref(), Some("v2"));
        assert_eq!(read(&sign, "<p>").as_deref(), Some("v1"));
        let Sign::Texts(mut texts) = sign else { panic!("expected texts") };
        texts.pop();
        assert_eq!(read(&Sign::Texts(texts), "<p>"), None);
    }
}
