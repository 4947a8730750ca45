//! Why a text is not a template, and what the author may have meant.

use std::fmt;

/// Why a text is not a template.
///
/// It quotes the template, which is a setting, and never a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TemplateError {
    /// The line, counted from 1.
    pub line: usize,
    /// The place in that line, in characters from 1.
    pub column: usize,
    /// What is wrong there: lower case, no final period.
    pub message: String,
    /// What may have been meant, where that can be guessed.
    pub hint: Option<String>,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 1 {
            write!(f, "line {}, ", self.line)?;
        }
        write!(f, "column {}: {}", self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TemplateError {}

/// A [`TemplateError`] whose place is still a byte offset into the source.
#[derive(Debug)]
pub(super) struct Fault {
    at: usize,
    message: String,
    hint: Option<String>,
}

impl Fault {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), hint: None }
    }

    #[must_use]
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// For a `name` that is none of the `known` ones; `kind` says what they are.
    pub(super) fn unknown<'k>(
        at: usize,
        kind: &str,
        name: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) -> Self {
        let name = shorten(name);
        let mut message = format!("`{name}` is not a supported {kind}; supported are ");
        for (place, known) in known.clone().enumerate() {
            if place > 0 {
                message.push_str(", ");
            }
            message.push_str(known);
        }
        let fault = Self::new(at, message);
        match closest(&name, known) {
            Some(meant) => fault.hint(format!("did you mean `{meant}`?")),
            None => fault,
        }
    }

    pub(super) fn locate(self, source: &str) -> TemplateError {
        let before = source.get(..self.at).unwrap_or(source);
        let line = before.rsplit('\n').next().unwrap_or(before);
        TemplateError {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            message: self.message,
            hint: self.hint,
        }
    }
}

/// As much of the user's text as a message can hold.
pub(super) fn shorten(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// What other languages call the same thing.
const ALIASES: [(&str, &str); 8] = [
    ("count", "size"),
    ("elseif", "elsif"),
    ("length", "size"),
    ("lower", "downcase"),
    ("lowercase", "downcase"),
    ("trim", "strip"),
    ("upper", "upcase"),
    ("uppercase", "upcase"),
];

fn closest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let name = name.to_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, meant)| *meant);
    let most = (name.chars().count() / 3).clamp(1, 2);
    known
        .map(|known| (if alias == Some(known) { 0 } else { distance(&name, known) }, known))
        .min()
        .filter(|(distance, _)| *distance <= most)
        .map(|(_, known)| known)
}

/// How many letters must be added, dropped or changed to make `b` of `a` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (start, from) in a.chars().enumerate() {
        let mut diagonal = start;
        let mut left = start + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (to, cell) in b.chars().zip(row.iter_mut().skip(1)) {
            let changed = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = changed.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_letters_that_differ() {
        assert_eq!(distance("upcase", "upcase"), 0);
        assert_eq!(distance("upcas", "upcase"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
    }

    #[test]
    fn guesses_only_what_is_close() {
        let known = ["downcase", "size", "upcase"];
        assert_eq!(closest("Upcase", known.into_iter()), Some("upcase"));
        assert_eq!(closest("sise", known.into_iter()), Some("size"));
        assert_eq!(closest("length", known.into_iter()), Some("size"));
        assert_eq!(closest("sort", known.into_iter()), None);
    }

    #[test]
    fn places_are_lines_and_characters() {
        let error = Fault::new("ä\nbü".len(), "wrong").locate("ä\nbüx");
        assert_eq!((error.line, error.column), (2, 3));
        assert_eq!(error.to_string(), "line 2, column 3: wrong");
    }
}
