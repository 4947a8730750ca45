//! The `date` filter's formats: strftime's codes, in UTC and in English.

use crate::time::{Civil, Timestamp};

/// What `date` writes when it is given no format.
pub(super) const DEFAULT_FORMAT: &str = "%A, %B %-e, %Y at %-l:%M %P %z";

/// The codes that may follow `%`, its flags (`-`, `_`, `0`, `^`, `#`, `:`) and a width.
pub(super) const CODES: &str = "aAbBCdeHhIjklLmMNpPqsSuUwWyYzZtn%";

/// Writes `time` as `format` says. A code that is none of [`CODES`] is written as it stands.
///
/// None if that would be longer than `most` bytes.
pub(super) fn write(time: Timestamp, format: &str, most: usize) -> Option<String> {
    let civil = time.civil();
    let mut out = String::with_capacity(format.len() + 16);
    for part in Parts(format) {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Directive(directive) => match directive.text(time, &civil, most)? {
                Some(text) => out.push_str(&text),
                None => out.push_str(directive.source),
            },
        }
        if out.len() > most {
            return None;
        }
    }
    Some(out)
}

/// The first directive of `format` whose code is none of [`CODES`].
pub(super) fn unknown_directive(format: &str) -> Option<&str> {
    Parts(format).find_map(|part| match part {
        Part::Directive(directive) if !CODES.contains(directive.code) => Some(directive.source),
        _ => None,
    })
}

enum Part<'f> {
    Text(&'f str),
    Directive(Directive<'f>),
}

struct Directive<'f> {
    source: &'f str,
    flags: &'f str,
    /// 0 if there is none.
    width: usize,
    code: char,
}

/// The parts of a format, in order.
struct Parts<'f>(&'f str);

impl<'f> Iterator for Parts<'f> {
    type Item = Part<'f>;

    fn next(&mut self) -> Option<Part<'f>> {
        if self.0.is_empty() {
            return None;
        }
        let length = match self.0.strip_prefix('%') {
            None => self.0.find('%').unwrap_or(self.0.len()),
            Some(inner) => {
                let after_flags = inner.trim_start_matches(['-', '_', '0', '^', '#', ':']);
                let after_width = after_flags.trim_start_matches(|c: char| c.is_ascii_digit());
                let flags = inner.get(..inner.len() - after_flags.len())?;
                let width = after_flags.get(..after_flags.len() - after_width.len())?;
                let conversion = match after_width.strip_prefix(['E', 'O']) {
                    Some(code) if code.starts_with(is_code) => code,
                    _ => after_width,
                };
                match conversion.chars().next().filter(|c| is_code(*c)) {
                    Some(code) => {
                        let length = self.0.len() - conversion.len() + code.len_utf8();
                        let (source, rest) = self.0.split_at_checked(length)?;
                        self.0 = rest;
                        // A width that no number can hold is too wide for any output.
                        let width =
                            if width.is_empty() { 0 } else { width.parse().unwrap_or(usize::MAX) };
                        return Some(Part::Directive(Directive { source, flags, width, code }));
                    }
                    None => self.0.len() - after_width.len(),
                }
            }
        };
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Part::Text(text))
    }
}

fn is_code(c: char) -> bool {
    !matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

impl Directive<'_> {
    /// The text, none if the code is unknown; none at all if it would be longer than `most`.
    fn text(&self, time: Timestamp, civil: &Civil, most: usize) -> Option<Option<String>> {
        if self.width > most {
            return None;
        }
        let Some((mut text, width)) = self.plain(time, civil) else {
            return Some(None);
        };
        if self.has('^') {
            text.make_ascii_uppercase();
        } else if self.has('#') {
            if text.bytes().any(|b| b.is_ascii_lowercase()) {
                text.make_ascii_uppercase();
            } else {
                text.make_ascii_lowercase();
            }
        }
        let width = match self.width {
            _ if self.has('-') => 0,
            0 => width,
            width => width,
        };
        let spaced = matches!(self.code, 'a' | 'A' | 'b' | 'B' | 'e' | 'k' | 'l' | 'p' | 'P');
        let pad = match () {
            () if self.has('_') => ' ',
            () if self.has('0') || !spaced => '0',
            () => ' ',
        };
        let missing = width.saturating_sub(text.len());
        // Zeros go between the sign of a year before 0 and its digits.
        let place = usize::from(pad == '0' && text.starts_with('-'));
        text.insert_str(place, &String::from(pad).repeat(missing));
        Some(Some(text))
    }

    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// The text before padding, and the width that the code has by itself.
    fn plain(&self, time: Timestamp, civil: &Civil) -> Option<(String, usize)> {
        let short = |name: &str| name.get(..3).unwrap_or(name).to_owned();
        let hour12 = (civil.hour + 11) % 12 + 1;
        let morning = civil.hour < 12;
        Some(match self.code {
            'a' => (short(weekday(civil)), 0),
            'A' => (weekday(civil).to_owned(), 0),
            'b' | 'h' => (short(month(civil)), 0),
            'B' => (month(civil).to_owned(), 0),
            'C' => (civil.year.div_euclid(100).to_string(), 2),
            'd' | 'e' => (civil.day.to_string(), 2),
            'H' | 'k' => (civil.hour.to_string(), 2),
            'I' | 'l' => (hour12.to_string(), 2),
            'j' => (civil.day_of_year.to_string(), 3),
            'L' => (civil.millisecond.to_string(), 3),
            'm' => (civil.month.to_string(), 2),
            'M' => (civil.minute.to_string(), 2),
            'N' => (self.fraction(civil), 0),
            'p' => (String::from(if morning { "AM" } else { "PM" }), 0),
            'P' => (String::from(if morning { "am" } else { "pm" }), 0),
            'q' => (String::from(ordinal(civil.day)), 0),
            's' => (time.millis().div_euclid(1000).to_string(), 0),
            'S' => (civil.second.to_string(), 2),
            'u' => ((if civil.weekday == 0 { 7 } else { civil.weekday }).to_string(), 0),
            'U' => (week(civil, 0).to_string(), 2),
            'w' => (civil.weekday.to_string(), 0),
            'W' => (week(civil, 1).to_string(), 2),
            'y' => (civil.year.rem_euclid(100).to_string(), 2),
            'Y' => (civil.year.to_string(), 4),
            'z' | 'Z' => (String::from(if self.has(':') { "+00:00" } else { "+0000" }), 0),
            't' => (String::from("\t"), 0),
            'n' => (String::from("\n"), 0),
            '%' => (String::from("%"), 0),
            _ => return None,
        })
    }

    /// The fraction of the second, nine digits long unless the width says otherwise.
    fn fraction(&self, civil: &Civil) -> String {
        let width = if self.width == 0 { 9 } else { self.width };
        let mut digits = format!("{:03}", civil.millisecond);
        digits.truncate(width);
        let missing = width.saturating_sub(digits.len());
        digits.push_str(&"0".repeat(missing));
        digits
    }
}

fn weekday(civil: &Civil) -> &'static str {
    match civil.weekday {
        0 => "Sunday",
        1 => "Monday",
        2 => "Tuesday",
        3 => "Wednesday",
        4 => "Thursday",
        5 => "Friday",
        _ => "Saturday",
    }
}

fn month(civil: &Civil) -> &'static str {
    match civil.month {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

fn ordinal(day: u8) -> &'static str {
    match (day / 10, day % 10) {
        (1, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

/// The week of the year, whose first week begins with the first `start` (0 is Sunday).
fn week(civil: &Civil, start: u8) -> u16 {
    let since_start = u16::from((civil.weekday + 7 - start) % 7);
    (civil.day_of_year + 6 - since_start) / 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(format: &str, expected: &str) {
        let time = Timestamp::parse("2026-03-01T07:05:09.042Z").unwrap();
        assert_eq!(write(time, format, 1000).as_deref(), Some(expected), "{format}");
    }

    #[test]
    fn writes_every_code() {
        check("%a %A %b %h %B", "Sun Sunday Mar Mar March");
        check("%Y %C %y %m %d %e %j", "2026 20 26 03 01  1 060");
        check("%H %I %k %l %M %S %L %N", "07 07  7  7 05 09 042 042000000");
        check("%p %P %q %s %u %w %U %W", "AM am st 1772348709 7 0 09 08");
        check("%z %:z %Z %t%n%%", "+0000 +00:00 +0000 \t\n%");
        check(DEFAULT_FORMAT, "Sunday, March 1, 2026 at 7:05 am +0000");
    }

    #[test]
    fn flags_and_widths_change_the_padding() {
        check("%-d %_d %04d %5d", "1  1 0001 00001");
        check("%^a %#a %#p %-m", "SUN SUN am 3");
        check("%3N %12N %-3N", "042 042000000000 042");
        check("%10a|%010a|%5%", "       Sun|0000000Sun|0000%");
        check("%EY %Od", "2026 01");
    }

    #[test]
    fn what_is_no_code_stays() {
        check("100%", "100%");
        check("%Q %5Q %- %E %\n%d", "%Q %5Q %- %E %\n01");
        assert_eq!(unknown_directive("%d %5Q"), Some("%5Q"));
        assert_eq!(unknown_directive("%d 100%"), None);
    }

    #[test]
    fn years_before_zero_keep_their_sign_in_front() {
        let time = Timestamp::from_millis(-62_200_000_000_000);
        assert_eq!(write(time, "%Y %y %C", 100).as_deref(), Some("-002 98 -1"));
    }

    #[test]
    fn no_width_exceeds_the_limit() {
        assert_eq!(write(Timestamp::default(), "%1001d", 1000), None);
        assert_eq!(write(Timestamp::default(), "%99999999999999999999999d", 1000), None);
        assert_eq!(write(Timestamp::default(), &"%999d".repeat(2), 1000), None);
    }
}
