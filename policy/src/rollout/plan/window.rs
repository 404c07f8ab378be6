//! When a rollout may go forward.

mod read;

use std::time::Duration;

use super::PlanStep;
use crate::path::Path;
use crate::problem::{Code, Problem};

pub(super) use read::read;

/// Days in a week.
const WEEK: u16 = 7;
/// Minutes in a day.
const DAY: u16 = 24 * 60;

/// A time of day on some days of each week, in a time zone. What o'clock it is there is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Whether it opens on Monday, and so on.
    pub days: [bool; 7],
    /// When it opens, in minutes since midnight.
    pub from: u16,
    /// When it closes, in minutes since midnight; on the next day where it is not after `from`.
    pub to: u16,
    /// The name of its time zone. Whether there is such a zone is not known here.
    pub zone: String,
}

impl Window {
    /// Whether it closes on the day after the one on which it opens.
    #[must_use]
    pub fn is_over_midnight(&self) -> bool {
        self.to <= self.from
    }

    /// The minutes of a week in which it is open: from, and how many.
    fn stretches(&self) -> impl Iterator<Item = (u32, u32)> {
        let length = if self.is_over_midnight() {
            DAY.saturating_sub(self.from).saturating_add(self.to)
        } else {
            self.to.saturating_sub(self.from)
        };
        let days = (0_u16..WEEK).zip(self.days).filter(|(_, opens)| *opens);
        days.map(move |(day, _)| {
            let begin = u32::from(day).saturating_mul(DAY.into());
            (begin.saturating_add(self.from.into()), length.into())
        })
    }
}

/// The longest time without an open window, but for daylight saving; none where there are no windows, or they are in
/// several time zones.
fn longest_closed(windows: &[Window]) -> Option<Duration> {
    let zone = &windows.first()?.zone;
    if windows.iter().any(|window| window.zone != *zone) {
        return None;
    }
    let week = u32::from(WEEK).saturating_mul(DAY.into());
    let mut stretches: Vec<(u32, u32)> = windows.iter().flat_map(Window::stretches).collect();
    stretches.sort_unstable();
    let (first, _) = *stretches.first()?;
    let ends = stretches.iter().map(|(from, length)| from.saturating_add(*length));
    // The last ones reach into the next week.
    let mut end = ends.max()?.saturating_sub(week);
    let mut longest = 0;
    for (from, length) in stretches.into_iter().chain([(first.saturating_add(week), 0)]) {
        longest = longest.max(from.saturating_sub(end));
        end = end.max(from.saturating_add(length));
    }
    Some(Duration::from_secs(u64::from(longest).saturating_mul(60)))
}

/// Warnings of approvals whose time can be over while no window is open: nothing wrong, and easily overlooked.
pub(super) fn short_approvals(windows: &[Window], steps: &[PlanStep], path: &Path) -> Vec<Problem> {
    let Some(closed) = longest_closed(windows) else { return Vec::new() };
    let short = steps.iter().enumerate().filter_map(|(index, step)| match step {
        PlanStep::Approve { timeout: Some(timeout) } if *timeout < closed => Some(index),
        _ => None,
    });
    let warning = |index| {
        let at = path.index(index).key("approve").key("timeout");
        let message = format!(
            "the windows are closed for up to {}, and this time can be over meanwhile",
            hours(closed)
        );
        let help = "an approval can be given while they are closed; without one all users go back to stable";
        Problem::warning(Code::InvalidRollout, &at, message).help(help)
    };
    short.map(warning).collect()
}

/// `89h`, `89h30m`.
fn hours(length: Duration) -> String {
    let minutes = length.as_secs().checked_div(60).unwrap_or_default();
    let (hours, minutes) = (minutes.checked_div(60).unwrap_or_default(), minutes.wrapping_rem(60));
    if minutes == 0 { format!("{hours}h") } else { format!("{hours}h{minutes}m") }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod lengths {
    use super::*;

    fn window(days: &[usize], from: u16, to: u16) -> Window {
        let mut window = Window { days: [false; 7], from, to, zone: "UTC".to_owned() };
        for day in days {
            window.days[*day] = true;
        }
        window
    }

    #[test]
    fn the_longest_closed_time_is_that_of_a_whole_week() {
        let hours = |windows: &[Window]| longest_closed(windows).map(|time| time.as_secs() / 3600);
        let days = window(&[0, 1, 2, 3], 9 * 60, 16 * 60);
        assert_eq!(hours(std::slice::from_ref(&days)), Some(8 + 3 * 24 + 9));
        assert_eq!(hours(&[days.clone(), window(&[5], 12 * 60, 13 * 60)]), Some(11 + 24 + 9));
        assert_eq!(hours(&[window(&[0, 1, 2, 3, 4, 5, 6], 0, DAY)]), Some(0));
        // Over midnight, and from Sunday into Monday.
        assert_eq!(hours(&[window(&[6], 22 * 60, 4 * 60)]), Some(6 * 24 + 18));
        let monday = [window(&[0], 2 * 60, 3 * 60), window(&[0], 9 * 60, 10 * 60)];
        let both = [&monday[..], &[window(&[6], 22 * 60, 4 * 60)]].concat();
        assert_eq!(hours(&both), Some(6 * 24 + 12));
        assert_eq!(hours(&[]), None);
        let elsewhere = Window { zone: "Asia/Tokyo".to_owned(), ..days.clone() };
        assert_eq!(hours(&[days, elsewhere]), None);
    }

    #[test]
    fn lengths_are_told_in_hours() {
        let told = |minutes| hours(Duration::from_mins(minutes));
        assert_eq!([told(89 * 60), told(90), told(5)], ["89h", "1h30m", "0h5m"]);
    }
}
