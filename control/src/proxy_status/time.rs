//! Times as Envoy writes them: in its dump as text, in its statistics as milliseconds.

/// The milliseconds since 1970 of `2026-11-21T11:04:33.903Z`.
pub(super) fn millis(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let seconds = (days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second;
    Some(seconds * 1000 + fraction.parse::<i64>().ok()?)
}

fn numbers(text: &str, between: char) -> Option<[i64; 3]> {
    let mut parts = text.splitn(3, between).map(|part| part.parse::<u16>().ok().map(i64::from));
    Some([parts.next()??, parts.next()??, parts.next()??])
}

/// The days from 1970-01-01 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap = year / 4 - year / 100 + year / 400;
    365 * year + leap + (153 * month + 2) / 5 + day - 1 - 719_468
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
