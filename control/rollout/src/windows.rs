//! Whether a window of a plan is open at a time, and when one opens next: the policy knows neither clocks nor time
//! zones, and is told.
//!
//! A time of day that the clocks jump over in spring is the moment of the jump. One that comes twice in autumn is the
//! first.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use policy::rollout::{Gate, Opening, Window};

/// How many days are looked ahead.
const AHEAD: usize = 367;
/// The minutes of a day.
const DAY: u16 = 24 * 60;

/// Whether a rollout with these windows may go forward at this time; several are one with all their times.
#[must_use]
pub fn gate(windows: &[Window], now: Timestamp) -> Gate {
    if windows.is_empty() {
        return Gate::Open;
    }
    let mut first: Option<(Timestamp, usize)> = None;
    for (index, window) in windows.iter().enumerate() {
        let Some(time) = opening(window, now) else { continue };
        if time <= now {
            return Gate::Open;
        }
        if first.is_none_or(|(first, _)| time < first) {
            first = Some((time, index));
        }
    }
    Gate::Outside(first.map(|(time, window)| {
        let left: SignedDuration = time.duration_since(now);
        let left = Duration::try_from(left).unwrap_or_default();
        Opening { window, time: time.as_second(), left }
    }))
}

/// When the window opens that is open now, or that opens next; none where its zone is not known, or it opens at no time.
fn opening(window: &Window, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(&window.zone).ok()?;
    // What is open over midnight opened the day before.
    let mut day = now.to_zoned(zone.clone()).date().yesterday().ok()?;
    for _ in 0..AHEAD {
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).ok()?;
        if window.days.get(weekday) == Some(&true) {
            let last = if window.is_over_midnight() { day.tomorrow().ok()? } else { day };
            let from = moment(&zone, day, window.from)?;
            let to = moment(&zone, last, window.to)?;
            if from < to && now < to {
                return Some(from);
            }
        }
        day = day.tomorrow().ok()?;
    }
    None
}

/// When it is so many minutes after midnight there.
fn moment(zone: &TimeZone, day: Date, minutes: u16) -> Option<Timestamp> {
    let (day, minutes) = if minutes < DAY { (day, minutes) } else { (day.tomorrow().ok()?, 0) };
    let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
    let time = day.at(hour, minute, 0, 0);
    let moment = zone.to_ambiguous_timestamp(time);
    match moment.offset() {
        AmbiguousOffset::Gap { after, .. } => {
            let before = after.to_timestamp(time).ok()?;
            zone.following(before).next().map(|jump| jump.timestamp())
        }
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => {
            moment.compatible().ok()
        }
    }
}

#[cfg(test)]
mod tests;
