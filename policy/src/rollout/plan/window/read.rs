//! Reads windows: days, times and the shape of a zone's name.

use super::Window;
use crate::path::Path;
use crate::problem::{Code, Problem, Problems};
use crate::spec::{self, suggest};

/// The days, from Monday.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// The end of a day.
const MIDNIGHT: u16 = 24 * 60;
/// Longer than any name of a zone.
const MAX_ZONE: usize = 64;

/// The windows that stand at `path`; they are whole where `problems` still allow the Release.
pub(in super::super) fn read(
    rollout: &spec::Rollout,
    path: &Path,
    problems: &mut Problems,
) -> Vec<Window> {
    let Some(written) = &rollout.windows else { return Vec::new() };
    if written.is_empty() {
        let problem = Problem::error(Code::Empty, path, "`windows` has at least one window");
        problems.add(problem.help("remove `windows` if the rollout may go on at any time"));
    }
    let windows = written.iter().enumerate();
    windows.map(|(index, window)| read_one(window, &path.index(index), problems)).collect()
}

fn read_one(written: &spec::Window, path: &Path, problems: &mut Problems) -> Window {
    let days = read_days(&written.days, &path.key("days"), problems);
    let from = read_time(&written.from, &path.key("from"), "00:00` to `23:59", problems);
    let to = read_time(&written.to, &path.key("to"), "00:00` to `24:00", problems);
    if from == Some(MIDNIGHT) {
        let message = "expected a time from `00:00` to `23:59`, found `24:00`";
        let problem = Problem::error(Code::OutOfRange, &path.key("from"), message);
        problems.add(problem.help("`00:00` of the next day"));
    } else if let (Some(from), Some(to)) = (from, to)
        && from == to
    {
        let message = format!("the window closes when it opens, at `{}`", written.to);
        let problem = Problem::error(Code::InvalidRollout, &path.key("to"), message);
        problems.add(problem.help("a whole day is from `00:00` to `24:00`"));
    }
    let zone = written.zone.clone().unwrap_or_else(|| "UTC".to_owned());
    if !is_zone(&zone) {
        let message = format!("`{zone}` cannot be the name of a time zone");
        let problem = Problem::error(Code::InvalidName, &path.key("zone"), message);
        problems.add(problem.help("use an IANA name such as `Europe/Berlin`, or `UTC`"));
    }
    Window { days, from: from.unwrap_or_default(), to: to.unwrap_or_default(), zone }
}

fn read_days(written: &[String], path: &Path, problems: &mut Problems) -> [bool; 7] {
    if written.is_empty() {
        let problem = Problem::error(Code::Empty, path, "`days` has at least one day");
        problems.add(problem.help("all days are `[mon-sun]`"));
    }
    let mut days = [false; 7];
    for (index, text) in written.iter().enumerate() {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let position = |name: &str| DAYS.iter().position(|day| *day == name);
        let (Some(first), Some(last)) = (position(first), position(last)) else {
            let message = format!(
                "expected a day such as `mon`, or a range such as `mon-thu`, found `{text}`"
            );
            let wrong = if position(first).is_none() { first } else { last };
            // `monday`, `Mon`.
            let short: String = wrong.chars().take(3).collect::<String>().to_ascii_lowercase();
            let meant = if position(&short).is_some() { short } else { wrong.to_owned() };
            let problem = Problem::error(Code::OutOfRange, &path.index(index), message);
            problems.add(problem.help(suggest(&meant, &DAYS)));
            continue;
        };
        let mut day = first;
        loop {
            if let Some(opens) = days.get_mut(day) {
                *opens = true;
            }
            if day == last {
                break;
            }
            day = day.saturating_add(1).checked_rem(DAYS.len()).unwrap_or_default();
        }
    }
    days
}

/// `HH:MM`, in minutes.
fn read_time(text: &str, path: &Path, range: &str, problems: &mut Problems) -> Option<u16> {
    let time = time(text);
    if time.is_none() {
        let message = format!("expected a time from `{range}`, found `{text}`");
        let problem = Problem::error(Code::OutOfRange, path, message);
        problems.add(problem.help("write hours and minutes with two digits each, such as `09:00`"));
    }
    time
}

fn time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| {
        let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|_| is_number)
    };
    let minutes = number(minutes).filter(|minutes| *minutes < 60)?;
    let time = number(hours)?.checked_mul(60)?.checked_add(minutes)?;
    Some(time).filter(|time| *time <= MIDNIGHT)
}

/// Whether this looks like the name of a zone: words with `/` between them.
fn is_zone(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-".contains(&byte))
    };
    name.len() <= MAX_ZONE && name.split('/').all(is_word)
}
