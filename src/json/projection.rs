//! Reading a JSON text for the values at known paths only.

use std::borrow::Borrow;

use super::scanner::Scanner;
use super::{JsonError, JsonErrorKind, Limits};
use crate::path::{Path, Step};
use crate::value::Value;

/// The values that were read, one a path.
pub type Values<'a> = Vec<Option<Value<'a>>>;

/// What stands at a path, where only that is asked for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Shape {
    /// Nothing, or null.
    #[default]
    Absent,
    /// An object.
    Object,
    /// Anything else.
    Other,
}

impl Shape {
    /// The shape of a value.
    pub fn of(value: Option<&Value<'_>>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Absent,
            Some(Value::Map(_)) => Self::Object,
            Some(_) => Self::Other,
        }
    }
}

/// A set of paths, none of which lies below another, as a tree that a JSON text is read along.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    root: Node,
    values: usize,
    shapes: usize,
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// In order, as are the indices.
    keys: Vec<(String, Self)>,
    indices: Vec<(usize, Self)>,
    /// Which value is wanted here. A node that wants its value has no children.
    slot: Option<usize>,
    /// Which shape is wanted here.
    shape: Option<usize>,
}

impl Projection {
    /// The projection that reads these paths; the value of the path at index n becomes value n.
    ///
    /// Of the paths in `shapes` only the shape is read. A path below one whose value is read is left
    /// out: it stays absent.
    pub fn new(paths: &[Path], shapes: &[Path]) -> Self {
        let mut root = Node::default();
        for (slot, path) in paths.iter().enumerate() {
            if let Some(node) = root.insert(path.steps()) {
                *node = Node { slot: Some(slot), ..Node::default() };
            }
        }
        for (slot, path) in shapes.iter().enumerate() {
            if let Some(node) = root.insert(path.steps()) {
                node.shape = Some(slot);
            }
        }
        Self { root, values: paths.len(), shapes: shapes.len() }
    }

    /// Reads values and shapes from a JSON text whose top level is an object.
    ///
    /// The whole text is checked, also where nothing is read from it.
    ///
    /// # Errors
    ///
    /// [`JsonError`] says what is wrong and where.
    pub fn read<'a>(
        &self,
        text: &'a str,
        limits: Limits,
    ) -> Result<(Values<'a>, Vec<Shape>), JsonError> {
        let mut found = Found { values: Vec::new(), shapes: vec![Shape::Absent; self.shapes] };
        found.values.resize_with(self.values, || None);
        let mut scanner = Scanner::new(text, limits)?;
        if scanner.peek() != Some(b'{') {
            // Whatever else is wrong with the text is worth more to its author than the kind.
            scanner.skip_value()?;
            scanner.end()?;
            return Err(JsonError { offset: 0, kind: JsonErrorKind::Syntax("an object") });
        }
        self.root.read(&mut scanner, &mut found)?;
        scanner.end()?;
        Ok((found.values, found.shapes))
    }
}

struct Found<'a> {
    values: Values<'a>,
    shapes: Vec<Shape>,
}

impl Node {
    /// The node at a path; none below a node whose value is read.
    fn insert(&mut self, steps: &[Step]) -> Option<&mut Self> {
        if self.slot.is_some() {
            return None;
        }
        match steps.split_first() {
            None => Some(self),
            Some((Step::Key(key), rest)) => child(&mut self.keys, key.as_str()).insert(rest),
            Some((Step::Index(index), rest)) => child(&mut self.indices, index).insert(rest),
        }
    }

    fn read<'a>(&self, scanner: &mut Scanner<'a>, found: &mut Found<'a>) -> Result<(), JsonError> {
        if let Some(slot) = self.slot {
            let value = scanner.value()?;
            if let Some(place) = found.values.get_mut(slot) {
                *place = Some(value);
            }
            return Ok(());
        }
        // Of two equal keys the last one counts, so what the first one held is forgotten.
        self.forget(found);
        if let Some(place) = self.shape.and_then(|slot| found.shapes.get_mut(slot)) {
            *place = match scanner.peek() {
                Some(b'{') => Shape::Object,
                Some(b'n') => Shape::Absent,
                _ => Shape::Other,
            };
        }
        match scanner.peek() {
            Some(b'{') if !self.keys.is_empty() => {
                scanner.members(|scanner, key| match find(&self.keys, key.as_ref()) {
                    Some(node) => node.read(scanner, found),
                    None => scanner.skip_value(),
                })
            }
            Some(b'[') if !self.indices.is_empty() => {
                scanner.items(|scanner, index| match find(&self.indices, &index) {
                    Some(node) => node.read(scanner, found),
                    None => scanner.skip_value(),
                })
            }
            _ => scanner.skip_value(),
        }
    }

    fn forget(&self, found: &mut Found<'_>) {
        if let Some(place) = self.slot.and_then(|slot| found.values.get_mut(slot)) {
            *place = None;
        }
        if let Some(place) = self.shape.and_then(|slot| found.shapes.get_mut(slot)) {
            *place = Shape::Absent;
        }
        for (_, node) in &self.keys {
            node.forget(found);
        }
        for (_, node) in &self.indices {
            node.forget(found);
        }
    }
}

/// From so many children on, halving finds one sooner than looking at each.
const MANY: usize = 16;

fn find<'n, K, Q>(children: &'n [(K, Node)], key: &Q) -> Option<&'n Node>
where
    K: Borrow<Q>,
    Q: Ord + ?Sized,
{
    if children.len() < MANY {
        return children.iter().find(|(name, _)| name.borrow() == key).map(|(_, node)| node);
    }
    let at = children.binary_search_by(|(name, _)| name.borrow().cmp(key)).ok()?;
    children.get(at).map(|(_, node)| node)
}

fn child<'n, K, Q>(children: &'n mut Vec<(K, Node)>, key: &Q) -> &'n mut Node
where
    K: Borrow<Q>,
    Q: Ord + ToOwned<Owned = K> + ?Sized,
{
    let at = children.binary_search_by(|(name, _)| name.borrow().cmp(key)).unwrap_or_else(|at| {
        children.insert(at, (key.to_owned(), Node::default()));
        at
    });
    #[expect(clippy::indexing_slicing, reason = "the index was found or made on the line above")]
    let (_, node) = &mut children[at];
    node
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    const LIMITS: Limits = Limits { bytes: 10_000, depth: 16 };

    fn read<'a>(paths: &[&str], text: &'a str) -> Vec<Option<Value<'a>>> {
        let paths: Vec<Path> = paths.iter().map(|path| Path::parse(path).unwrap()).collect();
        let (read, _) = Projection::new(&paths, &[]).read(text, LIMITS).unwrap();
        let whole = parse(text, LIMITS).unwrap();
        let found: Vec<_> = paths.iter().map(|path| path.find(&whole).cloned()).collect();
        assert_eq!(read, found, "a projection reads what a full parse holds");
        read
    }

    #[test]
    fn reads_what_is_asked_for() {
        let text = r#"{"type":"track","skip":[{"a":{}}],"properties":{"items":[{"sku":1},{"sku":"b"}],"x":null}}"#;
        let values =
            read(&["properties.items[1].sku", "type", "properties.x", "a.b", "skip"], text);
        assert_eq!(values[0], Some("b".into()));
        assert_eq!(values[1], Some("track".into()));
        assert_eq!(values[2], Some(Value::Null));
        assert_eq!(values[3], None);
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(read(&["a.b"], r#"{"a":{"b":1},"a":{}}"#), [None]);
        assert_eq!(read(&["a.b"], r#"{"a":{"b":1},"a":3}"#), [None]);
        assert_eq!(read(&["a.b"], r#"{"a":{"b":1},"a":{"b":2}}"#), [Some(2.0.into())]);
    }

    #[test]
    fn reads_shapes() {
        let path = |text: &str| Path::parse(text).unwrap();
        let projection = Projection::new(&[path("a.b.c")], &[path("a"), path("a.b"), path("d")]);
        let shapes = |text: &str| projection.read(text, LIMITS).unwrap().1;
        let (object, other, absent) = (Shape::Object, Shape::Other, Shape::Absent);
        assert_eq!(shapes(r#"{"a":{"b":{"c":1}},"d":null}"#), [object, object, absent]);
        assert_eq!(shapes(r#"{"a":{},"d":[]}"#), [object, absent, other]);
        assert_eq!(shapes(r#"{"a":{"b":{}},"a":"x"}"#), [other, absent, absent]);
    }

    #[test]
    fn checks_what_it_skips() {
        let projection = Projection::new(&[Path::parse("type").unwrap()], &[]);
        for text in [r#"{"a":tru}"#, r#"{"a":[1 2]}"#, r#"{"a":"\q"}"#, "[1]", "1", "{} x", ""] {
            assert!(projection.read(text, LIMITS).is_err(), "{text}");
        }
        assert_eq!(
            projection.read("[]", LIMITS),
            Err(JsonError { offset: 0, kind: JsonErrorKind::Syntax("an object") })
        );
        assert!(projection.read(r#"{"a":"\ud800"}"#, LIMITS).is_ok());
        assert!(projection.read(r#"{"type":"\ud800"}"#, LIMITS).is_err());
    }
}
