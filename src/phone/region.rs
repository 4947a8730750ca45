//! Regions: the two letters of ISO 3166-1, and `001` for calling codes that belong to no country.

use std::fmt;

use super::tables::Territory;

/// A country or territory, such as `GB`; or `001`, for calling codes that belong to none of them
/// (`+800` freephone, `+870` Inmarsat).
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Region([u8; 3]);

impl Region {
    /// The world, where non-geographic calling codes belong.
    pub const WORLD: Self = Self(*b"001");

    /// Reads two ASCII letters, of either case, or `001`.
    ///
    /// It does not ask whether such a region exists.
    pub fn parse(text: &str) -> Option<Self> {
        match *text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase(), 0]))
            }
            [b'0', b'0', b'1'] => Some(Self::WORLD),
            _ => None,
        }
    }

    /// Whether it is a country or territory that has phone numbers, by the tables of the crate.
    pub fn has_numbers(self) -> bool {
        Territory::of(self).is_some()
    }

    pub(super) fn from_table(letters: [u8; 3]) -> Self {
        Self(letters)
    }

    /// Two capital letters, or `001`.
    pub fn as_str(&self) -> &str {
        let letters = self.0.strip_suffix(b"\0").unwrap_or(&self.0);
        std::str::from_utf8(letters).unwrap_or_default()
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_who_has_numbers() {
        let has_numbers = |text: &str| Region::parse(text).unwrap().has_numbers();
        assert!(has_numbers("GB") && has_numbers("GG"));
        assert!(!has_numbers("UK") && !has_numbers("XX") && !has_numbers("001"));
    }

    #[test]
    fn reads_two_letters_or_the_world() {
        assert_eq!(Region::parse("gb").unwrap().as_str(), "GB");
        assert_eq!(Region::parse("001"), Some(Region::WORLD));
        assert_eq!(Region::WORLD.as_str(), "001");
        for text in ["", "G", "GBR", "G1", "002", "ßß", "é"] {
            assert_eq!(Region::parse(text), None, "{text}");
        }
    }
}
