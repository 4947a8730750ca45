//! Types that cannot print what they hold.

use std::fmt;

/// A secret: `Debug` and `Display` show that there is one, nothing else.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in.
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The secret itself. For the Authorization header and for signatures, never for a message.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Personal data, such as a phone number or a message's text: `Debug` and `Display` hide it.
#[derive(Clone, Eq, PartialEq)]
pub struct Pii(String);

impl Pii {
    /// Takes personal data in.
    pub fn new(data: String) -> Self {
        Self(data)
    }

    /// The data itself. For requests and previews, never for a log or an error.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pii {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal data]")
    }
}

impl fmt::Display for Pii {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal data]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_printed() {
        let printed = |secret: &dyn fmt::Debug| format!("{secret:?}");
        assert_eq!(printed(&Secret::new("token".to_owned())), "[secret]");
        assert_eq!(printed(&Pii::new("+447700900123".to_owned())), "[personal data]");
        assert_eq!(Secret::new("token".to_owned()).to_string(), "[secret]");
        assert_eq!(Pii::new("+447700900123".to_owned()).to_string(), "[personal data]");
    }
}
