//! Values on their way out, as JSON text that JavaScript parses: one string crosses the boundary instead of a call for every
//! part of the value. Every type that goes out is an instance of this writer, so it is as small as can be.

use std::fmt::{self, Write as _};

use js_sys::JSON;
use serde::ser::{
    Error, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer,
};
use wasm_bindgen::prelude::*;

use crate::policy::quote;

/// A value that cannot be written. There is none, and so no code for it: what has none is known to succeed.
#[derive(Debug)]
pub enum Wrong {}

impl fmt::Display for Wrong {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Wrong {}

impl Error for Wrong {
    fn custom<T: fmt::Display>(_: T) -> Self {
        not_plain()
    }
}

/// Where types come that nothing which goes out has.
fn not_plain() -> ! {
    wasm_bindgen::throw_str("not plain data")
}

/// Text being written.
#[derive(Default)]
pub struct Text {
    out: String,
}

impl Text {
    /// Writes a value.
    pub fn write(&mut self, value: &impl Serialize) {
        let Ok(()) = value.serialize(self);
    }

    /// The JavaScript value of what was written.
    pub fn parse(self) -> Result<JsValue, JsValue> {
        JSON::parse(&self.out)
    }

    /// Digits beyond what JavaScript counts exactly came from it, and are the same number to it again.
    fn integer(&mut self, negative: bool, size: u64) -> Result<(), Wrong> {
        let sign = if negative { "-" } else { "" };
        let _ = write!(self.out, "{sign}{size}");
        Ok(())
    }

    fn open(&mut self, bracket: char, close: char) -> Parts<'_> {
        self.out.push(bracket);
        Parts { text: self, close, more: false }
    }
}

/// A list or an object being written.
pub struct Parts<'t> {
    text: &'t mut Text,
    close: char,
    more: bool,
}

impl Parts<'_> {
    fn next(&mut self) -> &mut Text {
        if self.more {
            self.text.out.push(',');
        }
        self.more = true;
        self.text
    }

    #[inline(never)]
    fn key(&mut self, key: &str) -> &mut Text {
        quote(key, &mut self.next().out);
        self.text.out.push(':');
        self.text
    }

    fn close(self) {
        self.text.out.push(self.close);
    }
}

/// Types and methods that nothing which goes out needs.
macro_rules! never {
    ($($name:ident($($argument:ty),*) -> $ok:ty;)*) => {
        $(fn $name(self, $(_: $argument),*) -> Result<$ok, Wrong> {
            not_plain()
        })*
    };
}

impl<'t> Serializer for &'t mut Text {
    type Ok = ();
    type Error = Wrong;
    type SerializeSeq = Parts<'t>;
    type SerializeTuple = Parts<'t>;
    type SerializeTupleStruct = Impossible<(), Wrong>;
    type SerializeTupleVariant = Impossible<(), Wrong>;
    type SerializeMap = Parts<'t>;
    type SerializeStruct = Parts<'t>;
    type SerializeStructVariant = Impossible<(), Wrong>;

    fn serialize_bool(self, value: bool) -> Result<(), Wrong> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }
    fn serialize_i8(self, value: i8) -> Result<(), Wrong> {
        self.serialize_i64(value.into())
    }
    fn serialize_i16(self, value: i16) -> Result<(), Wrong> {
        self.serialize_i64(value.into())
    }
    fn serialize_i32(self, value: i32) -> Result<(), Wrong> {
        self.serialize_i64(value.into())
    }
    fn serialize_i64(self, value: i64) -> Result<(), Wrong> {
        self.integer(value < 0, value.unsigned_abs())
    }
    fn serialize_u8(self, value: u8) -> Result<(), Wrong> {
        self.serialize_u64(value.into())
    }
    fn serialize_u16(self, value: u16) -> Result<(), Wrong> {
        self.serialize_u64(value.into())
    }
    fn serialize_u32(self, value: u32) -> Result<(), Wrong> {
        self.serialize_u64(value.into())
    }
    fn serialize_u64(self, value: u64) -> Result<(), Wrong> {
        self.integer(false, value)
    }
    fn serialize_f32(self, value: f32) -> Result<(), Wrong> {
        self.serialize_f64(value.into())
    }
    fn serialize_f64(self, value: f64) -> Result<(), Wrong> {
        // JavaScript prints numbers itself; the tables for it would be nine kilobytes here.
        let text = JSON::stringify(&JsValue::from_f64(value)).map_or_else(|_| not_plain(), String::from);
        self.out.push_str(&text);
        Ok(())
    }
    fn serialize_str(self, value: &str) -> Result<(), Wrong> {
        quote(value, &mut self.out);
        Ok(())
    }
    fn serialize_none(self) -> Result<(), Wrong> {
        self.serialize_unit()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Wrong> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Wrong> {
        self.out.push_str("null");
        Ok(())
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Wrong> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Wrong> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Wrong> {
        not_plain()
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'t>, Wrong> {
        Ok(self.open('[', ']'))
    }
    /// As the trait does it, but compiled as one function instead of three.
    fn collect_seq<I: IntoIterator<Item: Serialize>>(self, items: I) -> Result<(), Wrong> {
        let mut parts = self.open('[', ']');
        for item in items {
            item.serialize(parts.next())?;
        }
        parts.close();
        Ok(())
    }
    fn serialize_tuple(self, _: usize) -> Result<Parts<'t>, Wrong> {
        Ok(self.open('[', ']'))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'t>, Wrong> {
        Ok(self.open('{', '}'))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'t>, Wrong> {
        Ok(self.open('{', '}'))
    }
    never! {
        serialize_char(char) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_tuple_struct(&'static str, usize) -> Impossible<(), Wrong>;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Impossible<(), Wrong>;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Impossible<(), Wrong>;
    }
}

impl SerializeSeq for Parts<'_> {
    type Ok = ();
    type Error = Wrong;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Wrong> {
        value.serialize(self.next())
    }
    fn end(self) -> Result<(), Wrong> {
        self.close();
        Ok(())
    }
}

impl SerializeTuple for Parts<'_> {
    type Ok = ();
    type Error = Wrong;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Wrong> {
        value.serialize(self.next())
    }
    fn end(self) -> Result<(), Wrong> {
        self.close();
        Ok(())
    }
}

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Wrong;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Wrong> {
        // Keys are text.
        key.serialize(self.next())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Wrong> {
        self.text.out.push(':');
        value.serialize(&mut *self.text)
    }
    fn end(self) -> Result<(), Wrong> {
        self.close();
        Ok(())
    }
}

impl SerializeStruct for Parts<'_> {
    type Ok = ();
    type Error = Wrong;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Wrong> {
        value.serialize(self.key(key))
    }
    fn end(self) -> Result<(), Wrong> {
        self.close();
        Ok(())
    }
}
