//! Whose clock shows what, by a small table of offsets that owes nothing to the core's.

/// Minutes of a day.
pub(crate) const DAY: i64 = 24 * 60;
const MINUTE: i64 = 60_000;

/// A place whose clocks are known here, for 2026.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) name: &'static str,
    /// How many minutes its clocks are ahead of UTC, for most of the winter.
    offset: i64,
    /// When they show something else, in minutes since 1970, and how far ahead they are then.
    other: Option<(i64, i64, i64)>,
}

/// Midnight of 8 March, when the United States set their clocks forward in the following hours, and
/// of 1 November, when they set them back.
const US: (i64, i64) = (20_520 * DAY, 20_758 * DAY);
/// The same for Europe: at 01:00 UTC on 29 March and 25 October.
const EU: (i64, i64) = (20_541 * DAY + 60, 20_751 * DAY + 60);
/// And for New Zealand: at 03:00 on 5 April and 02:00 on 27 September.
const NZ: (i64, i64) = (20_547 * DAY + 14 * 60, 20_722 * DAY + 14 * 60);

const fn fixed(name: &'static str, offset: i64) -> Place {
    Place { name, offset, other: None }
}

/// Two in the morning, by the clock that was showing until then.
const fn american(name: &'static str, offset: i64) -> Place {
    let other = (US.0 + 2 * 60 - offset, US.1 + 60 - offset, offset + 60);
    Place { name, offset, other: Some(other) }
}

/// The places that events name.
pub(crate) const PLACES: [Place; 6] = [
    Place { name: "Europe/London", offset: 0, other: Some((EU.0, EU.1, 60)) },
    american("America/New_York", -5 * 60),
    fixed("Asia/Tokyo", 9 * 60),
    fixed("Asia/Kolkata", 5 * 60 + 30),
    american("America/St_Johns", -(3 * 60 + 30)),
    Place { name: "Pacific/Auckland", offset: 13 * 60, other: Some((NZ.0, NZ.1, 12 * 60)) },
];

/// The clocks of the United States.
const STATES: [Place; 8] = [
    american("America/New_York", -5 * 60),
    american("America/Chicago", -6 * 60),
    american("America/Denver", -7 * 60),
    fixed("America/Phoenix", -7 * 60),
    american("America/Los_Angeles", -8 * 60),
    american("America/Anchorage", -9 * 60),
    american("America/Adak", -10 * 60),
    fixed("Pacific/Honolulu", -10 * 60),
];

impl Place {
    /// The day of 2026, in days since 1970, in whose morning its clocks change first; in the middle
    /// of January if they never do.
    pub(crate) fn day_of_change(&self) -> i64 {
        self.other.map_or(20_468, |(from, ..)| (from + self.offset) / DAY)
    }

    /// How many minutes its clocks are ahead of UTC.
    pub(crate) fn ahead(&self, at: i64) -> i64 {
        let minutes = at.div_euclid(MINUTE);
        match self.other {
            Some((from, to, ahead)) if (from..to).contains(&minutes) => ahead,
            _ => self.offset,
        }
    }

    /// What its clocks show, in minutes of the day.
    fn shown(&self, at: i64) -> i64 {
        (at.div_euclid(MINUTE) + self.ahead(at)).rem_euclid(DAY)
    }
}

/// Hours in which nobody is texted, in minutes of the day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Night {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) then: &'static str,
}

impl Night {
    /// The hours as a setting has them.
    pub(crate) fn edges(self) -> [String; 2] {
        [self.from, self.to].map(|edge| format!("{:02}:{:02}", edge / 60, edge % 60))
    }

    /// Whether it is night for somebody: in the place that the event names, or else anywhere in the
    /// country of their number.
    pub(crate) fn is_quiet(self, place: Option<&Place>, number: &str, at: i64) -> bool {
        let is_quiet = |place: &Place| {
            let shown = place.shown(at);
            match self.from < self.to {
                true => (self.from..self.to).contains(&shown),
                false => shown >= self.from || shown < self.to,
            }
        };
        match place {
            Some(place) => is_quiet(place),
            None if number.starts_with("+44") => is_quiet(&PLACES[0]),
            None => STATES.iter().any(is_quiet),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_show_what_calendars_say() {
        let at = |text: &str| twilio_destination::time::Timestamp::parse(text).expect("a time");
        for (place, time, expected) in [
            (0, "2026-03-29T00:59:00Z", 59),
            (0, "2026-03-29T01:00:00Z", 120),
            (1, "2026-03-08T06:59:00Z", 119),
            (1, "2026-03-08T07:00:00Z", 180),
            (1, "2026-11-01T05:59:00Z", 119),
            (1, "2026-11-01T06:00:00Z", 60),
            (2, "2026-01-15T12:00:00Z", 21 * 60),
            (3, "2026-01-15T12:00:00Z", 17 * 60 + 30),
            (4, "2026-03-08T05:30:00Z", 180),
            (5, "2026-04-04T13:59:00Z", 179),
            (5, "2026-04-04T14:00:00Z", 120),
        ] {
            let place = &PLACES[place];
            assert_eq!(place.shown(at(time).millis()), expected, "{} {time}", place.name);
        }
    }
}
