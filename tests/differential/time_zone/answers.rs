//! Answers for `time_zone.test.mjs`, a line for each line:
//!
//! - `offsets ZONE MILLIS…`: the minutes ahead of UTC at each time, where several hold with `|`
//!   between them; an unknown zone has none;
//! - `next ZONE TIME MILLIS`: when the zone's first clock next turns to a time of day;
//! - `country CODE`: the country's zones;
//! - `names`: every zone; `version`: that of tzdata.

use std::io::{self, BufRead, Write};

use twilio_destination::phone::Region;
use twilio_destination::time::Timestamp;
use twilio_destination::time_zone::{TimeOfDay, Zone, tzdata_version};

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let answer = answer(&words).ok_or_else(|| io::Error::other(format!("`{line}`?")))?;
        writeln!(out, "{answer}")?;
    }
    out.flush()
}

fn answer(words: &[&str]) -> Option<String> {
    match words {
        ["offsets", zone, times @ ..] => {
            let Some(zone) = Zone::find(zone) else { return Some(String::new()) };
            let times: Option<Vec<Timestamp>> = times.iter().map(|time| read(time)).collect();
            let offsets = times?.into_iter().map(|time| {
                join(zone.clocks().iter().map(|clock| clock.offset(time).to_string()), "|")
            });
            Some(join(offsets, " "))
        }
        ["next", zone, time, after] => {
            let clock = Zone::find(zone)?.clocks().first()?;
            Some(clock.next(TimeOfDay::parse(time)?, read(after)?).millis().to_string())
        }
        ["country", code] => {
            let zones = Zone::of_country(Region::parse(code)?);
            Some(join(zones.map(|zone| zone.name().to_owned()), " "))
        }
        ["names"] => Some(join(Zone::names().map(str::to_owned), " ")),
        ["version"] => Some(tzdata_version().to_owned()),
        _ => None,
    }
}

fn read(millis: &str) -> Option<Timestamp> {
    millis.parse().ok().map(Timestamp::from_millis)
}

fn join(parts: impl Iterator<Item = String>, between: &str) -> String {
    parts.collect::<Vec<_>>().join(between)
}
