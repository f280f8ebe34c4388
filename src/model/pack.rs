//! Values as bytes, to be read again by the same version of lictor: what a compiled policy is made of. Whatever the bytes are,
//! reading them ends, with a value or without one.

use std::rc::Rc;

use super::{Address, Set, Table};

/// Bytes that are being read. What is wrong with them is known at the end: until then what cannot be read is something empty, so
/// that reading a value is no more than reading its parts.
#[derive(Debug)]
pub struct Packed<'b> {
    rest: &'b [u8],
    depth: u8,
    wrong: bool,
}

/// How deep values may lie in one another: deeper than documents may be, and what was put around their rules.
const DEEPEST: u8 = 200;

impl<'b> Packed<'b> {
    /// To be read from the beginning.
    pub fn new(rest: &'b [u8]) -> Self {
        Self { rest, depth: 0, wrong: false }
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
        if self.depth >= DEEPEST {
            self.fail();
        }
        self.byte()
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
    fn pack(&self, out: &mut Vec<u8>);
    /// Reads it; anything, if the bytes say something else.
    fn unpack(from: &mut Packed<'_>) -> Self;
}

/// Says how types are written: a structure by its fields, a choice by a number and what it holds. After a semicolon stand the
/// fields that are left out, and what they are afterwards. A field that is added must be named, or nothing compiles. A choice has a
/// number 0, which holds nothing of its own kind: what is read once nothing more can be.
macro_rules! packed {
    () => {};
    (struct $name:ident {
        $($field:ident),+ $(,)?
        $(; $($left:ident: $rest:expr),+ $(,)?)?
    } $($more:tt)*) => {
        impl $crate::model::Pack for $name {
            fn pack(&self, out: &mut Vec<u8>) {
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
    (enum $name:ident {
        $($number:literal $variant:ident $(($($part:ident),+))? $({$($field:ident),+})?),+ $(,)?
    } $($more:tt)*) => {
        impl $crate::model::Pack for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(($($part),+))? $({$($field),+})? => {
                        out.push($number);
                        $($($part.pack(out);)+)?
                        $($($field.pack(out);)+)?
                    })+
                }
            }
            fn unpack(from: &mut $crate::model::Packed<'_>) -> Self {
                let found = match from.enter() {
                    $($number => {
                        $($(let $part = $crate::model::Pack::unpack(from);)+)?
                        $($(let $field = $crate::model::Pack::unpack(from);)+)?
                        Self::$variant $(($($part),+))? $({$($field),+})?
                    })+
                    _ => {
                        from.fail();
                        Self::unpack(from)
                    }
                };
                from.leave();
                found
            }
        }
        packed! { $($more)* }
    };
    (one $name:ident; $($more:tt)*) => {
        impl $crate::model::Pack for $name {
            fn pack(&self, out: &mut Vec<u8>) {
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
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend(self.to_le_bytes());
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        from.bytes(4).try_into().map_or(0, Self::from_le_bytes)
    }
}

impl Pack for u16 {
    fn pack(&self, out: &mut Vec<u8>) {
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
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        from.byte() != 0
    }
}

/// How many follow. No policy holds 2³² of anything.
fn count(items: usize, out: &mut Vec<u8>) {
    u32::try_from(items).unwrap_or(u32::MAX).pack(out);
}

impl Pack for String {
    fn pack(&self, out: &mut Vec<u8>) {
        count(self.len(), out);
        out.extend(self.as_bytes());
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        let count = from.count();
        match std::str::from_utf8(from.bytes(count)) {
            Ok(text) => text.to_string(),
            Err(_) => {
                from.fail();
                Self::new()
            }
        }
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, out: &mut Vec<u8>) {
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
    fn pack(&self, out: &mut Vec<u8>) {
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
    fn pack(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|item| item.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        std::array::from_fn(|_| T::unpack(from))
    }
}

impl<T: Pack> Pack for Box<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.as_ref().pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        Self::new(T::unpack(from))
    }
}

impl<T: Pack> Pack for Rc<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.as_ref().pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        Self::new(T::unpack(from))
    }
}

impl<A: Pack, B: Pack> Pack for (A, B) {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
        self.1.pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        (A::unpack(from), B::unpack(from))
    }
}

impl<T: Pack> Pack for Table<T> {
    fn pack(&self, out: &mut Vec<u8>) {
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
    fn pack(&self, out: &mut Vec<u8>) {
        count(self.len(), out);
        self.iter().for_each(|item| item.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        Vec::unpack(from).into_iter().collect()
    }
}

impl Pack for Address {
    fn pack(&self, out: &mut Vec<u8>) {
        count(self.keys().len(), out);
        self.keys().iter().for_each(|key| key.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Self {
        Self::of(Vec::unpack(from))
    }
}
