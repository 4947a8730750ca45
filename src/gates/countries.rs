//! Which countries may be texted.

use crate::phone::{PhoneNumber, Region};

/// The countries that may be texted.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Only these, if any are given.
    pub allow: Option<Vec<Region>>,
    /// All but these.
    pub deny: Vec<Region>,
}

/// Where a number belongs.
#[derive(Clone, Copy, Debug)]
pub struct Home {
    /// Its region, where that is known.
    pub region: Option<Region>,
    /// The region that speaks for its calling code.
    pub main_region: Region,
    /// Its calling code.
    pub calling_code: u16,
}

impl Home {
    /// Where this number belongs.
    pub fn of(number: &PhoneNumber) -> Self {
        Self {
            region: number.region(),
            main_region: number.main_region(),
            calling_code: number.calling_code(),
        }
    }
}

/// Why a country keeps a message back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// It is on the list of countries that are not texted.
    Denied,
    /// It is not on the list of countries that are.
    NotAllowed,
}

/// Whether a number's country may be texted.
///
/// # Errors
///
/// [`Refusal`] says why not.
pub fn check(policy: &Policy, home: Home) -> Result<(), Refusal> {
    if policy.deny.iter().any(|country| covers(*country, home)) {
        return Err(Refusal::Denied);
    }
    match &policy.allow {
        Some(allow) if !allow.iter().any(|country| covers(*country, home)) => {
            Err(Refusal::NotAllowed)
        }
        _ => Ok(()),
    }
}

/// Whether a number belongs to `country`, as far as lists and senders are concerned.
///
/// A number that lies in no known range belongs to the main country of its calling code. A country
/// also covers the territories that share its calling code, as GB does Guernsey, Jersey and the
/// Isle of Man; but +1 and +7 are shared by countries that are far apart in price and law, so there
/// only the country itself counts.
pub fn covers(country: Region, home: Home) -> bool {
    let is_main = home.main_region == country;
    match home.region {
        Some(region) if region == country => true,
        Some(_) => is_main && !matches!(home.calling_code, 1 | 7),
        None => is_main,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::{self, Accept};

    #[test]
    fn a_country_covers_its_territories_but_not_its_neighbours() {
        let covers = |country: &str, number: &str| {
            let number = phone::parse(number, None, Accept::Possible).unwrap();
            covers(Region::parse(country).unwrap(), Home::of(&number))
        };
        assert!(covers("GB", "+447911123456"), "a number of Guernsey");
        assert!(covers("GG", "+447911123456"));
        assert!(!covers("JE", "+447911123456"));
        assert!(covers("US", "+15551234567"), "a number in no range");
        assert!(!covers("US", "+18765551234"), "a number of Jamaica");
        assert!(covers("JM", "+18765551234"));
        assert!(!covers("RU", "+77012345678"), "a number of Kazakhstan");
    }
}
