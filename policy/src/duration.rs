//! Durations as they are written in Kubernetes: `10m`, `1h30m`, `720h`, `1.5s` (Go's `time.ParseDuration`, without
//! signs).

use std::time::Duration;

/// The duration `text`; none where it is none, has no unit, or is longer than 584 years.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut nanoseconds: u64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        nanoseconds = nanoseconds.checked_add(scaled(number, factor(unit)?)?)?;
        rest = after;
    }
    Some(Duration::from_nanos(nanoseconds))
}

/// The nanoseconds of a unit.
fn factor(unit: &str) -> Option<u64> {
    match unit {
        "h" => Some(3_600_000_000_000),
        "m" => Some(60_000_000_000),
        "s" => Some(1_000_000_000),
        "ms" => Some(1_000_000),
        "us" | "µs" | "μs" => Some(1_000),
        "ns" => Some(1),
        _ => None,
    }
}

fn scaled(number: &str, factor: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || fraction.len() > 9 {
        return None;
    }
    let read = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<u64>().ok() };
    let power = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let parts = read(fraction)?.checked_mul(factor)?.checked_div(power)?;
    read(whole)?.checked_mul(factor)?.checked_add(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_kubernetes_writes_them() {
        for (text, milliseconds) in [
            ("3s", 3_000),
            ("0s", 0),
            ("700ms", 700),
            ("10m", 600_000),
            ("1h30m", 5_400_000),
            ("720h", 2_592_000_000),
            ("1h2m3.5s", 3_723_500),
            ("1.5m", 90_000),
            (".25s", 250),
            ("10s500ms", 10_500),
        ] {
            assert_eq!(parse(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        assert_eq!(parse("1ns"), Some(Duration::from_nanos(1)));
        let wrong =
            ["", "3", "s", ".s", "1.2.3s", "-1s", "3 s", "1d", "10m ", "99999999999999999999s"];
        for text in wrong {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
