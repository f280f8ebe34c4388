//! The outermost parts of JSON text, found without reading what is inside: a device looks at few of the documents it holds.
//! Whatever a part holds is checked when it is read.

/// Cuts text into parts; none where it is not well-formed outside of them.
#[derive(Debug)]
struct Cutter<'t> {
    text: &'t str,
    at: usize,
}

/// The objects in a list, one after the other.
#[derive(Debug)]
pub struct Objects<'t> {
    cutter: Cutter<'t>,
    members: Vec<(&'t str, &'t str)>,
    /// Whether another item follows; none where the text is no list, or not to its end.
    more: Option<bool>,
}

impl<'t> Objects<'t> {
    /// The objects in the list a text holds.
    ///
    /// ```
    /// use lictor::model::Objects;
    /// let mut objects = Objects::of(r#"[{"k": 1, "v": {"a": [2, "]"]}}, 5]"#);
    /// assert_eq!(objects.step(), Some(Some([("k", "1"), ("v", r#"{"a": [2, "]"]}"#)].as_slice())));
    /// assert_eq!(objects.step(), Some(None));
    /// assert_eq!(objects.step(), None);
    /// assert!(objects.whole());
    /// ```
    pub fn of(text: &'t str) -> Self {
        let mut cutter = Cutter { text, at: 0 };
        let more = cutter.open(b'[', b']');
        Self { cutter, members: Vec::new(), more }
    }

    /// The members of the next item, their values as text, or none if it is no object. Names that hold escapes are left as
    /// they are written.
    pub fn step(&mut self) -> Option<Option<&[(&'t str, &'t str)]>> {
        if self.more != Some(true) {
            return None;
        }
        let start = self.cutter.at;
        self.members.clear();
        let read = self.cutter.members(&mut self.members);
        if read.is_none() {
            self.cutter.at = start;
            self.more = None;
            self.cutter.value()?;
        }
        self.more = self.cutter.another(b']');
        Some(read.map(|()| self.members.as_slice()))
    }

    /// Whether there was a list, and it came to its end.
    pub fn whole(&mut self) -> bool {
        self.more == Some(false) && self.cutter.end(()).is_some()
    }
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

    fn members(&mut self, found: &mut Vec<(&'t str, &'t str)>) -> Option<()> {
        let mut more = self.open(b'{', b'}')?;
        while more {
            let name = self.value()?.strip_prefix('"')?.strip_suffix('"')?;
            self.expect(b':')?;
            found.push((name, self.value()?));
            more = self.another(b'}')?;
        }
        Some(())
    }

    /// A value, whatever it holds: a text to its end, a list or object to where it closes, else all up to what can follow.
    fn value(&mut self) -> Option<&'t str> {
        self.space();
        let start = self.at;
        match self.peek()? {
            b'"' => self.string()?,
            b'{' | b'[' => self.nested()?,
            _ => {
                let follows = |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
                let rest = self.text.as_bytes().get(start..)?;
                self.at += rest.iter().position(follows).unwrap_or(rest.len());
            }
        }
        self.text.get(start..self.at).filter(|part| !part.is_empty())
    }

    fn nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            let marks = |byte: &u8| matches!(byte, b'"' | b'{' | b'[' | b'}' | b']');
            self.at += self.text.as_bytes().get(self.at..)?.iter().position(marks)?;
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                _ => depth -= 1,
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            let ends = |byte: &u8| matches!(byte, b'"' | b'\\');
            self.at += self.text.as_bytes().get(self.at..)?.iter().position(ends)?;
            if self.peek()? == b'"' {
                self.at += 1;
                return Some(());
            }
            self.at += 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::Objects;

    /// What is found in a text, if all of it is JSON.
    fn found(text: &str) -> Option<Vec<Option<Map<String, Value>>>> {
        let mut objects = Objects::of(text);
        let mut all = Vec::new();
        while let Some(members) = objects.step() {
            let parsed = members.map(|members| {
                let one = |(name, text): &(&str, &str)| {
                    Some((serde_json::from_str(&format!("\"{name}\"")).ok()?, serde_json::from_str(text).ok()?))
                };
                members.iter().map(one).collect::<Option<Map<String, Value>>>()
            });
            all.push(match parsed {
                Some(members) => Some(members?),
                None => None,
            });
        }
        objects.whole().then_some(all)
    }

    #[test]
    fn as_the_crate_reads_it() {
        let list = json!([
            {"k": {"relation": "record", "id": "a\"]}\\"}, "v": {"a": [1, [{}], "}{\\\""], "ž\u{1}": -1.5e3}},
            {}, {"x": []}, 7, "t,]", null, [{"no": "object"}], {"true": true},
        ]);
        for text in [list.to_string(), serde_json::to_string_pretty(&list).unwrap(), "[]".into(), " [ {} ] ".into()] {
            let whole: Vec<Value> = serde_json::from_str(&text).unwrap();
            let whole: Vec<_> = whole.into_iter().map(|item| item.as_object().cloned()).collect();
            assert_eq!(found(&text), Some(whole), "{text}");
            // Whatever is done to it, nothing is found where the crate finds something else, and nothing is looked for
            // without end.
            for (at, _) in text.char_indices() {
                for other in ["", "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "0", "ž"] {
                    let rest = text[at..].chars().next().map_or(0, char::len_utf8);
                    let changed = format!("{}{other}{}", &text[..at], &text[at + rest..]);
                    let Ok(Value::Array(items)) = serde_json::from_str(&changed) else {
                        found(&changed);
                        continue;
                    };
                    let expected: Vec<_> = items.into_iter().map(|item| item.as_object().cloned()).collect();
                    assert_eq!(found(&changed), Some(expected), "{changed}");
                }
            }
        }
    }
}
