//! Message templates: the part of Liquid that a text message needs.
//!
//! # Language
//!
//! - `{{ path | filter: argument | … }}` prints a value, `{{{ path }}}` does the same: nothing is
//!   ever escaped, since a message is not HTML. A path is a name with further names and indices,
//!   `traits.first_name`, `items[0].sku`, `context["app.name"]`; `$.` may stand before it, and a
//!   name with spaces stands in brackets, `["First name"]`. `first`, `last` and `size` compute what
//!   they say where no field has that name.
//! - `{% if %}`, `{% unless %}` with `{% elsif %}` and `{% else %}`; `{% case %}` with `{% when %}`
//!   (values parted by commas or `or`) and `{% else %}`; `{% comment %}`.
//! - Conditions: `==`, `!=`, `<`, `>`, `<=`, `>=`, `contains`, joined by `and` and `or`, which are
//!   read from the right; numbers, quoted strings, `true`, `false`, `nil`, `blank`, `empty`.
//! - Filters: append, capitalize, date, default, divided_by, downcase, first, join, last, minus,
//!   plus, prepend, remove, replace, round, size, split, strip, times, truncate, truncatewords,
//!   upcase, url_encode.
//!   They do what liquidjs does: a division is not cut to whole numbers, `truncate` counts
//!   characters and the ellipsis among them, `truncatewords` adds it to a text of just so many words.
//! - `{{-`, `-}}`, `{%-` and `-%}` remove the white space on their side.
//!
//! A template is read once; a value that looks like a template is text. Everything else of Liquid,
//! loops and assignments among it, is a [`TemplateError`].
//!
//! # Missing values
//!
//! Under [`Missing::Drop`] no output may come out of nothing. Rendering fails if an output uses a
//! variable that is absent, `null`, empty or without a visible character, be it as a filter's argument, and no
//! later `default` puts something in the place of the nothing that came of it. It fails as well if
//! an output with a variable in it ends up as nothing that can be seen: `default: ""` repairs nothing.
//! Conditions may test absent values, and a branch that is not taken needs none.
//!
//! # Differences from liquidjs
//!
//! Under [`Missing::Blank`] the output is that of liquidjs 10 in UTC and English with
//! `ownPropertyOnly`, but for these intended differences, each of which the differential test in
//! `tests/differential/template` names and counts:
//!
//! 1. `object`: an object is never text. Where liquidjs prints `[object Object]`, rendering fails.
//! 2. `not-finite`: nor are NaN and the infinities, which dividing by zero gives.
//! 3. `null`: a `null` is the same as an absent value, below `null` everything is absent, and
//!    nothing contains it. In liquidjs `null < 1` holds, `null` is not equal to an absent value, and
//!    as a length it is 0. A filter's argument that is `nil` is as good as none.
//! 4. `index`: an index, `a[0]` or `a.0`, reads arrays and a name reads objects; liquidjs lets
//!    either read both, and reads characters and the `length` of strings and arrays.
//! 5. `root-size`: an absent field named `size` is absent; in liquidjs it is 0.
//! 6. `half-character`: a character outside of the Basic Multilingual Plane is never split in halves
//!    (by `first`, `last`, or an empty separator or pattern).
//! 7. `date-input`: `date` reads ISO 8601 dates and date-times, seconds since 1970 and `now`; what
//!    JavaScript's `Date` reads beyond that stays as it is.
//! 8. `array-like`: an object that has a `length` is no array.
//! 9. `object-order`: objects have no order, and no string contains one.
//!
//! Templates that liquidjs reads with a shrug are refused, so that a slip shows when settings are
//! checked: words after a value, text before the first `when`, a second `else`, unknown filters
//! and date codes, too few or too many arguments, an open quote.

mod cursor;
mod date;
mod error;
mod expression;
mod filter;
mod parser;
mod pieces;
mod render;
#[cfg(test)]
mod tests;
mod val;

use std::fmt;

use self::expression::{Operand, Output};
use self::parser::Node;
use self::render::Renderer;
use crate::path::Path;
use crate::time::Timestamp;
use crate::value::Value;

pub use self::error::TemplateError;

/// The most bytes that a template may have.
pub const MAX_SOURCE: usize = 10_000;

/// The most bytes that a template may come out as; no filter makes a longer text in between.
pub const MAX_OUTPUT: usize = 64 * 1024;

/// How deep tags may be nested.
pub const MAX_DEPTH: usize = 16;

/// The most operands, filters and tags that a template may have.
pub const MAX_PARTS: usize = 1_000;

/// A template, read once when the settings are compiled.
///
/// `Debug` shows the paths only: the text may hold anything, phone numbers among it.
#[derive(Clone)]
pub struct Template {
    nodes: Vec<Node>,
    paths: Vec<Path>,
}

/// What to do about a value that an event does not have.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Missing {
    /// Print nothing in its place, as Liquid does.
    Blank,
    /// Fail, since `Hi ,` costs money and looks broken.
    #[default]
    Drop,
}

/// Why an event does not fill a template. It carries places, never values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RenderError {
    /// An output came out of nothing.
    Missing {
        /// The variable that has no value, as an index of [`Template::paths`].
        path: usize,
    },
    /// A number is NaN or infinite, as after a division by zero.
    NotFinite {
        /// The variable that took part in it, if any, as an index of [`Template::paths`].
        path: Option<usize>,
    },
    /// An object, or an array that holds one or is nested more than 16 deep, would be printed.
    NotText {
        /// The variable, as an index of [`Template::paths`].
        path: usize,
    },
    /// The text would be longer than [`MAX_OUTPUT`].
    TooLong,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] says what is wrong and where. A template that exceeds [`MAX_SOURCE`],
    /// [`MAX_DEPTH`] or [`MAX_PARTS`] is refused as well.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        match parser::parse(source) {
            Ok(parser::Parsed { nodes, paths }) => Ok(Self { nodes, paths }),
            Err(fault) => Err(fault.locate(source)),
        }
    }

    /// The paths that the template may read, each once. [`Template::render`] looks values up by
    /// their index.
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// The text that the template always comes out as, if it has no outputs and no conditions.
    pub fn literal(&self) -> Option<&str> {
        match self.nodes.as_slice() {
            [] => Some(""),
            [Node::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The texts between the tags: what is printed whatever an event holds.
    pub fn literals(&self) -> Vec<&str> {
        let texts = self.nodes.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// The index of the path that the template consists of, if it is `{{ path }}` and nothing else,
    /// so that a value can be passed on with its type.
    pub fn sole_path(&self) -> Option<usize> {
        match self.nodes.as_slice() {
            [Node::Output(Output { operand: Operand::Variable(variable), filters })]
                if filters.is_empty() && variable.tail.is_empty() =>
            {
                Some(variable.path)
            }
            _ => None,
        }
    }

    /// Appends the filled template to `out`. `lookup` answers with the value at a path, given by its
    /// index among [`Template::paths`]; `now` is what `{{ "now" | date }}` prints.
    ///
    /// # Errors
    ///
    /// [`RenderError`] says what is missing or unfit; `out` is then as it was.
    pub fn render<'v>(
        &self,
        lookup: &dyn Fn(usize) -> Option<&'v Value<'v>>,
        missing: Missing,
        now: Timestamp,
        out: &mut String,
    ) -> Result<(), RenderError> {
        let start = out.len();
        let result = Renderer { lookup, missing, now }.run(&self.nodes, out);
        if result.is_err() {
            out.truncate(start);
        }
        result
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").field("paths", &self.paths).finish_non_exhaustive()
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing { .. } => "a value that the template needs is missing",
            Self::NotFinite { .. } => "a number in the template is infinite or none",
            Self::NotText { .. } => "an object cannot be printed",
            Self::TooLong => "the text would be longer than 65536 bytes",
        })
    }
}

impl std::error::Error for RenderError {}
