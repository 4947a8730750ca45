//! How clocks are set: their offset from UTC, and when it changes.

use crate::time::{Timestamp, days_from_civil, days_in_month};

const MINUTES_A_DAY: i64 = 24 * 60;

/// A time of day, to the minute: 00:00 to 23:59.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// 08:00, before which United States law keeps solicitations away (47 CFR 64.1200(c)(1)).
    pub const EIGHT_AM: Self = Self(8 * 60);

    /// 21:00, after which it does so too.
    pub const NINE_PM: Self = Self(21 * 60);

    /// The time at this hour and minute; none if there is no such time.
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self(hour * 60 + minute)) } else { None }
    }

    /// Reads two digits, a colon and two digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let number = |digits: &str| {
            let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { digits.parse().ok() } else { None }
        };
        Self::new(number(hour)?, number(minute)?)
    }

    fn from_minutes(minutes: i64) -> Self {
        Self(u16::try_from(minutes.rem_euclid(MINUTES_A_DAY)).unwrap_or_default())
    }

    fn minutes(self) -> i64 {
        i64::from(self.0)
    }
}

/// Writes `08:00`.
impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// How clocks are set: by one offset the year round, or by two that take turns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Clock {
    /// Minutes that it is ahead of UTC when no daylight saving holds.
    standard: i64,
    daylight: Option<Daylight>,
}

/// Another offset for a part of every year. In Ireland it is the one of winter, and behind the
/// standard.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Daylight {
    /// Minutes ahead of UTC.
    offset: i64,
    start: Switch,
    end: Switch,
}

/// The moment of a year at which clocks are set: so many minutes after the midnight that begins a
/// weekday of a month, as the clock shows before it is set. The minutes may be negative, or more
/// than a day has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Switch {
    /// 1 to 12.
    month: i64,
    /// 1 to 4, or 5 for the last.
    week: i64,
    /// 0 (Sunday) to 6 (Saturday).
    weekday: i64,
    minute: i64,
}

impl Clock {
    /// Reads `60`, or `60,120,3.5.0/120,10.5.0/180`: the offsets in minutes, and month, week,
    /// weekday and minute at which the second begins and ends.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let standard = parts.next()?.parse().ok()?;
        let Some(offset) = parts.next() else { return Some(Self { standard, daylight: None }) };
        let daylight = Daylight {
            offset: offset.parse().ok()?,
            start: Switch::parse(parts.next()?)?,
            end: Switch::parse(parts.next()?)?,
        };
        parts.next().is_none().then_some(Self { standard, daylight: Some(daylight) })
    }

    /// Minutes that it is ahead of UTC at this time.
    pub fn offset(self, at: Timestamp) -> i64 {
        self.offset_in(minute_of(at))
    }

    /// What it shows at this time.
    pub fn time_of_day(self, at: Timestamp) -> TimeOfDay {
        self.shown(minute_of(at))
    }

    /// The first moment after `after` at which it turns to this time of day.
    ///
    /// Where the clock is set forward past that time, it is the moment at which it is set. Where it
    /// is set back and shows that time twice, each of the two counts.
    pub fn next(self, time: TimeOfDay, after: Timestamp) -> Timestamp {
        let mut from = minute_of(after);
        // A whole day if it shows that time already: that moment is not after `after`.
        let mut wait =
            (time.minutes() - self.shown(from).minutes() - 1).rem_euclid(MINUTES_A_DAY) + 1;
        while let Some(switch) = self.next_switch(from).filter(|switch| *switch <= from + wait) {
            let forward = self.offset_in(switch) - self.offset_in(from);
            if from + wait - switch <= forward {
                return at_minute(switch);
            }
            from = switch;
            wait = (time.minutes() - self.shown(from).minutes()).rem_euclid(MINUTES_A_DAY);
        }
        at_minute(from + wait)
    }

    fn shown(self, minute: i64) -> TimeOfDay {
        TimeOfDay::from_minutes(minute + self.offset_in(minute))
    }

    fn offset_in(self, minute: i64) -> i64 {
        let Some(daylight) = self.daylight else { return self.standard };
        let [start, end] = self.switches(daylight, self.year_of(minute));
        let holds = if start < end {
            (start..end).contains(&minute)
        } else {
            !(end..start).contains(&minute)
        };
        if holds { daylight.offset } else { self.standard }
    }

    /// The first minute after `minute` at which it is set.
    fn next_switch(self, minute: i64) -> Option<i64> {
        let daylight = self.daylight?;
        let year = self.year_of(minute);
        let switches = (year - 1..=year + 1).flat_map(|year| self.switches(daylight, year));
        switches.filter(|switch| *switch > minute).min()
    }

    fn year_of(self, minute: i64) -> i64 {
        at_minute(minute + self.standard).civil().year
    }

    /// When daylight saving starts and ends in a year.
    fn switches(self, daylight: Daylight, year: i64) -> [i64; 2] {
        [
            daylight.start.minute_in(year) - self.standard,
            daylight.end.minute_in(year) - daylight.offset,
        ]
    }
}

impl Switch {
    fn parse(text: &str) -> Option<Self> {
        let (date, minute) = text.split_once('/')?;
        let mut parts = date.split('.').map(|part| part.parse().ok());
        let switch = Self {
            month: parts.next()??,
            week: parts.next()??,
            weekday: parts.next()??,
            minute: minute.parse().ok()?,
        };
        parts.next().is_none().then_some(switch)
    }

    /// The minute since 1970 of a clock that shows UTC.
    fn minute_in(self, year: i64) -> i64 {
        let first = days_from_civil(year, self.month, 1);
        // 1970-01-01 was a Thursday.
        let until = (self.weekday - (first + 4)).rem_euclid(7);
        let mut day = until + (self.week - 1) * 7;
        if day >= days_in_month(year, self.month) {
            day -= 7;
        }
        (first + day) * MINUTES_A_DAY + self.minute
    }
}

/// Offsets and switches are whole minutes, and minutes cannot overflow.
fn minute_of(at: Timestamp) -> i64 {
    at.millis().div_euclid(60_000)
}

fn at_minute(minute: i64) -> Timestamp {
    Timestamp::from_millis(minute.saturating_mul(60_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONDON: &str = "0,60,3.5.0/60,10.5.0/120";
    const DUBLIN: &str = "60,0,10.5.0/120,3.5.0/60";
    const SYDNEY: &str = "600,660,10.1.0/120,4.1.0/180";
    const LORD_HOWE: &str = "630,660,10.1.0/120,4.1.0/120";

    fn clock(text: &str) -> Clock {
        Clock::parse(text).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[track_caller]
    fn shows(rule: &str, utc: &str, expected: &str) {
        assert_eq!(clock(rule).time_of_day(at(utc)).to_string(), expected, "{rule} at {utc}");
    }

    #[track_caller]
    fn next(rule: &str, time: &str, after: &str, expected: &str) {
        let found = clock(rule).next(TimeOfDay::parse(time).unwrap(), at(after));
        assert_eq!(found.to_string(), expected, "{rule}: {time} after {after}");
    }

    #[test]
    fn clocks_are_set_at_the_second() {
        shows(LONDON, "2026-03-29T00:59:59Z", "00:59");
        shows(LONDON, "2026-03-29T01:00:00Z", "02:00");
        shows(LONDON, "2026-10-25T00:59:59Z", "01:59");
        shows(LONDON, "2026-10-25T01:00:00Z", "01:00");
        shows(SYDNEY, "2026-04-04T15:59:59Z", "02:59");
        shows(SYDNEY, "2026-04-04T16:00:00Z", "02:00");
        shows(SYDNEY, "2026-10-03T15:59:59Z", "01:59");
        shows(SYDNEY, "2026-10-03T16:00:00Z", "03:00");
        shows(LORD_HOWE, "2026-10-03T15:29:59Z", "01:59");
        shows(LORD_HOWE, "2026-10-03T15:30:00Z", "02:30");
    }

    #[test]
    fn the_turn_of_the_year_changes_nothing() {
        shows(SYDNEY, "2026-12-31T12:59:59Z", "23:59");
        shows(SYDNEY, "2026-12-31T13:00:00Z", "00:00");
        shows(SYDNEY, "2026-12-31T23:59:59Z", "10:59");
    }

    #[test]
    fn irish_summer_is_the_standard() {
        for hour in 0..24 * 365 * 4 {
            let at = Timestamp::from_millis(1_767_225_600_000 + hour * 3_600_000);
            assert_eq!(clock(DUBLIN).offset(at), clock(LONDON).offset(at), "{at}");
        }
    }

    #[test]
    fn the_next_time_of_day() {
        next(LONDON, "08:00", "2026-01-15T07:59:59Z", "2026-01-15T08:00:00Z");
        next(LONDON, "08:00", "2026-01-15T08:00:00Z", "2026-01-16T08:00:00Z");
        next(LONDON, "08:00", "2026-01-15T08:00:59Z", "2026-01-16T08:00:00Z");
        next(LONDON, "08:00", "2026-07-15T08:00:00Z", "2026-07-16T07:00:00Z");
        next("-300", "08:00", "2026-01-15T08:00:00Z", "2026-01-15T13:00:00Z");
    }

    #[test]
    fn a_time_after_the_switch_is_counted_by_the_new_offset() {
        next(LONDON, "08:00", "2026-03-28T22:00:00Z", "2026-03-29T07:00:00Z");
        next(LONDON, "08:00", "2026-10-24T22:00:00Z", "2026-10-25T08:00:00Z");
    }

    #[test]
    fn a_time_that_is_left_out_comes_when_the_clock_is_set() {
        next(LONDON, "01:30", "2026-03-29T00:10:00Z", "2026-03-29T01:00:00Z");
        next(LONDON, "01:00", "2026-03-29T00:10:00Z", "2026-03-29T01:00:00Z");
        next(LONDON, "02:00", "2026-03-29T00:10:00Z", "2026-03-29T01:00:00Z");
        next(LONDON, "02:01", "2026-03-29T00:10:00Z", "2026-03-29T01:01:00Z");
        next(LONDON, "01:30", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    }

    #[test]
    fn a_time_that_comes_twice_counts_twice() {
        next(LONDON, "01:30", "2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z");
        next(LONDON, "01:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
        next(LONDON, "01:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z");
        next(LONDON, "02:00", "2026-10-25T00:10:00Z", "2026-10-25T02:00:00Z");
        next(LONDON, "00:30", "2026-10-25T00:30:00Z", "2026-10-26T00:30:00Z");
    }

    #[test]
    fn what_is_next_is_after_and_shows_that_time_or_is_a_switch() {
        for rule in [LONDON, DUBLIN, SYDNEY, LORD_HOWE, "-540,-480,3.2.0/120,11.1.0/120", "345"] {
            let clock = clock(rule);
            for step in 0..4_000 {
                let after = Timestamp::from_millis(1_767_225_600_000 + step * 8_230_000);
                let time = TimeOfDay::from_minutes(step * 37);
                let found = clock.next(time, after);
                let before = Timestamp::from_millis(found.millis() - 1);
                assert!(found > after && found.millis() - after.millis() <= 25 * 3_600_000);
                let is_set = clock.offset(before) != clock.offset(found);
                assert!(clock.time_of_day(found) == time || is_set, "{rule} {time} {after}");
            }
        }
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        for millis in [i64::MIN, i64::MAX] {
            let end = Timestamp::from_millis(millis);
            let _ = clock(SYDNEY).next(TimeOfDay(0), end);
            let _ = clock(SYDNEY).time_of_day(end);
        }
    }

    #[test]
    fn reads_times_of_day() {
        assert_eq!(TimeOfDay::parse("23:59"), TimeOfDay::new(23, 59));
        for text in ["", "8:00", "08:0", "24:00", "08:60", "08:00:00", "+8:00", "08.00", " 08:00"] {
            assert_eq!(TimeOfDay::parse(text), None, "{text}");
        }
    }
}
