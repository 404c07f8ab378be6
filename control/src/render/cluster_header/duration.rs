//! Durations as they are written in Kubernetes and as Envoy's JSON wants them.

/// `1h2m3.5s` or `700ms` as `0.7s`; none where it is no duration, or none of at least a nanosecond's precision.
pub(super) fn seconds(text: &str) -> Option<String> {
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
    let (seconds, fraction) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    let fraction = format!("{fraction:09}");
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { format!("{seconds}s") } else { format!("{seconds}.{fraction}s") })
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
    let parts = read(fraction)?.checked_mul(factor)? / power;
    read(whole)?.checked_mul(factor)?.checked_add(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_become_seconds() {
        for (text, expected) in [
            ("3s", "3s"),
            ("0s", "0s"),
            ("700ms", "0.7s"),
            ("1h2m3.5s", "3723.5s"),
            ("1.5m", "90s"),
            (".25s", "0.25s"),
            ("1ns", "0.000000001s"),
            ("10s500ms", "10.5s"),
        ] {
            assert_eq!(seconds(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "3", "s", ".s", "1.2.3s", "-1s", "3 s", "1d", "99999999999999999999s"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
