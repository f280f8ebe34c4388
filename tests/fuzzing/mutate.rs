//! Changes to texts and values, drawn from a seeded sequence: the same seed always makes the same inputs.

use serde_json::{Map, Value, json};

/// xorshift64*.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64, number: u64) -> Self {
        // Neighbouring numbers start far apart.
        let mixed = (seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        Self((mixed ^ mixed >> 31) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub fn of<'v, T>(&mut self, list: &'v [T]) -> &'v T {
        &list[self.below(list.len())]
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

/// What mutations take parts from.
#[derive(Default)]
pub struct Pool {
    values: Vec<Value>,
    /// What stands under a key, by key.
    under: Vec<(String, Vec<Value>)>,
}

const ODD_KEYS: [&str; 10] =
    ["", "nonsense", "a.b", "__proto__", "constructor", "$action", "\u{0}", "ключ", "any", "toString"];

impl Pool {
    /// Adds every part of a value.
    pub fn add(&mut self, value: &Value) {
        match value {
            Value::Array(list) => list.iter().for_each(|entry| self.add(entry)),
            Value::Object(map) => map.iter().for_each(|(key, entry)| {
                let known = self.under.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
                    self.under.push((key.clone(), Vec::new()));
                    self.under.len() - 1
                });
                if !self.under[known].1.contains(entry) {
                    self.under[known].1.push(entry.clone());
                }
                self.add(entry);
            }),
            _ => {}
        }
        if nodes(value) < 200 && !self.values.contains(value) {
            self.values.push(value.clone());
        }
    }

    fn value(&self, draw: &mut Draw) -> Value {
        if draw.chance(40) { odd(draw) } else { draw.of(&self.values).clone() }
    }

    fn key(&self, draw: &mut Draw) -> String {
        if draw.chance(25) { (*draw.of(&ODD_KEYS)).to_string() } else { draw.of(&self.under).0.clone() }
    }

    /// Something that stands under this key elsewhere, or anything.
    fn fitting(&self, key: &str, draw: &mut Draw) -> Value {
        match self.under.iter().find(|(known, _)| known == key) {
            Some((_, values)) if draw.chance(70) => draw.of(values).clone(),
            _ => self.value(draw),
        }
    }

    /// Something of the same kind, or anything.
    fn similar(&self, to: &Value, draw: &mut Draw) -> Value {
        let kind = std::mem::discriminant(to);
        let same = (0..8).map(|_| draw.of(&self.values)).find(|value| std::mem::discriminant(*value) == kind).cloned();
        same.filter(|_| draw.chance(80)).unwrap_or_else(|| self.value(draw))
    }

    /// Changes one place of a value.
    pub fn change(&self, value: &mut Value, draw: &mut Draw) {
        let count = nodes(value);
        if draw.chance(10) {
            // Two places change what they hold.
            let [one, other] = [draw.below(count), draw.below(count)];
            let (first, second) = (node(value, one).clone(), node(value, other).clone());
            *node(value, other) = first;
            // The first may have moved with what holds it.
            *node(value, one.min(count - 1)) = second;
            return;
        }
        let place = node(value, draw.below(count));
        match (draw.below(10), &mut *place) {
            (0..4, Value::Object(map)) if !map.is_empty() => self.change_object(map, draw),
            (0..5, Value::Array(list)) if !list.is_empty() => self.change_list(list, draw),
            (0..2, Value::String(text)) => change_text(text, draw),
            (0..2, Value::Number(number)) => *place = json!(number.as_i64().unwrap_or(0).wrapping_add(1)),
            (9, _) => deepen(place, draw),
            _ => *place = self.similar(place, draw),
        }
    }

    fn change_object(&self, map: &mut Map<String, Value>, draw: &mut Draw) {
        let key = map.keys().nth(draw.below(map.len())).cloned().unwrap_or_default();
        match draw.below(7) {
            0 => drop(map.remove(&key)),
            1 => {
                let held = map.remove(&key).unwrap_or_default();
                map.insert(self.key(draw), held);
            }
            2 => {
                let key = self.key(draw);
                map.insert(key.clone(), self.fitting(&key, draw));
            }
            _ => drop(map.insert(key.clone(), self.fitting(&key, draw))),
        }
    }

    fn change_list(&self, list: &mut Vec<Value>, draw: &mut Draw) {
        let at = draw.below(list.len());
        match draw.below(5) {
            0 => drop(list.remove(at)),
            1 => list.insert(at, list[at].clone()),
            2 => list.insert(at, self.similar(&list[at].clone(), draw)),
            3 => list.reverse(),
            _ => {
                let entry = list[at].clone();
                list.extend(vec![entry; *draw.of(&[2, 101, 130, 300])]);
            }
        }
    }
}

fn deepen(place: &mut Value, draw: &mut Draw) {
    let held = place.take();
    let keys = ["any", "all", "not", "if", "a"];
    let [way, key] = [draw.below(3), draw.below(keys.len())];
    *place = (0..*draw.of(&[1, 2, 10, 50, 64, 66])).fold(held, |held, _| match way {
        0 => json!([held]),
        1 => json!({keys[key]: held}),
        _ => json!({keys[key]: [held]}),
    });
}

fn change_text(text: &mut String, draw: &mut Draw) {
    match draw.below(6) {
        0 => text.push(*draw.of(&['\u{0}', '\n', ' ', '/', '{', '}', '$', '.', 'é', '\u{202e}', '\u{10ffff}'])),
        1 => drop(text.pop()),
        2 => *text = text.to_uppercase(),
        3 => *text = text.repeat(*draw.of(&[2, 20, 70])),
        4 => *text = format!(" {text}"),
        _ => *text = text.chars().rev().collect(),
    }
}

fn odd(draw: &mut Draw) -> Value {
    match draw.below(20) {
        0 => json!(null),
        1 => json!(true),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(u64::MAX),
        5 => json!(i64::MIN),
        6 => json!(9_007_199_254_740_992_u64),
        7 => json!(0.5),
        8 => json!(1e300),
        9 => json!(7.0),
        10 => json!(""),
        11 => json!("x".repeat(*draw.of(&[63, 64, 129, 255, 256, 5000]))),
        12 => json!("\u{0}\u{1b}[31m"),
        13 => json!("\u{feff}\u{202e}é𝕏"),
        14 => json!([]),
        15 => json!({}),
        16 => json!([[[[]]]]),
        17 => json!({"": ""}),
        18 => json!("$action"),
        _ => json!("{community}{community}{"),
    }
}

/// Changes some bytes of a text; `other` is spliced in.
pub fn change_bytes(text: &str, other: &str, draw: &mut Draw) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=draw.below(4) {
        let at = draw.below(bytes.len());
        let end = (at + draw.below(40)).min(bytes.len());
        match draw.below(7) {
            0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << draw.below(8),
            2 if !bytes.is_empty() => bytes[at] = *draw.of(b"{}[],:\"\\0123456789eE+-.tfn \x00\x7f\xff"),
            3 => drop(bytes.drain(at..end)),
            4 => {
                let part = bytes[at..end].repeat(1 + draw.below(8));
                bytes.splice(at..at, part);
            }
            5 => {
                let from = draw.below(other.len());
                let part = &other.as_bytes()[from..(from + draw.below(60)).min(other.len())];
                bytes.splice(at..end, part.iter().copied());
            }
            _ => bytes.truncate(bytes.len() - draw.below(bytes.len().min(100))),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How many values there are in a value, itself among them.
pub fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(nodes).sum(),
        Value::Object(map) => map.values().map(nodes).sum(),
        _ => 0,
    }
}

/// The value of a number, counted from the root; the root if there are fewer.
pub fn node(value: &mut Value, number: usize) -> &mut Value {
    let mut path = Vec::new();
    find(value, &mut number.clone(), &mut path);
    path.iter().rev().fold(value, |value, step| match value {
        Value::Array(list) => &mut list[*step],
        Value::Object(map) => map.values_mut().nth(*step).unwrap(),
        other => other,
    })
}

/// The steps to a value, last first; whether it was found.
fn find(value: &Value, left: &mut usize, path: &mut Vec<usize>) -> bool {
    if *left == 0 {
        return true;
    }
    *left -= 1;
    let children: Vec<&Value> = match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => Vec::new(),
    };
    for (step, child) in children.into_iter().enumerate() {
        if find(child, left, path) {
            path.push(step);
            return true;
        }
    }
    false
}
