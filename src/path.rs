//! Paths into an event: `$.traits.phone`, `properties.items[0].sku`, `context["app.name"]`.

use std::fmt;

use crate::value::Value;

/// One step of a [`Path`].
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Step {
    /// The own property of that name.
    Key(String),
    /// The item at that index of an array.
    Index(usize),
}

/// A path into an event, read once when the settings are compiled.
///
/// Written as names joined by dots, with an optional leading `$.`; array indices and names that
/// hold a dot stand in brackets: `properties.items[0]["unit.price"]`. It reaches own properties
/// only: a path can never read what an object inherits.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Path {
    steps: Vec<Step>,
}

impl Path {
    /// The most bytes a path may have.
    pub const MAX_LEN: usize = 512;

    /// The path that takes these steps.
    pub fn from_steps(steps: Vec<Step>) -> Self {
        Self { steps }
    }

    /// Reads a path as a person writes it.
    ///
    /// # Errors
    ///
    /// [`PathError`] says what is wrong and at which column (counted in characters from 1).
    pub fn parse(text: &str) -> Result<Self, PathError> {
        Reader::new(text).path()
    }

    /// The steps, outermost first; none is the event itself.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// This path, one step longer.
    #[must_use]
    pub fn join(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { steps }
    }

    /// The value at this path below `root`, or none where a step leads nowhere.
    pub fn find<'v, 'a>(&self, root: &'v Value<'a>) -> Option<&'v Value<'a>> {
        self.steps.iter().try_fold(root, |value, step| match step {
            Step::Key(key) => value.member(key),
            Step::Index(index) => value.item(*index),
        })
    }
}

/// Writes the path in its shortest form, without the leading `$.`.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() {
            return f.write_str("$");
        }
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) if is_bare(key) => {
                    if at > 0 {
                        f.write_str(".")?;
                    }
                    f.write_str(key)?;
                }
                Step::Key(key) => {
                    f.write_str("[\"")?;
                    for c in key.chars() {
                        if matches!(c, '"' | '\\') {
                            f.write_str("\\")?;
                        }
                        write!(f, "{c}")?;
                    }
                    f.write_str("\"]")?;
                }
            }
        }
        Ok(())
    }
}

/// Why a text is not a path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PathError {
    /// Where, in characters from 1.
    pub column: usize,
    /// What is wrong there: lower case, no final period.
    pub message: &'static str,
}

fn is_bare(key: &str) -> bool {
    !key.is_empty() && !key.contains(['.', '[', ']', '"', '\'', '\\']) && key.trim() == key
}

struct Reader<'t> {
    rest: &'t str,
    column: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self { rest: text, column: 1 }
    }

    fn path(mut self) -> Result<Path, PathError> {
        if self.rest.len() > Path::MAX_LEN {
            return Err(self.error("a path may be at most 512 bytes long"));
        }
        let rooted = self.eat('$');
        let mut steps = Vec::new();
        if rooted {
            if self.rest.is_empty() {
                return Ok(Path { steps });
            }
            if !self.rest.starts_with(['.', '[']) {
                return Err(self.error("expected `.` or `[` after `$`"));
            }
            self.eat('.');
        }
        loop {
            if self.eat('[') {
                steps.push(self.bracket()?);
            } else {
                steps.push(self.name()?);
            }
            while self.eat('[') {
                steps.push(self.bracket()?);
            }
            if self.rest.is_empty() {
                return Ok(Path { steps });
            }
            if !self.eat('.') {
                return Err(self.error("expected `.` or `[`"));
            }
        }
    }

    fn name(&mut self) -> Result<Step, PathError> {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| !matches!(c, '.' | '[' | ']' | '"' | '\'')) {
            name.push(c);
            self.next();
        }
        if name.trim().is_empty() {
            return Err(self.error("expected a name"));
        }
        if name.trim() != name {
            return Err(self.error("a name may not begin or end with a space; put it in brackets"));
        }
        Ok(Step::Key(name))
    }

    fn bracket(&mut self) -> Result<Step, PathError> {
        let step = match self.peek() {
            Some(quote @ ('"' | '\'')) => {
                self.next();
                let mut key = String::new();
                loop {
                    match self.next() {
                        Some('\\') => match self.next() {
                            Some(c) => key.push(c),
                            None => return Err(self.error("expected a closing quote")),
                        },
                        Some(c) if c == quote => break Step::Key(key),
                        Some(c) => key.push(c),
                        None => return Err(self.error("expected a closing quote")),
                    }
                }
            }
            Some(c) if c.is_ascii_digit() => {
                let mut index = 0_usize;
                while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
                    index = index
                        .checked_mul(10)
                        .and_then(|tens| tens.checked_add(digit as usize))
                        .filter(|index| *index <= 100_000)
                        .ok_or_else(|| self.error("an index may be at most 100000"))?;
                    self.next();
                }
                Step::Index(index)
            }
            _ => return Err(self.error("expected an index or a quoted name")),
        };
        if self.eat(']') { Ok(step) } else { Err(self.error("expected `]`")) }
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        self.column += 1;
        Some(c)
    }

    fn eat(&mut self, expected: char) -> bool {
        if self.peek() == Some(expected) {
            self.next();
            return true;
        }
        false
    }

    fn error(&self, message: &'static str) -> PathError {
        PathError { column: self.column, message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, written: &str) {
        let path = Path::parse(text).unwrap();
        assert_eq!(path.to_string(), written);
        assert_eq!(Path::parse(written), Ok(path));
    }

    #[test]
    fn reads_every_way_of_writing_a_path() {
        check("$.traits.phone", "traits.phone");
        check("properties.items[0].sku", "properties.items[0].sku");
        check("$.items[10][2]", "items[10][2]");
        check("context['app.name']", "context[\"app.name\"]");
        check("context[\"say \\\"hi\\\"\"].x", "context[\"say \\\"hi\\\"\"].x");
        check("$[\"a\"]", "a");
        check(
            "$.integrations.Actions Amplitude.session_id",
            "integrations.Actions Amplitude.session_id",
        );
        check("$", "$");
    }

    #[test]
    fn says_where_a_path_is_wrong() {
        let column = |text: &str| Path::parse(text).unwrap_err().column;
        assert_eq!(column(""), 1);
        assert_eq!(column("a..b"), 3);
        assert_eq!(column("a[x]"), 3);
        assert_eq!(column("a[1"), 4);
        assert_eq!(column("a['x"), 5);
        assert_eq!(column("$a"), 2);
        assert_eq!(column("a[999999]"), 8);
        assert_eq!(column("a "), 3);
    }

    #[test]
    fn reads_own_members_only() {
        let value = Value::Map(vec![("a".into(), Value::List(vec![1.0.into()]))]);
        assert_eq!(Path::parse("a[0]").unwrap().find(&value), Some(&Value::Number(1.0)));
        assert_eq!(Path::parse("a[1]").unwrap().find(&value), None);
        assert_eq!(Path::parse("a.length").unwrap().find(&value), None);
        assert_eq!(Path::parse("__proto__").unwrap().find(&value), None);
    }
}
