//! Values as bytes, to be read again by the same version of lictor: what a compiled policy is made of. Whatever the bytes are,
//! reading them ends, with a value or without one.

use std::rc::Rc;

use super::{Address, Set, Table};

/// Bytes that are being read.
#[derive(Debug)]
pub struct Packed<'b> {
    rest: &'b [u8],
    depth: u8,
}

/// How deep values may lie in one another: deeper than documents may be, and what was put around their rules.
const DEEPEST: u8 = 200;

impl<'b> Packed<'b> {
    /// To be read from the beginning.
    pub fn new(rest: &'b [u8]) -> Self {
        Self { rest, depth: 0 }
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'b [u8] {
        self.rest
    }

    /// The next byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn bytes(&mut self, count: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(bytes)
    }

    /// Something that may hold others of its kind.
    pub fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth = self.depth.checked_add(1).filter(|depth| *depth < DEEPEST)?;
        let found = read(self);
        self.depth -= 1;
        found
    }

    /// How many there are of what follows; each has a byte at least.
    fn count(&mut self) -> Option<usize> {
        let count = u32::unpack(self)? as usize;
        (count <= self.rest.len()).then_some(count)
    }
}

/// What can be written as bytes and read again.
pub trait Pack: Sized {
    /// Writes it.
    fn pack(&self, out: &mut Vec<u8>);
    /// Reads it; none if the bytes say something else.
    fn unpack(from: &mut Packed<'_>) -> Option<Self>;
}

/// Says how types are written: a structure by its fields, a choice by a number and what it holds. After a semicolon stand the
/// fields that are left out, and what they are afterwards. A field that is added must be named, or nothing compiles.
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
            fn unpack(from: &mut $crate::model::Packed<'_>) -> Option<Self> {
                $(let $field = $crate::model::Pack::unpack(from)?;)+
                Some(Self { $($field,)+ $($($left: $rest),+)? })
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
            fn unpack(from: &mut $crate::model::Packed<'_>) -> Option<Self> {
                from.deeper(|from| Some(match from.byte()? {
                    $($number => {
                        $($(let $part = $crate::model::Pack::unpack(from)?;)+)?
                        $($(let $field = $crate::model::Pack::unpack(from)?;)+)?
                        Self::$variant $(($($part),+))? $({$($field),+})?
                    })+
                    _ => return None,
                }))
            }
        }
        packed! { $($more)* }
    };
    (one $name:ident; $($more:tt)*) => {
        impl $crate::model::Pack for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                self.0.pack(out);
            }
            fn unpack(from: &mut $crate::model::Packed<'_>) -> Option<Self> {
                Some(Self($crate::model::Pack::unpack(from)?))
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
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        Some(Self::from_le_bytes(from.bytes(4)?.try_into().ok()?))
    }
}

impl Pack for u16 {
    fn pack(&self, out: &mut Vec<u8>) {
        u32::from(*self).pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        Self::try_from(u32::unpack(from)?).ok()
    }
}

impl Pack for bool {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        Some(from.byte()? != 0)
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
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        let count = from.count()?;
        std::str::from_utf8(from.bytes(count)?).ok().map(str::to_string)
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.is_some().pack(out);
        if let Some(value) = self {
            value.pack(out);
        }
    }
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        if bool::unpack(from)? { T::unpack(from).map(Some) } else { Some(None) }
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        count(self.len(), out);
        self.iter().for_each(|item| item.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        let mut found = Self::new();
        for _ in 0..from.count()? {
            found.push(T::unpack(from)?);
        }
        Some(found)
    }
}

impl<T: Pack, const N: usize> Pack for [T; N] {
    fn pack(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|item| item.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        let mut found = Vec::new();
        for _ in 0..N {
            found.push(T::unpack(from)?);
        }
        found.try_into().ok()
    }
}

impl<T: Pack> Pack for Box<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.as_ref().pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        T::unpack(from).map(Self::new)
    }
}

impl<T: Pack> Pack for Rc<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.as_ref().pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        T::unpack(from).map(Self::new)
    }
}

impl<A: Pack, B: Pack> Pack for (A, B) {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
        self.1.pack(out);
    }
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        Some((A::unpack(from)?, B::unpack(from)?))
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
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        Vec::unpack(from).map(|entries: Vec<(String, T)>| entries.into_iter().collect())
    }
}

impl<T: Pack + Ord> Pack for Set<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        count(self.len(), out);
        self.iter().for_each(|item| item.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        Vec::unpack(from).map(|items: Vec<T>| items.into_iter().collect())
    }
}

impl Pack for Address {
    fn pack(&self, out: &mut Vec<u8>) {
        count(self.keys().len(), out);
        self.keys().iter().for_each(|key| key.pack(out));
    }
    fn unpack(from: &mut Packed<'_>) -> Option<Self> {
        Vec::unpack(from).map(Self::of)
    }
}
