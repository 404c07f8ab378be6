//! Windows and freezes.

use document::report::Message;
use document::report::text::list;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use policy::rollout::{Freeze, Opening, Window};

use super::Wording;
use crate::drive::cluster::freeze::FREEZE;

/// The days, from Monday.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Wording<'_> {
    /// No window is open; when one opens.
    pub(super) fn outside(&self, opening: Option<Opening>) -> Message {
        let windows: Vec<String> = self.plan.windows.iter().map(window).collect();
        let some = if windows.len() == 1 { "window" } else { "windows" };
        let outside = format!("outside the {some} {}", list(&windows, "and"));
        match opening {
            Some(opening) => {
                Message::new(outside).help(format!("goes on {}", self.opening(opening)))
            }
            None => Message::new(format!("{outside}: none opens within a year"))
                .help("`zone` is a name of the IANA time zone database, such as `Europe/Berlin`"),
        }
    }

    /// `Mon 2026-11-30 09:00`, in the time zone of the window.
    fn opening(&self, opening: Opening) -> String {
        let time = Timestamp::from_second(opening.time).unwrap_or_default();
        let window = self.plan.windows.get(opening.window);
        let zone = window.and_then(|window| TimeZone::get(&window.zone).ok());
        let Some((window, zone)) = window.zip(zone) else { return time.to_string() };
        let told = time.to_zoned(zone).strftime("%a %Y-%m-%d %H:%M").to_string();
        if self.plan.windows.len() == 1 { told } else { format!("{told} {}", window.zone) }
    }

    /// Rollouts are frozen.
    pub(super) fn frozen(freeze: &Freeze) -> Message {
        let Freeze { namespace, reason } = freeze;
        let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        Message::new(format!("rollouts are frozen by the namespace {namespace}{because}"))
            .help(format!("goes on after `kubectl annotate namespace {namespace} {FREEZE}-`"))
    }
}

/// `mon-thu 09:00-16:00 Europe/Berlin`.
fn window(window: &Window) -> String {
    let Window { from, to, zone, .. } = window;
    format!("{} {}-{} {zone}", days(window.days), time(*from), time(*to))
}

fn time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `mon-thu`, `mon,wed`, `fri-mon`: days one after the other are a range, over Sunday too.
fn days(days: [bool; 7]) -> String {
    let opens = |day: usize| days.get(day % 7).copied().unwrap_or_default();
    if days.iter().all(|opens| *opens) {
        return "mon-sun".to_owned();
    }
    let name = |day: usize| DAYS.get(day % 7).copied().unwrap_or_default();
    let begins = (0..7).filter(|day| opens(*day) && !opens(day + 6));
    let ranges = begins.map(|first| {
        let length = (0..7).take_while(|more| opens(first + more)).count();
        let last = first + length.saturating_sub(1);
        match length {
            1 => name(first).to_owned(),
            2 => format!("{},{}", name(first), name(last)),
            _ => format!("{}-{}", name(first), name(last)),
        }
    });
    ranges.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_as_they_are_written() {
        let told = |opens: &str| {
            let mut all = [false; 7];
            all.iter_mut().zip(opens.chars()).for_each(|(day, opens)| *day = opens == 'x');
            days(all)
        };
        for (opens, expected) in [
            ("xxxx...", "mon-thu"),
            ("x.x....", "mon,wed"),
            ("xx..x..", "mon,tue,fri"),
            ("xxxxxxx", "mon-sun"),
            ("x...xxx", "fri-mon"),
            ("x.....x", "sun,mon"),
            ("......x", "sun"),
        ] {
            assert_eq!(told(opens), expected);
        }
    }
}
