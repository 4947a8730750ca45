//! What a setting looks like from outside: the one description that the JSON Schema and the
//! TypeScript types are written from.

/// The shape of a setting.
#[derive(Clone, Debug)]
pub enum Shape {
    /// `true` or `false`.
    Bool,
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// Any value.
    Any,
    /// Any of these shapes.
    Either(Vec<Self>),
    /// A whole number within these limits, both included.
    Integer(i64, i64),
    /// A list of one shape, with at least and at most so many items.
    List(Box<Self>, usize, usize),
    /// An object whose members are named by the user.
    Map(Box<Self>),
    /// Any number.
    Number,
    /// An object with known members.
    Object(&'static str, &'static str, Vec<Member>),
    /// A string that must never be shown, shared or logged: the pattern it must match (ECMA-262),
    /// the most characters it may have. What is kept as a [`Secret`](crate::redact::Secret) has
    /// this shape.
    Secret(&'static str, usize),
    /// A string: a pattern it must match (ECMA-262), the most characters it may have.
    Text(Option<&'static str>, usize),
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name in the settings.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// Whether settings without it are refused.
    pub required: bool,
    /// Its shape.
    pub shape: Shape,
}
