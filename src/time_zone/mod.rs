//! Time zones: what people's clocks show.
//!
//! `table.txt` is made from the IANA time zone database (tzdata, public domain) by
//! `node tests/time_zone/generate.mjs ZONEINFO`; its first line is tzdata's version. Each other line
//! is a way of setting clocks and, behind spaces, every zone that sets them so, aliases among them.
//! A zone's name may be followed by commas and the ISO 3166 codes of the countries that it stands
//! for: of a country's zones that keep the same time, the table names one. Clocks are set
//!
//! - by one offset, in minutes ahead of UTC: `330`;
//! - by two, with the month, the week (5: the last), the weekday (0: Sunday) and the minute at
//!   which the second begins and ends, as POSIX has it: `60,120,3.5.0/120,10.5.0/180`;
//! - or, where no rule of that kind says how, by any of several: `120|180`.
//!
//! Of that last kind are `Asia/Gaza` and `Asia/Hebron`, whose summer time is interrupted in
//! Ramadan, by the moon's calendar. Such a zone has a clock for each of its offsets, and what must
//! hold at a time of day must hold for each of them. That `Africa/Casablanca` and `Africa/El_Aaiun`
//! did so too is over since 2026-09-20.
//!
//! The table says what holds from its version on. It knows no time before 2026-10-01, and no law
//! that was made since: a zone that changes its rules is an hour wrong until the table is made
//! anew. Regions of phone numbers that tzdata does not list have the zone of a neighbour: Ascension
//! and Tristan da Cunha that of Saint Helena, Kosovo that of Belgrade.

mod clock;
mod table;

pub use clock::{Clock, TimeOfDay};

use crate::phone::Region;
use table::TABLE;

/// A time zone of the IANA database.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Zone {
    name: &'static str,
    clocks: &'static [Clock],
}

impl Zone {
    /// The zone of this name, or of this alias, such as `Europe/London` or `US/Eastern`. Names are
    /// written in any case.
    pub fn find(name: &str) -> Option<Self> {
        TABLE.zones.iter().find(|zone| zone.name.eq_ignore_ascii_case(name)).copied()
    }

    /// The zones of a country, one for each way in which its clocks are set; none for a region that
    /// is no country.
    pub fn of_country(country: Region) -> impl Iterator<Item = Self> {
        let all = TABLE.countries.iter();
        all.filter(move |(other, _)| *other == country).map(|(_, zone)| *zone)
    }

    /// The names of all zones, aliases among them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.zones.iter().map(|zone| zone.name)
    }

    /// Its name, or the alias by which it was found.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Whether its name tells where somebody is. Servers and anonymous browsers give `UTC` as the
    /// time zone of people who live anywhere.
    pub fn is_place(self) -> bool {
        let universal = ["Greenwich", "UCT", "UTC", "Universal", "Zulu"];
        let is_offset = self.name.starts_with("Etc/") || self.name.starts_with("GMT");
        !is_offset && !universal.contains(&self.name)
    }

    /// How clocks are set there: one, or several where any of them may be right.
    pub fn clocks(self) -> &'static [Clock] {
        self.clocks
    }
}

/// The version of tzdata that the table was made from, such as `2026f`.
pub fn tzdata_version() -> &'static str {
    TABLE.version
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn names_of(country: &str) -> Vec<&'static str> {
        Zone::of_country(Region::parse(country).unwrap()).map(Zone::name).collect()
    }

    #[test]
    fn finds_zones_by_name_and_alias_in_any_case() {
        let now = Timestamp::parse("2026-12-01T12:00:00Z").unwrap();
        let shown = |name: &str| {
            Zone::find(name)
                .unwrap()
                .clocks()
                .iter()
                .map(|c| c.time_of_day(now).to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(shown("Europe/London"), ["12:00"]);
        assert_eq!(shown("europe/LONDON"), ["12:00"]);
        assert_eq!(shown("US/Eastern"), ["07:00"]);
        assert_eq!(shown("Asia/Calcutta"), ["17:30"]);
        assert_eq!(shown("UTC"), ["12:00"]);
        assert_eq!(shown("Asia/Gaza"), ["14:00", "15:00"]);
        for name in
            ["", "Europe", "Europe/Londo", "Europe/London ", "Pacific Standard Time", "+01:00"]
        {
            assert_eq!(Zone::find(name), None, "{name}");
        }
    }

    #[test]
    fn universal_time_is_no_place() {
        let is_place = |name: &str| Zone::find(name).unwrap().is_place();
        assert!(is_place("Europe/London") && is_place("GB") && is_place("Africa/Abidjan"));
        for name in ["UTC", "utc", "GMT", "GMT0", "Etc/UTC", "Etc/GMT+5", "Zulu"] {
            assert!(!is_place(name), "{name}");
        }
        assert_eq!(Zone::find("Factory"), None);
    }

    #[test]
    fn every_name_finds_itself_and_has_a_clock() {
        let mut count = 0;
        for name in Zone::names() {
            let zone = Zone::find(name).unwrap();
            assert_eq!(zone.name(), name);
            assert!(!zone.clocks().is_empty(), "{name}");
            count += 1;
        }
        assert!(count > 500, "only {count} zones");
    }

    #[test]
    fn every_line_of_the_table_was_read() {
        let lines = include_str!("table.txt").lines().skip(1);
        let (mut zones, mut countries) = (0, 0);
        for (clocks, names) in lines.map(|line| line.split_once(' ').unwrap()) {
            assert!(clocks.split('|').all(|clock| Clock::parse(clock).is_some()), "{clocks}");
            zones += names.split(' ').count();
            countries += names.matches(',').count();
        }
        assert_eq!((TABLE.zones.len(), TABLE.countries.len()), (zones, countries));
        assert!(tzdata_version().starts_with("20"));
    }

    #[test]
    fn countries_have_one_zone_for_each_clock() {
        assert_eq!(names_of("GB"), ["Europe/London"]);
        assert_eq!(names_of("US").len(), 8);
        assert_eq!(names_of("XK"), ["Europe/Belgrade"]);
        assert_eq!(names_of("001"), Vec::<&str>::new());
    }

    #[test]
    fn every_country_with_phone_numbers_has_a_zone() {
        for a in 'A'..='Z' {
            for b in 'A'..='Z' {
                let country = Region::parse(&format!("{a}{b}")).unwrap();
                if country.has_numbers() {
                    assert!(Zone::of_country(country).next().is_some(), "{country}");
                }
            }
        }
    }
}
