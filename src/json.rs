//! JSON text to [`Value`]s: all of it, or only what the settings read.
//!
//! The core reads JSON itself, since an event's cost is mostly the cost of reading what nobody
//! asked for: [`Projection`] checks the whole text, but builds only the values at known paths.
//! Grammar: RFC 8259, as strict as JavaScript's `JSON.parse`.

mod projection;
mod scanner;

pub use projection::{Projection, Shape, Values};

use crate::value::Value;
use scanner::Scanner;

/// How much JSON is accepted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The most bytes the text may have.
    pub bytes: usize,
    /// How deep objects and arrays may nest: `{}` is 1.
    pub depth: usize,
}

/// Why a text was not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct JsonError {
    /// Where, in bytes from 0.
    pub offset: usize,
    /// What is wrong there.
    pub kind: JsonErrorKind,
}

/// What can be wrong with a JSON text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JsonErrorKind {
    /// A string that was asked for holds half of a surrogate pair, which no text can.
    LoneSurrogate,
    /// The text breaks the grammar: what stood there instead of this.
    Syntax(&'static str),
    /// It nests deeper than [`Limits::depth`].
    TooDeep,
    /// It is longer than [`Limits::bytes`].
    TooLong,
}

/// Reads one JSON value, and nothing after it but white space.
///
/// # Errors
///
/// [`JsonError`] says what is wrong and where.
pub fn parse(text: &str, limits: Limits) -> Result<Value<'_>, JsonError> {
    let mut scanner = Scanner::new(text, limits)?;
    let value = scanner.value()?;
    scanner.end()?;
    Ok(value)
}
