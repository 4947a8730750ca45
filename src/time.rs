//! Points in time, and the calendar that people read them by.
//!
//! The arithmetic is the proleptic Gregorian calendar in UTC without leap seconds, as ISO 8601 and
//! ECMAScript have it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, negative before it.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(transparent)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Timestamp(#[cfg_attr(test, ts(type = "number"))] i64);

impl Timestamp {
    /// The point in time that lies `millis` milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The point in time that lies `millis` milliseconds later.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Reads an ISO 8601 or RFC 3339 date (`2026-01-02`, midnight UTC) or date-time.
    ///
    /// A date-time has hours and minutes and may have seconds and a fraction of any length, of which
    /// milliseconds are kept; `T`, `t` or one space parts it from the date. An offset is `Z`, `z`,
    /// `+01:00`, `+0100` or `+01`, up to 23:59; without one the time is UTC. `24:00:00` is the midnight
    /// that ends the day. Years run from 0000 to 9999. Anything else, leap seconds and dates that
    /// the calendar lacks among them, is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text.as_bytes() };
        let year = reader.digits(4)?;
        reader.expect(b'-')?;
        let month = reader.digits(2)?;
        reader.expect(b'-')?;
        let day = reader.digits(2)?;
        if !(1..=12).contains(&month) || !(1..=days_in_month(year, month)).contains(&day) {
            return None;
        }
        let midnight = days_from_civil(year, month, day) * DAY;
        if reader.rest.is_empty() {
            return Some(Self(midnight));
        }
        if !reader.eat(b'T') && !reader.eat(b't') {
            reader.expect(b' ')?;
        }
        let time = reader.time_of_day()?;
        let offset = reader.offset()?;
        reader.rest.is_empty().then_some(Self(midnight + time - offset))
    }

    /// The UTC calendar date and time of day.
    pub fn civil(self) -> Civil {
        let days = self.0.div_euclid(DAY);
        let time = self.0.rem_euclid(DAY);
        let (year, month, day) = civil_from_days(days);
        Civil {
            year,
            month: narrow(month),
            day: narrow(day),
            hour: narrow(time / HOUR),
            minute: narrow(time / MINUTE % 60),
            second: narrow(time / SECOND % 60),
            millisecond: u16::try_from(time % SECOND).unwrap_or_default(),
            // 1970-01-01 was a Thursday.
            weekday: narrow((days + 4).rem_euclid(7)),
            day_of_year: u16::try_from(days - days_from_civil(year, 1, 1) + 1).unwrap_or_default(),
        }
    }

    /// Writes `YYYY-MM-DDTHH:MM:SSZ`, the form that Twilio's `SendAt` takes; milliseconds are cut
    /// off. A year outside 0000 to 9999 has a sign and at least six digits, as in ECMAScript.
    pub fn to_iso_seconds(self) -> String {
        self.to_string()
    }
}

/// Writes the same as [`Timestamp::to_iso_seconds`].
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil { year, month, day, hour, minute, second, .. } = self.civil();
        if (0..=9999).contains(&year) {
            write!(f, "{year:04}")?;
        } else {
            write!(f, "{year:+07}")?;
        }
        write!(f, "-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// A date and a time of day in UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Civil {
    /// The astronomical year: 0 is 1 BC.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999.
    pub millisecond: u16,
    /// 0 (Sunday) to 6 (Saturday).
    pub weekday: u8,
    /// 1 to 366.
    pub day_of_year: u16,
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Days in a cycle of 400 years, after which the calendar repeats.
const CYCLE: i64 = 146_097;

/// Days before each month, counted from 1 March: with the leap day last, no month needs to know
/// whether the year is a leap year.
const DAYS_BEFORE: [i64; 12] = [0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337];

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(crate) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01; `month` is 1 to 12.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (year, months) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before = usize::try_from(months).ok().and_then(|at| DAYS_BEFORE.get(at)).copied();
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + before.unwrap_or_default() + day - 1 - EPOCH
}

/// The year, month and day that lie `days` days after 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let since = days + EPOCH;
    let cycle = since.div_euclid(CYCLE);
    let in_cycle = since.rem_euclid(CYCLE);
    // The last day of the 4th, 100th and 400th year is one more than the plain lengths hold.
    let century = (in_cycle / 36_524).min(3);
    let in_century = in_cycle - century * 36_524;
    let quad = in_century / 1_461;
    let in_quad = in_century - quad * 1_461;
    let single = (in_quad / 365).min(3);
    let day_of_year = in_quad - single * 365;
    let year = cycle * 400 + century * 100 + quad * 4 + single;
    let months = DAYS_BEFORE.iter().take_while(|before| **before <= day_of_year).count();
    let before = months.checked_sub(1).and_then(|at| DAYS_BEFORE.get(at)).copied();
    let day = day_of_year - before.unwrap_or_default() + 1;
    let months = i64::try_from(months).unwrap_or_default();
    if months > 10 { (year + 1, months - 10, day) } else { (year, months + 2, day) }
}

/// For numbers that the calendar keeps small.
fn narrow(number: i64) -> u8 {
    u8::try_from(number).unwrap_or_default()
}

struct Reader<'t> {
    rest: &'t [u8],
}

impl Reader<'_> {
    /// Milliseconds since midnight.
    fn time_of_day(&mut self) -> Option<i64> {
        let hour = self.digits(2)?;
        self.expect(b':')?;
        let minute = self.digits(2)?;
        let mut second = 0;
        let mut millisecond = 0;
        if self.eat(b':') {
            second = self.digits(2)?;
            if self.eat(b'.') {
                millisecond = self.fraction()?;
            }
        }
        let time = hour * HOUR + minute * MINUTE + second * SECOND + millisecond;
        let ends_the_day = hour == 24 && time == DAY;
        ((hour < 24 || ends_the_day) && minute < 60 && second < 60).then_some(time)
    }

    /// Milliseconds, from the digits after the point.
    fn fraction(&mut self) -> Option<i64> {
        let mut millisecond = self.digits(1)? * 100;
        let mut worth = 10;
        while let Some(digit) = self.digits(1) {
            millisecond += digit * worth;
            worth /= 10;
        }
        Some(millisecond)
    }

    /// Milliseconds that local time is ahead of UTC.
    fn offset(&mut self) -> Option<i64> {
        if self.rest.is_empty() || self.eat(b'Z') || self.eat(b'z') {
            return Some(0);
        }
        let sign = if self.eat(b'-') {
            -1
        } else {
            self.expect(b'+')?;
            1
        };
        let hours = self.digits(2)?;
        let colon = self.eat(b':');
        let minutes = if colon || !self.rest.is_empty() { self.digits(2)? } else { 0 };
        (hours < 24 && minutes < 60).then_some(sign * (hours * HOUR + minutes * MINUTE))
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.rest.split_at_checked(count)?;
        let mut number = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number * 10 + i64::from(digit - b'0');
        }
        self.rest = rest;
        Some(number)
    }

    fn eat(&mut self, expected: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == expected => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn expect(&mut self, expected: u8) -> Option<()> {
        self.eat(expected).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, millis: i64) {
        assert_eq!(Timestamp::parse(text).map(Timestamp::millis), Some(millis), "{text}");
    }

    #[test]
    fn reads_every_way_of_writing_a_time() {
        check("1970-01-01", 0);
        check("2026-01-02", 1_767_312_000_000);
        check("2026-01-02T03:04:05Z", 1_767_323_045_000);
        check("2026-01-02t03:04:05z", 1_767_323_045_000);
        check("2026-01-02 03:04:05", 1_767_323_045_000);
        check("2026-01-02T03:04Z", 1_767_323_040_000);
        check("2026-01-02T03:04:05.1", 1_767_323_045_100);
        check("2026-01-02T03:04:05.12Z", 1_767_323_045_120);
        check("2026-01-02T03:04:05.1239999999999999999999Z", 1_767_323_045_123);
        check("2026-01-02T03:04:05+01:00", 1_767_319_445_000);
        check("2026-01-02T03:04:05+0100", 1_767_319_445_000);
        check("2026-01-02T03:04:05+01", 1_767_319_445_000);
        check("2026-01-02T03:04:05.5-23:59", 1_767_409_385_500);
        check("2026-01-01T24:00:00Z", 1_767_312_000_000);
        check("0000-01-01", -62_167_219_200_000);
        check("9999-12-31T23:59:59.999Z", 253_402_300_799_999);
        check("2024-02-29", 1_709_164_800_000);
    }

    #[test]
    fn refuses_what_is_not_a_time() {
        for text in [
            "",
            "2026",
            "2026-1-02",
            "2026-13-01",
            "2026-00-01",
            "2026-02-29",
            "2026-01-00",
            "2026-01-32",
            "2026-01-02T",
            "2026-01-02T03",
            "2026-01-02  03:04",
            "2026-01-02T24:00:01Z",
            "2026-01-02T24:01Z",
            "2026-01-02T03:60Z",
            "2026-01-02T03:04:60Z",
            "2026-01-02T03:04:05.Z",
            "2026-01-02T03:04.5Z",
            "2026-01-02T03:04:05+24:00",
            "2026-01-02T03:04:05+1:00",
            "2026-01-02T03:04:05+01:",
            "2026-01-02T03:04:05Zx",
            "2026-01-02Z",
            " 2026-01-02",
            "+2026-01-02",
            "2026-01-02T03:04:05 Z",
            "٢٠٢٦-01-02",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    /// Walks the calendar day by day by the rules that people know, beside the arithmetic.
    #[test]
    fn every_day_of_ten_thousand_years_goes_there_and_back() {
        let mut days = -719_162;
        let mut weekday = 1;
        for year in 1..=9999 {
            let mut day_of_year = 0;
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    day_of_year += 1;
                    let late = Timestamp::from_millis(days * DAY + DAY - 1);
                    let civil = late.civil();
                    assert_eq!(
                        (civil.year, civil.month, civil.day),
                        (year, narrow(month), narrow(day))
                    );
                    assert_eq!((civil.weekday, civil.day_of_year), (weekday, day_of_year));
                    assert_eq!((civil.hour, civil.minute, civil.second), (23, 59, 59));
                    assert_eq!(civil.millisecond, 999);
                    assert_eq!(days_from_civil(year, month, day), days);
                    weekday = (weekday + 1) % 7;
                    days += 1;
                }
            }
        }
        assert_eq!(Timestamp::parse("9999-12-31"), Some(Timestamp::from_millis((days - 1) * DAY)));
    }

    #[test]
    fn every_hour_of_a_year_is_read_as_it_is_written() {
        for hour in 0..24 * 366 {
            let time = Timestamp::from_millis(1_709_164_800_000 + hour * (HOUR + 7 * SECOND));
            assert_eq!(Timestamp::parse(&time.to_iso_seconds()), Some(time));
        }
    }

    #[test]
    fn writes_years_of_every_size() {
        assert_eq!(Timestamp::from_millis(-1).to_iso_seconds(), "1969-12-31T23:59:59Z");
        assert_eq!(
            Timestamp::from_millis(-62_167_219_200_001).to_string(),
            "-000001-12-31T23:59:59Z"
        );
        assert_eq!(
            Timestamp::from_millis(253_402_300_800_000).to_string(),
            "+010000-01-01T00:00:00Z"
        );
    }

    #[test]
    fn the_ends_of_the_range_do_not_overflow() {
        assert_eq!(Timestamp::from_millis(i64::MAX).civil().year, 292_278_994);
        assert_eq!(Timestamp::from_millis(i64::MIN).civil().year, -292_275_055);
    }
}
