//! How long ago something was, as `kubectl` says it.

use jiff::Timestamp;

/// Since a time as the API writes it (RFC 3339); empty where it is none.
pub(super) fn since(time: &str, now: Timestamp) -> String {
    let Ok(then) = time.parse::<Timestamp>() else { return String::new() };
    let seconds = now.as_second().saturating_sub(then.as_second()).max(0);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7200 => format!("{}m", seconds / 60),
        7200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_one_unit() {
        let then = "2026-11-21T10:00:00Z";
        for (now, age) in [
            ("2026-11-21T10:00:05.9Z", "5s"),
            ("2026-11-21T10:01:59Z", "119s"),
            ("2026-11-21T10:02:00Z", "2m"),
            ("2026-11-21T12:00:00Z", "2h"),
            ("2026-11-24T10:00:00Z", "3d"),
            // Another machine's clock.
            ("2026-11-21T09:59:00Z", "0s"),
        ] {
            assert_eq!(since(then, now.parse().unwrap()), age, "{now}");
        }
        assert_eq!(since("", Timestamp::UNIX_EPOCH), "");
    }
}
