//! The outermost parts of JSON text, found without reading what is inside: a device looks at few of the documents it holds.
//! Whatever a part holds is checked when it is read.

/// Cuts text into parts; none where it is not well-formed outside of them.
struct Cutter<'t> {
    text: &'t str,
    at: usize,
}

/// The items of a list, as text.
///
/// ```
/// use lictor::model::{items, members};
/// assert_eq!(items(r#"[1, {"a": [2, "]"]}]"#), Some(vec!["1", r#"{"a": [2, "]"]}"#]));
/// assert_eq!(members(r#"{"k": 1, "v": {}}"#), Some(vec![("k", "1"), ("v", "{}")]));
/// assert_eq!(items("[1"), None);
/// ```
pub fn items(text: &str) -> Option<Vec<&str>> {
    let mut cutter = Cutter { text, at: 0 };
    let mut found = Vec::new();
    let mut more = cutter.open(b'[', b']')?;
    while more {
        found.push(cutter.value()?);
        more = cutter.another(b']')?;
    }
    cutter.end(found)
}

/// The members of an object, their values as text. Names that hold escapes are left as they are written.
pub fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut cutter = Cutter { text, at: 0 };
    let mut found = Vec::new();
    let mut more = cutter.open(b'{', b'}')?;
    while more {
        let name = cutter.value()?.strip_prefix('"')?.strip_suffix('"')?;
        cutter.expect(b':')?;
        found.push((name, cutter.value()?));
        more = cutter.another(b'}')?;
    }
    cutter.end(found)
}

impl<'t> Cutter<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// Enters a list or object; false if it is empty.
    fn open(&mut self, open: u8, close: u8) -> Option<bool> {
        self.expect(open)?;
        Some(self.expect(close).is_none())
    }

    /// Whether another part follows.
    fn another(&mut self, close: u8) -> Option<bool> {
        if self.expect(b',').is_some() {
            return Some(true);
        }
        self.expect(close).map(|()| false)
    }

    fn end<T>(&mut self, found: T) -> Option<T> {
        self.space();
        self.peek().is_none().then_some(found)
    }

    fn value(&mut self) -> Option<&'t str> {
        self.space();
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    // The end of what this value stands in.
                    if depth == 0 {
                        break;
                    }
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' if depth == 0 => break,
                _ => self.at += 1,
            }
            if depth == 0
                && matches!(self.peek(), None | Some(b',' | b':' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'))
            {
                break;
            }
        }
        self.text.get(start..self.at).filter(|part| !part.is_empty())
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }
}
