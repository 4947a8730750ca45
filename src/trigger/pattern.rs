//! The patterns of `match()`.

/// A pattern, split at its `*`s when the settings are compiled.
///
/// Matching never goes back over what it has matched: texts between the stars are looked for
/// leftmost first, so the cost is linear in the text for a pattern of letters and `*`, and at
/// most [`MAX_UNITS`] times that for one with `?` or `[…]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    head: Chunk,
    /// What follows the first star; without a star the head is the whole pattern.
    tail: Option<(Vec<Chunk>, Chunk)>,
}

/// The most characters in a stretch between two stars that holds `?` or `[…]`.
pub(super) const MAX_UNITS: usize = 64;

impl Pattern {
    /// Reads a pattern.
    ///
    /// `text*` and `*text` are what Segment's own editor writes for "starts with" and "ends
    /// with". Its evaluator takes every other character of them as itself, so `[VIP]*` means a
    /// text that begins with `[VIP]`. (`[VIP]**` is the glob.) In every other pattern, and in any that holds a `\`, the
    /// documented glob applies: `?`, `[a-z]`, `[^a-z]` and `\x`.
    ///
    /// # Errors
    ///
    /// The byte offset into the pattern, and what is wrong there.
    pub(super) fn parse(pattern: &str) -> Result<Self, (usize, &'static str)> {
        if !pattern.contains('\\') {
            let prefix = pattern.strip_suffix('*').filter(|text| !text.contains('*'));
            if let Some(prefix) = prefix {
                return Ok(Self {
                    head: Chunk::Text(prefix.into()),
                    tail: Some((Vec::new(), Chunk::default())),
                });
            }
            let suffix = pattern.strip_prefix('*').filter(|text| !text.contains('*'));
            if let Some(suffix) = suffix {
                return Ok(Self {
                    head: Chunk::default(),
                    tail: Some((Vec::new(), Chunk::Text(suffix.into()))),
                });
            }
        }
        glob(pattern)
    }

    /// Whether the pattern matches the whole of `text`.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some(rest) = self.head.strip_prefix(text) else { return false };
        let Some((middle, tail)) = &self.tail else { return rest.is_empty() };
        let Some(rest) = tail.strip_suffix(rest) else { return false };
        middle.iter().try_fold(rest, |rest, chunk| chunk.after_first(rest)).is_some()
    }

    /// Whether every text matches that is not empty.
    pub(super) fn matches_any_text(&self) -> bool {
        let empty = Chunk::default();
        self.head == empty
            && self.tail.as_ref().is_some_and(|(middle, tail)| middle.is_empty() && *tail == empty)
    }
}

/// What stands between two stars.
#[derive(Clone, Debug, PartialEq)]
enum Chunk {
    Text(String),
    Units(Vec<Unit>),
}

/// What matches one character.
#[derive(Clone, Debug, PartialEq)]
enum Unit {
    One(char),
    Any,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Default for Chunk {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Chunk {
    fn strip_prefix<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(prefix) => text.strip_prefix(prefix.as_str()),
            Self::Units(units) => {
                let mut chars = text.chars();
                let matched = units.iter().all(|unit| chars.next().is_some_and(|c| unit.is(c)));
                matched.then_some(chars.as_str())
            }
        }
    }

    fn strip_suffix<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(suffix) => text.strip_suffix(suffix.as_str()),
            Self::Units(units) => {
                let mut chars = text.chars();
                let mut units = units.iter().rev();
                let matched = units.all(|unit| chars.next_back().is_some_and(|c| unit.is(c)));
                matched.then_some(chars.as_str())
            }
        }
    }

    /// What follows the leftmost place where this chunk matches.
    fn after_first<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Text(wanted) => text.split_once(wanted.as_str()).map(|(_, after)| after),
            Self::Units(_) => {
                let mut rest = text.chars();
                loop {
                    if let Some(after) = self.strip_prefix(rest.as_str()) {
                        return Some(after);
                    }
                    rest.next()?;
                }
            }
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Units(units) => units.is_empty(),
        }
    }
}

impl Unit {
    fn is(&self, c: char) -> bool {
        match self {
            Self::One(one) => *one == c,
            Self::Any => true,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

fn glob(pattern: &str) -> Result<Pattern, (usize, &'static str)> {
    let mut chunks = vec![Vec::new()];
    let mut chars = pattern.char_indices();
    while let Some((_, c)) = chars.next() {
        let unit = match c {
            '*' => {
                chunks.push(Vec::new());
                continue;
            }
            '?' => Unit::Any,
            '\\' => Unit::One(next(&mut chars, pattern)?),
            '[' => class(&mut chars, pattern)?,
            c => Unit::One(c),
        };
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(unit);
        }
    }
    if chunks.iter().any(|chunk| chunk.len() > MAX_UNITS && !is_plain(chunk)) {
        return Err((0, "at most 64 characters may surround a `?` or `[` without a `*`"));
    }
    let mut chunks = chunks.into_iter().map(chunk);
    let head = chunks.next().unwrap_or_default();
    let mut middle: Vec<Chunk> = chunks.collect();
    let tail = middle.pop();
    middle.retain(|chunk| !chunk.is_empty());
    Ok(Pattern { head, tail: tail.map(|tail| (middle, tail)) })
}

fn class(
    chars: &mut std::str::CharIndices<'_>,
    pattern: &str,
) -> Result<Unit, (usize, &'static str)> {
    let mut ahead = chars.clone();
    let negated = ahead.next().is_some_and(|(_, c)| c == '^');
    if negated {
        *chars = ahead;
    }
    let mut ranges = Vec::new();
    loop {
        let at = chars.offset();
        let low = match next(chars, pattern)? {
            ']' if !ranges.is_empty() => return Ok(Unit::Class { negated, ranges }),
            '\\' => next(chars, pattern)?,
            ']' | '-' => return Err((at, "write `\\` before a `]` or `-` in brackets")),
            c => c,
        };
        let mut ahead = chars.clone();
        let mut high = low;
        if ahead.next().is_some_and(|(_, c)| c == '-') {
            *chars = ahead;
            high = match next(chars, pattern)? {
                '\\' => next(chars, pattern)?,
                ']' | '-' => return Err((at, "expected the end of the range")),
                c => c,
            };
        }
        if high < low {
            return Err((at, "this range ends before it begins"));
        }
        ranges.push((low, high));
    }
}

fn next(
    chars: &mut std::str::CharIndices<'_>,
    pattern: &str,
) -> Result<char, (usize, &'static str)> {
    let (_, c) = chars.next().ok_or((pattern.len(), "the pattern ends too early"))?;
    Ok(c)
}

fn is_plain(units: &[Unit]) -> bool {
    units.iter().all(|unit| matches!(unit, Unit::One(_)))
}

/// Letters alone become a text, which is found faster.
fn chunk(units: Vec<Unit>) -> Chunk {
    let letter = |unit: &Unit| match unit {
        Unit::One(c) => Some(*c),
        Unit::Any | Unit::Class { .. } => None,
    };
    units.iter().map(letter).collect::<Option<String>>().map_or(Chunk::Units(units), Chunk::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, matching: &[&str], other: &[&str]) {
        let read = Pattern::parse(pattern).unwrap();
        for text in matching {
            assert!(read.matches(text), "{pattern} should match {text}");
        }
        for text in other {
            assert!(!read.matches(text), "{pattern} should not match {text}");
        }
    }

    #[test]
    fn stars_match_any_stretch() {
        check("Order*", &["Order", "Order Completed"], &["order", "An Order", ""]);
        check("*@example.com", &["a@example.com", "@example.com"], &["a@example.com "]);
        check("*", &["", "anything"], &[]);
        check("**", &["", "anything"], &[]);
        check("*mid*", &["mid", "amidst"], &["md"]);
        check("a*b*c", &["abc", "a-b-c", "abbcc", "abcbc"], &["ac", "acb", "abcd"]);
        check("aba*aba", &["abaaba", "aba-aba"], &["aba", "ababa"]);
        check("*ab*b", &["abb", "abab"], &["ab", "aba"]);
        check("exact", &["exact"], &["exactly", "inexact", ""]);
        check("", &[""], &["a"]);
    }

    #[test]
    fn edge_stars_leave_the_rest_as_it_is_written() {
        check("[VIP]*", &["[VIP] order"], &["Viewed", "P"]);
        check("*[ab]", &["x[ab]"], &["xa"]);
        check("Really?*", &["Really?", "Really? yes"], &["Really", "Reallyx"]);
    }

    #[test]
    fn the_documented_glob_holds_elsewhere() {
        check("a??d", &["abcd", "aééd"], &["abd", "abbcd"]);
        check("ab[cC]d", &["abcd", "abCd"], &["abd", "abdd"]);
        check("ab[a-z]d", &["abcd"], &["abCd"]);
        check("ab[^a-z]d", &["abCd"], &["abcd"]);
        check(r"ab\*d", &["ab*d"], &["abcd", r"ab\*d"]);
        check(r"\[VIP\]*", &["[VIP] x"], &["V"]);
        check(r"a\?*", &["a?b"], &["ab"]);
        check(r"[\]\-x]", &["]", "-", "x"], &["[", "\\"]);
        check("*[0-9]?[0-9]*", &["a1x2b", "1x2"], &["a12b", "1x"]);
        check("**[ab]", &["xa", "b"], &["", "abc"]);
        check("[*]x", &["*x"], &["ax"]);
    }

    #[test]
    fn malformed_patterns_say_where() {
        let at = |pattern: &str| Pattern::parse(pattern).unwrap_err().0;
        assert_eq!(at("a[bc"), 4);
        assert_eq!(at("a[]"), 2);
        assert_eq!(at("a[b-]"), 2);
        assert_eq!(at("a[z-b]"), 2);
        assert_eq!(at("a\\"), 2);
        assert_eq!(at(&format!("?{}", "x".repeat(64))), 0);
        assert!(Pattern::parse(&"x".repeat(100)).is_ok());
        assert!(Pattern::parse(&format!("*{}?*", "x".repeat(63))).is_ok());
    }

    #[test]
    fn a_hostile_pattern_costs_little() {
        let pattern = Pattern::parse(&"a*".repeat(2000)).unwrap();
        assert!(!pattern.matches(&"a".repeat(1999)));
        assert!(pattern.matches(&"a".repeat(32_000)));
        let pattern = Pattern::parse(&format!("*{}?b*", "a".repeat(62))).unwrap();
        assert!(!pattern.matches(&"a".repeat(32_000)));
    }
}
