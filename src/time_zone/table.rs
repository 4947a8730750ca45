//! The table of time zones, as it is checked in; mod.rs describes its layout.

use std::sync::LazyLock;

use super::{Clock, Zone};
use crate::phone::Region;

/// The table, read once.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("table.txt")));

/// What the table holds.
pub(super) struct Table {
    /// The version of tzdata that it was made from.
    pub(super) version: &'static str,
    /// Every zone under each of its names. There are so few that looking at each is fast, and
    /// searching a sorted list takes more code than it saves time.
    pub(super) zones: Vec<Zone>,
    /// The zones that stand for each country.
    pub(super) countries: Vec<(Region, Zone)>,
}

impl Table {
    fn read(text: &'static str) -> Self {
        let mut lines = text.lines();
        let version = lines.next().unwrap_or_default();
        let mut zones = Vec::with_capacity(600);
        let mut countries = Vec::with_capacity(350);
        for line in lines {
            let mut names = line.split(' ');
            let clocks: Vec<Clock> =
                names.next().unwrap_or_default().split('|').filter_map(Clock::parse).collect();
            // It lives as long as the program: the table is read once.
            let clocks: &'static [Clock] = clocks.leak();
            for entry in names {
                let mut parts = entry.split(',');
                let zone = Zone { name: parts.next().unwrap_or_default(), clocks };
                zones.push(zone);
                countries.extend(parts.filter_map(Region::parse).map(|country| (country, zone)));
            }
        }
        Self { version, zones, countries }
    }
}
