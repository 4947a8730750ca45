//! What serde can write, to JSON text.

use std::fmt::Error;

use serde::ser::{self, Impossible};
use serde::{Serialize, Serializer};

use super::write::write_text;
use crate::number;

/// Writes a value as JSON, without white space. Nothing is written as `null`, and so is a number
/// that JSON cannot hold.
///
/// # Errors
///
/// Members of a map are named by texts: nothing else is written.
pub fn to_text(value: &impl Serialize) -> Result<String, Error> {
    let mut text = Text(String::new());
    value.serialize(&mut text)?;
    Ok(text.0)
}

/// What is written so far. It serves for what is open in it, too: whether a comma is due, its last
/// byte tells, since texts end in a quotation mark.
struct Text(String);

impl Text {
    fn open(&mut self, bracket: char) -> &mut Self {
        self.0.push(bracket);
        self
    }

    /// Opens what is named: `{"name":`, and a bracket.
    fn open_named(&mut self, name: &str, bracket: char) -> &mut Self {
        self.0.push('{');
        self.name(name);
        self.open(bracket)
    }

    fn comma(&mut self) {
        if !self.0.ends_with(['{', '[']) {
            self.0.push(',');
        }
    }

    fn name(&mut self, name: &str) {
        self.comma();
        write_text(name, &mut self.0);
        self.0.push(':');
    }

    fn close(&mut self, brackets: &str) -> Result<(), Error> {
        self.0.push_str(brackets);
        Ok(())
    }

    fn whole(&mut self, number: impl ToString) -> Result<(), Error> {
        self.close(&number.to_string())
    }
}

impl<'t> Serializer for &'t mut Text {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Variant<'t>;

    fn serialize_bool(self, truth: bool) -> Result<(), Error> {
        self.close(if truth { "true" } else { "false" })
    }

    fn serialize_i8(self, number: i8) -> Result<(), Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<(), Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<(), Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<(), Error> {
        self.whole(number)
    }

    fn serialize_u8(self, number: u8) -> Result<(), Error> {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<(), Error> {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<(), Error> {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<(), Error> {
        self.whole(number)
    }

    fn serialize_f32(self, number: f32) -> Result<(), Error> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Error> {
        if !number.is_finite() {
            return self.serialize_unit();
        }
        number::write(number, &mut self.0);
        Ok(())
    }

    fn serialize_char(self, c: char) -> Result<(), Error> {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        write_text(text, &mut self.0);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.close("null")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.0.push('{');
        self.name(variant);
        value.serialize(&mut *self)?;
        self.close("}")
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Self, Error> {
        Ok(self.open('['))
    }

    fn serialize_tuple(self, _length: usize) -> Result<Self, Error> {
        Ok(self.open('['))
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<Self, Error> {
        Ok(self.open('['))
    }

    /// None of our types has one.
    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Impossible<(), Error>, Error> {
        Err(Error)
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Self, Error> {
        Ok(self.open('{'))
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Self, Error> {
        Ok(self.open('{'))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Variant<'t>, Error> {
        Ok(Variant(self.open_named(variant, '{')))
    }
}

impl ser::SerializeSeq for &mut Text {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.comma();
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Error> {
        self.close("]")
    }
}

impl ser::SerializeTuple for &mut Text {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), Error> {
        self.close("]")
    }
}

impl ser::SerializeTupleStruct for &mut Text {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        ser::SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<(), Error> {
        self.close("]")
    }
}

impl ser::SerializeMap for &mut Text {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.comma();
        key.serialize(&mut **self)?;
        if !self.0.ends_with('"') {
            return Err(Error);
        }
        self.0.push(':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Error> {
        self.close("}")
    }
}

impl ser::SerializeStruct for &mut Text {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.name(name);
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Error> {
        self.close("}")
    }
}

/// A variant with named members, which is closed twice.
struct Variant<'t>(&'t mut Text);

impl ser::SerializeStructVariant for Variant<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        ser::SerializeStruct::serialize_field(&mut self.0, name, value)
    }

    fn end(self) -> Result<(), Error> {
        self.0.close("}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    enum Kind {
        Unit,
        Newtype(Option<i8>),
        Struct { left: u64, right: Vec<Self> },
    }

    #[derive(Serialize)]
    #[serde(tag = "type")]
    enum Tagged {
        One(Inner),
        Two { text: &'static str },
    }

    #[derive(Serialize)]
    struct Inner {
        #[serde(skip_serializing_if = "Option::is_none")]
        absent: Option<bool>,
        pair: (char, f64),
        #[serde(flatten)]
        kind: Kind,
    }

    #[derive(Serialize)]
    struct Whole {
        kinds: Vec<Kind>,
        tagged: Vec<Tagged>,
        map: BTreeMap<&'static str, ()>,
        empty: [bool; 0],
    }

    #[test]
    fn what_is_written_is_what_serde_json_writes() {
        let inner = |kind| Inner { absent: None, pair: ('"', 0.5), kind };
        let nested = || vec![Kind::Unit, Kind::Struct { left: u64::MAX, right: Vec::new() }];
        let whole = Whole {
            kinds: vec![
                Kind::Newtype(Some(-8)),
                Kind::Newtype(None),
                Kind::Struct { left: 0, right: nested() },
                Kind::Unit,
            ],
            tagged: vec![
                Tagged::Two { text: "{[\u{1f}é\\" },
                Tagged::One(inner(Kind::Struct { left: 1, right: nested() })),
            ],
            map: [("{", ()), ("b", ())].into(),
            empty: [],
        };
        assert_eq!(to_text(&whole).unwrap(), serde_json::to_string(&whole).unwrap());
    }

    #[test]
    fn what_json_has_no_number_for() {
        assert_eq!(to_text(&[f64::NAN, 1e21]).unwrap(), "[null,1e+21]");
    }

    #[test]
    fn only_texts_name_members() {
        assert_eq!(to_text(&BTreeMap::from([(1, 2)])), Err(Error));
    }
}
