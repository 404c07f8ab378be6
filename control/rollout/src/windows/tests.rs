use super::*;

const BERLIN: &str = "Europe/Berlin";
const NEW_YORK: &str = "America/New_York";

/// A window on these days, counted from Monday.
fn window(days: &[usize], from: &str, to: &str, zone: &str) -> Window {
    let minutes = |time: &str| {
        let (hours, minutes) = time.split_once(':').unwrap();
        hours.parse::<u16>().unwrap() * 60 + minutes.parse::<u16>().unwrap()
    };
    let mut opens = [false; 7];
    for day in days {
        opens[*day] = true;
    }
    Window { days: opens, from: minutes(from), to: minutes(to), zone: zone.to_owned() }
}

/// `open`, or when it opens.
fn at(windows: &[Window], now: &str) -> String {
    let now: Timestamp = now.parse().unwrap();
    match gate(windows, now) {
        Gate::Open => "open".to_owned(),
        Gate::Outside(Some(Opening { time, left, .. })) => {
            let time = Timestamp::from_second(time).unwrap();
            assert_eq!(Duration::try_from(time.duration_since(now)).unwrap(), left);
            time.to_string()
        }
        Gate::Outside(None) => "never".to_owned(),
        Gate::Frozen(_) => "frozen".to_owned(),
    }
}

#[test]
fn a_window_is_open_from_its_first_moment_to_before_its_last() {
    let days = [window(&[0, 1, 2, 3], "09:00", "16:00", BERLIN)];
    // 2026-11-30 is a Monday; Berlin is an hour ahead.
    for (now, expected) in [
        ("2026-11-30T07:59:59Z", "2026-11-30T08:00:00Z"),
        ("2026-11-30T08:00:00Z", "open"),
        ("2026-11-30T14:59:59Z", "open"),
        ("2026-11-30T15:00:00Z", "2026-12-01T08:00:00Z"),
        ("2026-12-03T15:00:00Z", "2026-12-07T08:00:00Z"),
        ("2026-12-05T12:00:00Z", "2026-12-07T08:00:00Z"),
    ] {
        assert_eq!(at(&days, now), expected, "{now}");
    }
    assert_eq!(at(&[], "2026-12-05T12:00:00Z"), "open");
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_opens() {
    let friday = [window(&[4], "22:00", "04:00", "UTC")];
    for (now, expected) in [
        ("2026-12-04T21:59:00Z", "2026-12-04T22:00:00Z"),
        ("2026-12-04T22:00:00Z", "open"),
        ("2026-12-05T03:59:59Z", "open"),
        ("2026-12-05T04:00:00Z", "2026-12-11T22:00:00Z"),
        ("2026-12-04T03:00:00Z", "2026-12-04T22:00:00Z"),
    ] {
        assert_eq!(at(&friday, now), expected, "{now}");
    }
    let whole = [window(&[5], "00:00", "24:00", "UTC")];
    assert_eq!(at(&whole, "2026-12-05T23:59:59Z"), "open");
    assert_eq!(at(&whole, "2026-12-06T00:00:00Z"), "2026-12-12T00:00:00Z");
}

#[test]
fn several_windows_are_open_while_one_is() {
    let both = [window(&[0], "09:00", "12:00", BERLIN), window(&[0], "09:00", "12:00", NEW_YORK)];
    for (now, expected) in [
        ("2026-11-30T07:00:00Z", "2026-11-30T08:00:00Z"),
        ("2026-11-30T10:59:00Z", "open"),
        ("2026-11-30T11:00:00Z", "2026-11-30T14:00:00Z"),
        ("2026-11-30T14:00:00Z", "open"),
        ("2026-11-30T17:00:00Z", "2026-12-07T08:00:00Z"),
    ] {
        assert_eq!(at(&both, now), expected, "{now}");
    }
    // One that is not known does not take the other with it.
    let one = [window(&[0], "09:00", "12:00", "Europe/Berln"), both[0].clone()];
    assert_eq!(at(&one, "2026-11-30T08:00:00Z"), "open");
    assert_eq!(at(&one[..1], "2026-11-30T08:00:00Z"), "never");
}

/// Berlin, 2026-03-29: at 02:00 it is 03:00, which is 01:00 UTC.
#[test]
fn what_begins_or_ends_while_clocks_jump_does_so_when_they_do() {
    let sunday = |from, to| [window(&[6], from, to, BERLIN)];
    for (from, to, now, expected) in [
        ("02:30", "04:00", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"),
        ("02:30", "04:00", "2026-03-29T01:00:00Z", "open"),
        ("02:30", "04:00", "2026-03-29T01:59:59Z", "open"),
        ("02:30", "04:00", "2026-03-29T02:00:00Z", "2026-04-05T00:30:00Z"),
        ("02:00", "04:00", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
        ("01:00", "02:30", "2026-03-29T00:59:59Z", "open"),
        ("01:00", "02:30", "2026-03-29T01:00:00Z", "2026-04-04T23:00:00Z"),
        // That day it is left out.
        ("02:00", "03:00", "2026-03-28T12:00:00Z", "2026-04-05T00:00:00Z"),
        ("02:15", "02:45", "2026-03-28T12:00:00Z", "2026-04-05T00:15:00Z"),
        // An hour less.
        ("09:00", "16:00", "2026-03-29T06:59:59Z", "2026-03-29T07:00:00Z"),
    ] {
        assert_eq!(at(&sunday(from, to), now), expected, "{from}-{to} {now}");
    }
    // The night before it is still winter.
    let saturday = [window(&[5], "22:00", "06:00", BERLIN)];
    assert_eq!(at(&saturday, "2026-03-28T20:59:59Z"), "2026-03-28T21:00:00Z");
    assert_eq!(at(&saturday, "2026-03-29T03:59:59Z"), "open");
    assert_eq!(at(&saturday, "2026-03-29T04:00:00Z"), "2026-04-04T20:00:00Z");
}

/// Berlin, 2026-10-25: at 03:00 it is 02:00 again, which is 01:00 UTC.
#[test]
fn of_a_time_that_comes_twice_the_first_counts() {
    let sunday = |from, to| [window(&[6], from, to, BERLIN)];
    for (from, to, now, expected) in [
        ("02:30", "04:00", "2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z"),
        ("02:30", "04:00", "2026-10-25T00:30:00Z", "open"),
        ("02:30", "04:00", "2026-10-25T01:15:00Z", "open"),
        ("02:30", "04:00", "2026-10-25T02:59:59Z", "open"),
        ("02:30", "04:00", "2026-10-25T03:00:00Z", "2026-11-01T01:30:00Z"),
        ("01:00", "02:30", "2026-10-25T00:29:59Z", "open"),
        ("01:00", "02:30", "2026-10-25T00:30:00Z", "2026-11-01T00:00:00Z"),
        ("09:00", "16:00", "2026-10-25T07:59:59Z", "2026-10-25T08:00:00Z"),
    ] {
        assert_eq!(at(&sunday(from, to), now), expected, "{from}-{to} {now}");
    }
}

/// New York, 2026-03-08 and 2026-11-01: at 07:00 and 06:00 UTC.
#[test]
fn other_zones_have_other_days() {
    let sunday = |from, to| [window(&[6], from, to, NEW_YORK)];
    for (from, to, now, expected) in [
        ("02:30", "04:00", "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z"),
        ("02:30", "04:00", "2026-03-08T07:30:00Z", "open"),
        ("02:30", "04:00", "2026-03-08T08:00:00Z", "2026-03-15T06:30:00Z"),
        ("01:30", "04:00", "2026-11-01T05:29:59Z", "2026-11-01T05:30:00Z"),
        ("01:30", "04:00", "2026-11-01T06:10:00Z", "open"),
        ("01:30", "04:00", "2026-11-01T09:00:00Z", "2026-11-08T06:30:00Z"),
        // Europe has changed, America has not.
        ("09:00", "16:00", "2026-10-25T12:59:59Z", "2026-10-25T13:00:00Z"),
    ] {
        assert_eq!(at(&sunday(from, to), now), expected, "{from}-{to} {now}");
    }
}

/// The image has no files of time zones: the program has them.
#[test]
fn zones_are_part_of_the_program() {
    let bundled = jiff::tz::TimeZoneDatabase::bundled();
    for zone in [BERLIN, NEW_YORK, "UTC", "Asia/Kolkata"] {
        assert!(bundled.get(zone).is_ok(), "{zone}");
    }
}
