//! Any data that serde can read, to a [`Value`].

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Value;
use crate::path::{Path, Step};

/// How deep data is read. A JavaScript value that refers to itself would have no end.
const MAX_DEPTH: usize = 16;

/// How many values are read. One that refers to itself twice has more of them on 16 levels than
/// anyone can wait for.
const MAX_VALUES: usize = 100_000;

/// How many places are named that cannot be read: nobody reads more.
const MAX_UNREADABLE: usize = 20;

/// Data of any kind, as far as JSON could hold it.
#[derive(Debug)]
pub struct Loose {
    /// What was read, with null in the place of what could not be.
    pub value: Value<'static>,
    /// Where something could not be read: a function, a number that is none, data nested too deep
    /// or without end. A null in its place says the same as an absent setting, which nobody meant.
    pub unreadable: Vec<Path>,
}

/// Reads at most 16 levels and 100,000 values. It never fails.
impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let state =
            State { unreadable: RefCell::new(Vec::new()), values_left: Cell::new(MAX_VALUES) };
        let root = Reader { levels_left: MAX_DEPTH, path: Path::default(), state: &state };
        let value = root.clone().deserialize(deserializer).unwrap_or_else(|_| root.unreadable());
        Ok(Self { value, unreadable: state.unreadable.into_inner() })
    }
}

struct State {
    unreadable: RefCell<Vec<Path>>,
    values_left: Cell<usize>,
}

/// Reads the value at one place.
#[derive(Clone)]
struct Reader<'s> {
    /// How many levels may still be read.
    levels_left: usize,
    path: Path,
    state: &'s State,
}

impl Reader<'_> {
    /// The reader of what lies in this value; an error if it lies too deep.
    fn inside<E: Error>(&self, step: Step) -> Result<Self, E> {
        let levels_left = self.levels_left.checked_sub(1).ok_or_else(|| E::custom("too deep"))?;
        Ok(Self { levels_left, path: self.path.join(step), state: self.state })
    }

    /// Takes note that this value cannot be read.
    fn unreadable(&self) -> Value<'static> {
        if let Ok(mut paths) = self.state.unreadable.try_borrow_mut()
            && paths.len() < MAX_UNREADABLE
        {
            paths.push(self.path.clone());
        }
        Value::Null
    }

    /// Whether there is room for another value.
    fn may_go_on(&self) -> bool {
        let values_left = self.state.values_left.get();
        self.state.values_left.set(values_left.saturating_sub(1));
        if values_left == 1 {
            self.unreadable();
        }
        values_left > 1
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value<'static>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value<'static>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Value::Bool(truth))
    }

    #[expect(clippy::cast_precision_loss, reason = "JavaScript's numbers have no more precision")]
    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Value::Number(number as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "JavaScript's numbers have no more precision")]
    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        if number.is_finite() { Ok(Value::Number(number)) } else { Err(E::custom("no number")) }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::from(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while self.may_go_on() {
            let inside = self.inside(Step::Index(list.len()))?;
            match items.next_element_seed(inside.clone()) {
                Ok(Some(value)) => list.push(value),
                Ok(None) => break,
                Err(_) => list.push(inside.unreadable()),
            }
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = Vec::new();
        while self.may_go_on() {
            let Some(key) = members.next_key::<String>()? else { break };
            let inside = self.inside(Step::Key(key.clone()))?;
            let value =
                members.next_value_seed(inside.clone()).unwrap_or_else(|_| inside.unreadable());
            map.push((Cow::Owned(key), value));
        }
        Ok(Value::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::value::{Error, F64Deserializer, MapDeserializer, SeqDeserializer};

    /// An object that holds itself under many names, as a deserializer sees it.
    #[derive(Clone, Copy)]
    struct Cycle(usize);

    impl<'de> serde::de::IntoDeserializer<'de, Error> for Cycle {
        type Deserializer = Self;
        fn into_deserializer(self) -> Self {
            self
        }
    }

    impl<'de> Deserializer<'de> for Cycle {
        type Error = Error;
        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let members = (0..self.0).map(|name| (name.to_string(), self));
            visitor.visit_map(MapDeserializer::new(members))
        }
        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
            option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
            ignored_any
        }
    }

    #[test]
    fn what_refers_to_itself_comes_to_an_end() {
        for names in [1, 2, 3, 50] {
            let loose = Loose::deserialize(Cycle(names)).unwrap();
            assert!((1..=MAX_UNREADABLE).contains(&loose.unreadable.len()), "{names}");
        }
    }

    #[test]
    fn what_json_cannot_hold_is_named_and_not_taken_for_absent() {
        let nan: F64Deserializer<Error> = serde::de::IntoDeserializer::into_deserializer(f64::NAN);
        assert_eq!(Loose::deserialize(nan).unwrap().unreadable, [Path::default()]);
        let list = SeqDeserializer::<_, Error>::new([1.0, f64::INFINITY].into_iter());
        let Loose { value, unreadable } = Loose::deserialize(list).unwrap();
        assert_eq!(value, Value::List(vec![1.0.into(), Value::Null]));
        assert_eq!(unreadable, [Path::parse("$[1]").unwrap()]);
    }
}
