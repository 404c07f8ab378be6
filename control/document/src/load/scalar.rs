//! What a bare word means: YAML 1.2's core schema (chapter 10.3.2), in which `on`, `yes` and `1_000` are text.

use policy::Node;

/// The meaning of a plain `text`.
pub(super) fn plain(text: &str) -> Node {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Node::Null,
        "true" | "True" | "TRUE" => Node::Bool(true),
        "false" | "False" | "FALSE" => Node::Bool(false),
        _ => number(text).map_or_else(|| Node::String(text.to_owned()), Node::Number),
    }
}

fn number(text: &str) -> Option<f64> {
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(f64::NAN);
    }
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some(sign * f64::INFINITY);
    }
    // What `f64` takes beyond the schema all begins with a letter: `inf`, `infinity`, `nan`.
    let digits = unsigned.strip_prefix('.').unwrap_or(unsigned);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    unsigned.parse::<f64>().ok().map(|value| sign * value)
}

fn radix(digits: &str, base: u32) -> Option<f64> {
    if digits.is_empty() {
        return None;
    }
    digits
        .chars()
        .try_fold(0.0, |sum, digit| Some(sum * f64::from(base) + f64::from(digit.to_digit(base)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_core_schema() {
        for (text, expected) in [
            ("", Node::Null),
            ("~", Node::Null),
            ("null", Node::Null),
            ("True", Node::Bool(true)),
            ("FALSE", Node::Bool(false)),
            ("0", Node::Number(0.0)),
            ("-12", Node::Number(-12.0)),
            ("+12", Node::Number(12.0)),
            ("007", Node::Number(7.0)),
            ("0o17", Node::Number(15.0)),
            ("0xfF", Node::Number(255.0)),
            ("1.10", Node::Number(1.1)),
            ("1.", Node::Number(1.0)),
            (".5", Node::Number(0.5)),
            ("-.5e1", Node::Number(-5.0)),
            ("1e3", Node::Number(1000.0)),
            ("1E-3", Node::Number(0.001)),
            ("-.inf", Node::Number(f64::NEG_INFINITY)),
            ("+.Inf", Node::Number(f64::INFINITY)),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
        assert!(matches!(plain(".nan"), Node::Number(value) if value.is_nan()));
    }

    #[test]
    fn leaves_everything_else_text() {
        for text in [
            "on",
            "yes",
            "NO",
            "y",
            "tRUE",
            "nULL",
            "1_000",
            "1:30",
            "0b1",
            "0o8",
            "0x",
            "0o",
            "0xg",
            "-0x1",
            "+",
            "-",
            ".",
            "..",
            "+.",
            "1e",
            "e1",
            "inf",
            "-inf",
            "nan",
            "NaN",
            "infinity",
            "1.2.3",
            "1 0",
            "2020-01-01",
            ".Nan",
            "-.nan",
            "1f",
            "१",
        ] {
            assert_eq!(plain(text), Node::String(text.to_owned()), "{text}");
        }
    }
}
