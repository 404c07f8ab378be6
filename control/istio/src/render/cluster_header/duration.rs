//! Durations as they are written in Kubernetes, in the way that Envoy's JSON wants them.

/// `1h2m3.5s` or `700ms` as `0.7s`; none where it is no duration, or none of at least a nanosecond's precision.
pub(super) fn seconds(text: &str) -> Option<String> {
    let duration = policy::duration::parse(text)?;
    let (seconds, fraction) = (duration.as_secs(), format!("{:09}", duration.subsec_nanos()));
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { format!("{seconds}s") } else { format!("{seconds}.{fraction}s") })
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
