//! Quiet hours: when nobody is texted, by the recipient's own clock.

use crate::time::Timestamp;
use crate::time_zone::{Clock, TimeOfDay, Zone};

/// The hours in which nobody is texted: from a time of day, which is one of them, to one that no
/// longer is. If they end before they begin, they last through the night.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Hours {
    from: TimeOfDay,
    to: TimeOfDay,
}

impl Hours {
    /// How far ahead a moment outside quiet hours is looked for: 35 days, in milliseconds. No
    /// message can be scheduled for later.
    pub const HORIZON: i64 = 35 * 24 * 60 * 60 * 1_000;

    /// The hours between two times of day; none if they are the same.
    pub fn new(from: TimeOfDay, to: TimeOfDay) -> Option<Self> {
        (from != to).then_some(Self { from, to })
    }

    /// Whether a clock shows one of these hours.
    pub fn hold(self, clock: Clock, at: Timestamp) -> bool {
        let shown = clock.time_of_day(at);
        if self.from < self.to {
            (self.from..self.to).contains(&shown)
        } else {
            !(self.to..self.from).contains(&shown)
        }
    }

    /// The first moment from `at` on at which no clock of these zones shows a quiet hour; none if
    /// there is none within [`Hours::HORIZON`], or if there are no zones: where nothing is known,
    /// every hour may be a quiet one.
    pub fn end(self, zones: &[Zone], at: Timestamp) -> Option<Timestamp> {
        let mut time = (!zones.is_empty()).then_some(at)?;
        let limit = at.millis().saturating_add(Self::HORIZON);
        while let Some(clock) = clocks(zones).find(|clock| self.hold(*clock, time)) {
            time = clock.next(self.to, time);
            if time.millis() > limit {
                return None;
            }
        }
        Some(time)
    }

    /// What the clock shows that is the last to leave quiet hours at `end`, and whose it is.
    pub fn shown_at_end(self, zones: &[Zone], end: Timestamp) -> Option<(TimeOfDay, Zone)> {
        let left = |clock: &&Clock| self.hold(**clock, end.plus(-1));
        zones.iter().find_map(|zone| {
            zone.clocks().iter().find(left).map(|clock| (clock.time_of_day(end), *zone))
        })
    }

    /// The first moment after `at` at which quiet hours begin on some clock of these zones.
    pub fn next_start(self, zones: &[Zone], at: Timestamp) -> Option<Timestamp> {
        clocks(zones).map(|clock| clock.next(self.from, at)).min()
    }
}

fn clocks(zones: &[Zone]) -> impl Iterator<Item = Clock> {
    zones.iter().flat_map(|zone| zone.clocks()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Region;

    fn hours(from: &str, to: &str) -> Hours {
        Hours::new(TimeOfDay::parse(from).unwrap(), TimeOfDay::parse(to).unwrap()).unwrap()
    }

    fn zones(names: &[&str]) -> Vec<Zone> {
        names.iter().map(|name| Zone::find(name).unwrap()).collect()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[track_caller]
    fn ends(hours: Hours, zones: &[Zone], from: &str, expected: &str) {
        let end = hours.end(zones, at(from)).map(|end| end.to_string());
        assert_eq!(end.as_deref(), Some(expected), "from {from}");
    }

    #[test]
    fn the_edges_of_the_night() {
        let (night, london) = (hours("21:00", "08:00"), zones(&["Europe/London"]));
        ends(night, &london, "2026-12-01T07:59:59Z", "2026-12-01T08:00:00Z");
        ends(night, &london, "2026-12-01T08:00:00Z", "2026-12-01T08:00:00Z");
        ends(night, &london, "2026-12-01T20:59:59Z", "2026-12-01T20:59:59Z");
        ends(night, &london, "2026-12-01T21:00:00Z", "2026-12-02T08:00:00Z");
    }

    #[test]
    fn hours_within_a_day() {
        let (noon, london) = (hours("12:00", "14:00"), zones(&["Europe/London"]));
        ends(noon, &london, "2026-12-01T11:59:59Z", "2026-12-01T11:59:59Z");
        ends(noon, &london, "2026-12-01T12:00:00Z", "2026-12-01T14:00:00Z");
        ends(noon, &london, "2026-12-01T13:59:59Z", "2026-12-01T14:00:00Z");
    }

    #[test]
    fn nights_in_which_clocks_are_set_are_an_hour_shorter_or_longer() {
        let (night, london) = (hours("21:00", "08:00"), zones(&["Europe/London"]));
        ends(night, &london, "2027-03-27T21:00:00Z", "2027-03-28T07:00:00Z");
        ends(night, &london, "2027-10-30T20:00:00Z", "2027-10-31T08:00:00Z");
    }

    #[test]
    fn an_end_that_is_left_out_is_when_clocks_are_set() {
        let london = zones(&["Europe/London"]);
        ends(hours("21:00", "01:30"), &london, "2027-03-27T22:00:00Z", "2027-03-28T01:00:00Z");
    }

    #[test]
    fn every_zone_counts() {
        let night = hours("21:00", "08:00");
        let states: Vec<Zone> = Zone::of_country(Region::parse("US").unwrap()).collect();
        // New York's evening begins before Hawaii's has ended: seven hours are left in winter.
        ends(night, &states, "2026-12-01T02:00:00Z", "2026-12-01T18:00:00Z");
        ends(night, &states, "2026-12-02T01:59:59Z", "2026-12-02T01:59:59Z");
        ends(night, &states, "2026-12-02T02:00:00Z", "2026-12-02T18:00:00Z");
        let start = night.next_start(&states, at("2026-12-01T18:00:00Z")).unwrap();
        assert_eq!(start.to_string(), "2026-12-02T02:00:00Z");
    }

    #[test]
    fn the_end_is_shown_by_the_last_clock() {
        let night = hours("21:00", "08:00");
        let shown = |zones: &[Zone], end| {
            night.shown_at_end(zones, at(end)).map(|(time, zone)| format!("{time} {}", zone.name()))
        };
        let both = zones(&["Europe/London", "America/New_York"]);
        let expected = Some("08:00 America/New_York".to_owned());
        assert_eq!(shown(&both, "2026-12-01T13:00:00Z"), expected);
        assert_eq!(shown(&both, "2026-12-01T13:01:00Z"), None);
    }

    #[test]
    fn every_clock_of_a_zone_counts() {
        let (night, gaza) = (hours("21:00", "08:00"), zones(&["Asia/Gaza"]));
        ends(night, &gaza, "2026-12-01T05:00:00Z", "2026-12-01T06:00:00Z");
        ends(night, &gaza, "2026-12-01T18:00:00Z", "2026-12-02T06:00:00Z");
    }

    #[test]
    fn there_may_be_no_time_for_all() {
        let night = hours("21:00", "08:00");
        let apart = zones(&["Pacific/Honolulu", "Asia/Tokyo", "Europe/London"]);
        assert_eq!(night.end(&apart, at("2026-12-01T00:00:00Z")), None);
        assert_eq!(night.end(&[], at("2026-12-01T12:00:00Z")), None);
        assert_eq!(night.next_start(&[], at("2026-12-01T12:00:00Z")), None);
    }

    #[test]
    fn no_hours_last_all_day() {
        let noon = TimeOfDay::parse("12:00").unwrap();
        assert_eq!(Hours::new(noon, noon), None);
    }
}
