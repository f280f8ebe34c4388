//! JSON text as a source of values. It takes what `serde_json` takes and says of the rest what `serde_json` says, in a third
//! of its code: that reads from streams and into any type, and brings tables to make numbers from digits.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// Makes a number from JSON's notation of it.
pub type Float = fn(&str) -> f64;

/// What is wrong, and whether it says where.
#[derive(Debug)]
pub struct Wrong {
    message: String,
    placed: bool,
}

impl fmt::Display for Wrong {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Wrong {}

impl Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), placed: false }
    }
}

/// A text and how much of it is read.
pub struct Scan<'t> {
    text: &'t str,
    at: usize,
    float: Float,
}

/// A number as its notation asks for it.
enum Number {
    Natural(u64),
    Negative(i64),
    Float(f64),
}

impl<'t> Scan<'t> {
    /// At the beginning.
    pub fn new(text: &'t str, float: Float) -> Self {
        Self { text, at: 0, float }
    }

    /// Nothing but space may be left.
    pub fn end(&mut self) -> Result<(), Wrong> {
        match self.next() {
            Some(_) => Err(self.ahead("trailing characters")),
            None => Ok(()),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// The next byte that is not space; it is not taken.
    fn next(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    fn wrong_at(&self, at: usize, message: &str) -> Wrong {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let (mut line, mut column) = (1, 0);
        for byte in before {
            column += 1;
            if *byte == b'\n' {
                (line, column) = (line + 1, 0);
            }
        }
        Wrong { message: format!("{message} at line {line} column {column}"), placed: true }
    }

    /// A fault of what was taken.
    fn behind(&self, message: &str) -> Wrong {
        self.wrong_at(self.at, message)
    }

    /// A fault of what comes.
    fn ahead(&self, message: &str) -> Wrong {
        self.wrong_at(self.text.len().min(self.at + 1), message)
    }

    fn word(&mut self, rest: &str) -> Result<(), Wrong> {
        for expected in rest.bytes() {
            match self.take() {
                None => return Err(self.behind("EOF while parsing a value")),
                Some(byte) if byte != expected => return Err(self.behind("expected ident")),
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<Number, Wrong> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        if negative {
            self.at += 1;
        }
        let digits = self.at;
        match self.take() {
            None => return Err(self.behind("EOF while parsing a value")),
            Some(b'0') if matches!(self.peek(), Some(b'0'..=b'9')) => return Err(self.ahead("invalid number")),
            Some(b'0') => {}
            Some(b'1'..=b'9') => self.digits(),
            Some(_) => return Err(self.behind("invalid number")),
        }
        let mut whole = self.text.get(digits..self.at);
        if self.peek() == Some(b'.') {
            whole = None;
            self.at += 1;
            match self.peek() {
                Some(b'0'..=b'9') => self.digits(),
                Some(_) => return Err(self.ahead("invalid number")),
                None => return Err(self.ahead("EOF while parsing a value")),
            }
        }
        if let Some(b'e' | b'E') = self.peek() {
            whole = None;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            match self.take() {
                Some(b'0'..=b'9') => self.digits(),
                Some(_) => return Err(self.behind("invalid number")),
                None => return Err(self.behind("EOF while parsing a value")),
            }
        }
        match whole.and_then(|digits| digits.parse::<u64>().ok()) {
            Some(size) if !negative => return Ok(Number::Natural(size)),
            // There is a zero below zero, and it is no integer.
            Some(size) if size > 0 && 0_i64.checked_sub_unsigned(size).is_some() => {
                return Ok(Number::Negative(0_i64.wrapping_sub_unsigned(size)));
            }
            _ => {}
        }
        let float = (self.float)(self.text.get(start..self.at).unwrap_or_default());
        if float.is_infinite() {
            return Err(self.behind("number out of range"));
        }
        Ok(Number::Float(float))
    }

    /// The rest of a text whose first quote is taken.
    fn string(&mut self) -> Result<String, Wrong> {
        let mut out = String::new();
        loop {
            let start = self.at;
            let rest = self.text.as_bytes().get(start..).unwrap_or_default();
            let plain = rest.iter().position(|byte| *byte < 0x20 || *byte == b'"' || *byte == b'\\');
            self.at = start + plain.unwrap_or(rest.len());
            out.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.take() {
                Some(b'"') => return Ok(out),
                Some(b'\\') => out.push(self.escaped()?),
                Some(_) => {
                    return Err(self.behind("control character (\\u0000-\\u001F) found while parsing a string"));
                }
                None => return Err(self.unended()),
            }
        }
    }

    fn unended(&self) -> Wrong {
        self.behind("EOF while parsing a string")
    }

    fn escaped(&mut self) -> Result<char, Wrong> {
        Ok(match self.take().ok_or_else(|| self.unended())? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(self.behind("invalid escape")),
        })
    }

    fn unicode(&mut self) -> Result<char, Wrong> {
        let first = self.hex()?;
        if let Some(found) = char::from_u32(first) {
            return Ok(found);
        }
        if first < 0xdc00 {
            for byte in [b'\\', b'u'] {
                let next = self.take().ok_or_else(|| self.unended())?;
                if next != byte {
                    return Err(self.behind("unexpected end of hex escape"));
                }
            }
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second)
                && let Some(found) = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
            {
                return Ok(found);
            }
        }
        Err(self.behind("lone leading surrogate in hex escape"))
    }

    fn hex(&mut self) -> Result<u32, Wrong> {
        let Some(digits) = self.text.as_bytes().get(self.at..self.at + 4) else {
            self.at = self.text.len();
            return Err(self.unended());
        };
        self.at += 4;
        let mut number = 0;
        for byte in digits {
            let digit = char::from(*byte).to_digit(16).ok_or_else(|| self.behind("invalid escape"))?;
            number = number * 16 + digit;
        }
        Ok(number)
    }

    fn open(&mut self) -> Items<'_, 't> {
        self.at += 1;
        Items { scan: self, first: true }
    }

    /// Takes what closes a list or an object. Where there is something else, a fault was found before.
    fn close(&mut self, bracket: u8) {
        match self.next() {
            Some(byte) if byte == bracket => self.at += 1,
            Some(b',') if bracket == b']' => {
                self.at += 1;
                self.next();
            }
            _ => {}
        }
    }

    fn any<V: Visitor<'t>>(&mut self, visitor: V) -> Result<V::Value, Wrong> {
        match self.next() {
            None => Err(self.ahead("EOF while parsing a value")),
            Some(b'n') => self.word("null").and_then(|()| visitor.visit_unit()),
            Some(b't') => self.word("true").and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.word("false").and_then(|()| visitor.visit_bool(false)),
            Some(b'-' | b'0'..=b'9') => match self.number()? {
                Number::Natural(number) => visitor.visit_u64(number),
                Number::Negative(number) => visitor.visit_i64(number),
                Number::Float(number) => visitor.visit_f64(number),
            },
            Some(b'"') => {
                self.at += 1;
                visitor.visit_string(self.string()?)
            }
            Some(b'[') => {
                let read = visitor.visit_seq(self.open());
                self.close(b']');
                read
            }
            Some(b'{') => {
                let read = visitor.visit_map(self.open());
                self.close(b'}');
                read
            }
            Some(_) => Err(self.ahead("expected value")),
        }
    }
}

impl<'de> Deserializer<'de> for &mut Scan<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.any(visitor).map_err(|wrong| if wrong.placed { wrong } else { self.behind(&wrong.message) })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// What stands between brackets.
struct Items<'s, 't> {
    scan: &'s mut Scan<'t>,
    first: bool,
}

impl Items<'_, '_> {
    /// What the next item begins with; none at the end.
    fn next(&mut self, close: u8, unended: &str, expected: &str) -> Result<Option<u8>, Wrong> {
        match self.scan.next() {
            None => Err(self.scan.ahead(unended)),
            Some(byte) if byte == close => Ok(None),
            found if self.first => {
                self.first = false;
                Ok(found)
            }
            Some(b',') => {
                self.scan.at += 1;
                match self.scan.next() {
                    None => Err(self.scan.ahead("EOF while parsing a value")),
                    Some(byte) if byte == close => Err(self.scan.ahead("trailing comma")),
                    found => Ok(found),
                }
            }
            Some(_) => Err(self.scan.ahead(expected)),
        }
    }
}

impl<'t> SeqAccess<'t> for Items<'_, 't> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        match self.next(b']', "EOF while parsing a list", "expected `,` or `]`")? {
            Some(_) => seed.deserialize(&mut *self.scan).map(Some),
            None => Ok(None),
        }
    }
}

impl<'t> MapAccess<'t> for Items<'_, 't> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        match self.next(b'}', "EOF while parsing an object", "expected `,` or `}`")? {
            Some(b'"') => {
                self.scan.at += 1;
                seed.deserialize(self.scan.string()?.into_deserializer()).map(Some)
            }
            Some(_) => Err(self.scan.ahead("key must be a string")),
            None => Ok(None),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<T::Value, Wrong> {
        match self.scan.next() {
            Some(b':') => {
                self.scan.at += 1;
                seed.deserialize(&mut *self.scan)
            }
            Some(_) => Err(self.scan.ahead("expected `:`")),
            None => Err(self.scan.ahead("EOF while parsing an object")),
        }
    }
}
