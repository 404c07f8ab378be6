//! Times as Envoy writes them: in its dump as text, in its statistics as milliseconds.

use jiff::Timestamp;

/// The milliseconds since 1970 of `2026-11-21T11:04:33.903Z`.
pub(super) fn millis(text: &str) -> Option<i64> {
    text.strip_suffix('Z')?;
    Some(text.parse::<Timestamp>().ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_milliseconds_since_1970() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.5Z", 500),
            ("2000-02-29T12:34:56.789Z", 951_827_696_789),
            ("2000-03-01T00:00:00Z", 951_868_800_000),
            ("2026-11-21T11:04:33.903Z", 1_795_259_073_903),
            ("2026-11-21T11:04:33.903456789Z", 1_795_259_073_903),
        ] {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
        for text in ["", "2026-11-21", "2026-11-21T11:04:33", "2026-11T11:04:33Z", "yesterday"] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
