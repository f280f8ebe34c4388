//! Values as bytes, to be read again by the same version of lictor: what a compiled policy is made of. Whatever the bytes are,
//! reading them ends, with a value or without one.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Address, Set, Table};

/// Bytes that are being written.
#[derive(Debug, Default)]
pub struct Packing {
    bytes: Vec<u8>,
    /// Where what may stand more than once stands first; none while it is written only to be looked for.
    places: Option<BTreeMap<(&'static str, Vec<u8>), u32>>,
}

/// The number of a choice that stands elsewhere already, where it begins.
pub const AGAIN: u8 = 255;

/// What is shorter is written again: whoever compresses the bytes finds it himself.
const WORTH: usize = 120;

impl Packing {
    /// To be written from the beginning; what stands in it more than once is written once.
    pub fn new() -> Self {
        Self { bytes: Vec::new(), places: Some(BTreeMap::new()) }
    }

    /// What was written.
    pub fn bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Adds a byte.
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Writes something, or where the same stands already.
    pub fn once(&mut self, kind: &'static str, write: &dyn Fn(&mut Self)) {
        let Some(places) = &mut self.places else { return write(self) };
        // As it is without anything left out: its first writing is longer than its second.
        let mut whole = Self::default();
        write(&mut whole);
        if whole.bytes.len() < WORTH {
            return write(self);
        }
        let whole = (kind, whole.bytes);
        if let Some(place) = places.get(&whole).copied() {
            self.bytes.push(AGAIN);
            return place.pack(self);
        }
        places.insert(whole, u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        write(self);
    }
}

/// Bytes that are being read. What is wrong with them is known at the end: until then what cannot be read is something empty, so
/// that reading a value is no more than reading its parts.
#[derive(Debug)]
pub struct Packed<'b> {
    all: &'b [u8],
    rest: &'b [u8],
    depth: u8,
    left: u32,
    wrong: bool,
}

/// How deep values may lie in one another: deeper than documents may be, and what was put around their rules.
const DEEPEST: u8 = 200;
/// How many choices may be read: what stands elsewhere already counts each time, and may hold more of the kind.
const MOST: u32 = 1 << 22;

impl<'b> Packed<'b> {
    /// To be read from the beginning.
    pub fn new(rest: &'b [u8]) -> Self {
        Self { all: rest, rest, depth: 0, left: MOST, wrong: false }
    }

    /// Whether all was read, and was what it should be.
    pub fn is_read(&self) -> bool {
        self.rest.is_empty() && !self.wrong
    }

    /// Nothing more is read: from here on every number is 0, so every list is empty and every choice its first.
    pub fn fail(&mut self) {
        self.rest = &[];
        self.wrong = true;
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or(0)
    }

    fn bytes(&mut self, count: usize) -> &'b [u8] {
        let Some((bytes, rest)) = self.rest.split_at_checked(count) else {
            self.fail();
            return &[];
        };
        self.rest = rest;
        bytes
    }

    /// The number of a choice, which may hold others of its kind.
    pub fn enter(&mut self) -> u8 {
        self.depth += 1;
        self.left = self.left.saturating_sub(1);
        if self.depth >= DEEPEST || self.left == 0 {
            self.fail();
        }
        self.byte()
    }

    /// Reads what stands elsewhere already: before here, so that there is an end.
    pub fn again<T: Pack>(&mut self, number: u8) -> T {
        let place = u32::unpack(self) as usize;
        let after = self.rest;
        match self.all.get(place..) {
            Some(rest) if number == AGAIN && !self.wrong && rest.len() > after.len() => self.rest = rest,
            _ => self.fail(),
        }
        let found = T::unpack(self);
        if !self.wrong {
            self.rest = after;
        }
        found
    }

    /// After what [`Packed::enter`] began.
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// How many there are of what follows; each has a byte at least.
    fn count(&mut self) -> usize {
        let count = u32::unpack(self) as usize;
        if count > self.rest.len() {
            self.fail();
            return 0;
        }
        count
    }
}

/// What can be written as bytes and read again.
pub trait Pack: Sized {
    /// Writes it.
    fn pack(&self, out: &mut Packing);
    /// Reads it; anything, if the bytes say something else.
    fn unpack(from: &mut Packed<'_>) -> Self;
}

/// Says how types are written: a structure by its fields, a choice by a number and what it holds. After a semicolon stand the
/// fields that are left out, and what they are afterwards. A field that is added must be named, or nothing compiles. A choice has a
/// number 0, which holds nothing of its own kind: what is read once nothing more can be. What is written `once` is read again where it
/// stands first: rules of a policy are mostly made of the same parts.
macro_rules! packed {
    () => {};
    (struct $name:ident {
        $($field:ident),+ $(,)?
        $(; $($left:ident: $rest:expr),+ $(,)?)?
    } $($more:tt)*) => {
        impl $crate::model::Pack for $name {
            fn pack(&self, out: &mut $crate::model::Packing) {
                let Self { $($field,)+ $($($left: _),+)? } = self;
                $($field.pack(out);)+
            }
            fn unpack(from: &mut $crate::model::Packed<'_>) -> Self {
                $(let $field = $crate::model::Pack::unpack(from);)+
                Self { $($field,)+ $($($left: $rest),+)? }
            }
        }
        packed! { $($more)* }
    };
    (once enum $name:ident { $($arms:tt)+ } $($more:tt)*) => {
        packed! { (once) enum $name { $($arms)+ } $($more)* }
    };
    (enum $name:ident { $($arms:tt)+ } $($more:tt)*) => {
        packed! { () enum $name { $($arms)+ } $($more)* }
    };
    (($($once:ident)?) enum $name:ident {
        $($number:literal $variant:ident $(($($part:ident),+))? $({$($field:ident),+})?),+ $(,)?
    } $($more:tt)*) => {
        impl $crate::model::Pack for $name {
            fn pack(&self, out: &mut $crate::model::Packing) {
                let write = |out: &mut $crate::model::Packing| match self {
                    $(Self::$variant $(($($part),+))? $({$($field),+})? => {
                        out.byte($number);
                        $($($part.pack(out);)+)?
                        $($($field.pack(out);)+)?
                    })+
                };
                packed!(@write ($($once)?) $name out write)
            }
            fn unpack(from: &mut $crate::model::Packed<'_>) -> Self {
                let found = match from.enter() {
                    $($number => {
                        $($(let $part = $crate::model::Pack::unpack(from);)+)?
                        $($(let $field = $crate::model::Pack::unpack(from);)+)?
                        Self::$variant $(($($part),+))? $({$($field),+})?
                    })+
                    number => packed!(@other ($($once)?) from number),
                };
                from.leave();
                found
            }
        }
        packed! { $($more)* }
    };
    (@write () $name:ident $out:ident $write:ident) => { $write($out) };
    (@write (once) $name:ident $out:ident $write:ident) => { $out.once(stringify!($name), &$write) };
    (@other () $from:ident $number:ident) => {{
        let _ = $number;
        $from.fail();
        Self::unpack($from)
    }};
    (@other (once) $from:ident $number:ident) => { $from.again($number) };
    (one $name:ident; $($more:tt)*) => {
        impl $crate::model::Pack for $name {
            fn pack(&self, out: &mut $crate::model::Packing) {
                self.0.pack(out);
            }
            fn unpack(from: &mut $crate::model::Packed<'_>) -> Self {
                Self($crate::model::Pack::unpack(from))
            }
        }
        packed! { $($more)* }
    };
}
pub(crate) use packed;

impl Pack for u32 {
    fn pack(&self, out: &mut Packing) {
        let mut rest = *self;
        while rest > 0x7f {
            out.byte(0x80 | (rest & 0x7f) as u8);
            rest >>= 7;
        }
        out.byte(rest as u8);
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        let mut found = 0;
        for place in 0..5 {
            let byte = from.byte();
            found |= Self::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                break;
            }
        }
        found
    }
}

impl Pack for u16 {
    fn pack(&self, out: &mut Packing) {
        u32::from(*self).pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        Self::try_from(u32::unpack(from)).unwrap_or_else(|_| {
            from.fail();
            0
        })
    }
}

impl Pack for bool {
    fn pack(&self, out: &mut Packing) {
        out.byte(u8::from(*self));
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        from.byte() != 0
    }
}

/// How many follow. No policy holds 2³² of anything.
fn count(items: usize, out: &mut Packing) {
    u32::try_from(items).unwrap_or(u32::MAX).pack(out);
}

impl Pack for String {
    fn pack(&self, out: &mut Packing) {
        count(self.chars().count(), out);
        self.chars().for_each(|c| u32::from(c).pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        let mut text = Self::new();
        for _ in 0..from.count() {
            match char::from_u32(u32::unpack(from)) {
                Some(c) => text.push(c),
                None => from.fail(),
            }
        }
        text
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, out: &mut Packing) {
        self.is_some().pack(out);
        if let Some(value) = self {
            value.pack(out);
        }
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        bool::unpack(from).then(|| T::unpack(from))
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, out: &mut Packing) {
        count(self.len(), out);
        self.iter().for_each(|item| item.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        let mut found = Self::new();
        for _ in 0..from.count() {
            found.push(T::unpack(from));
        }
        found
    }
}

impl<T: Pack, const N: usize> Pack for [T; N] {
    fn pack(&self, out: &mut Packing) {
        self.iter().for_each(|item| item.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        std::array::from_fn(|_| T::unpack(from))
    }
}

impl<T: Pack> Pack for Box<T> {
    fn pack(&self, out: &mut Packing) {
        self.as_ref().pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        Self::new(T::unpack(from))
    }
}

impl<T: Pack> Pack for Rc<T> {
    fn pack(&self, out: &mut Packing) {
        self.as_ref().pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        Self::new(T::unpack(from))
    }
}

impl<A: Pack, B: Pack> Pack for (A, B) {
    fn pack(&self, out: &mut Packing) {
        self.0.pack(out);
        self.1.pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        (A::unpack(from), B::unpack(from))
    }
}

impl<T: Pack> Pack for Table<T> {
    fn pack(&self, out: &mut Packing) {
        count(self.len(), out);
        for (name, value) in self.iter() {
            name.to_string().pack(out);
            value.pack(out);
        }
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        let mut found = Self::default();
        for _ in 0..from.count() {
            found.insert(String::unpack(from), T::unpack(from));
        }
        found
    }
}

impl<T: Pack + Ord> Pack for Set<T> {
    fn pack(&self, out: &mut Packing) {
        count(self.len(), out);
        self.iter().for_each(|item| item.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        Vec::unpack(from).into_iter().collect()
    }
}

impl Pack for Address {
    fn pack(&self, out: &mut Packing) {
        count(self.keys().len(), out);
        self.keys().iter().for_each(|key| key.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        Self::of(Vec::unpack(from))
    }
}
