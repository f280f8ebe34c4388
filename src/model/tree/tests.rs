//! These trees and those of `serde_json`, side by side: the same is read, found, changed and written, and the same is refused.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::de::IntoDeserializer;
use serde_json::Value as Theirs;

use super::super::{At, Error, Limits, cut, scan};
use super::{Map, Number, SAFE, Value};

/// The reader of untrusted input as pages have it: the same file, over these trees.
#[path = "../json.rs"]
#[allow(clippy::duplicate_mod, reason = "that it is the same is the point")]
mod json;

/// Numbers where one kind of number ends and another begins.
const EDGES: [f64; 18] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    0.1,
    5e-324,
    1.797_693_134_862_315_7e308,
    4_294_967_296.0,
    9_007_199_254_740_990.0,
    9_007_199_254_740_991.0,
    -9_007_199_254_740_991.0,
    9_007_199_254_740_992.0,
    -9_007_199_254_740_992.0,
    9_223_372_036_854_775_807.0,
    -9_223_372_036_854_775_808.0,
    18_446_744_073_709_551_615.0,
    1e300,
];

/// Parts of texts. Names meet often, so that they stand twice.
const PIECES: [&str; 40] = [
    "[",
    "]",
    "{",
    "}",
    ",",
    ",",
    ":",
    " ",
    "\"a\":",
    "\"a\":",
    "\"b\":",
    "\"b\":1",
    "\"a\":[",
    "\"\":",
    "\"__proto__\":",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-7",
    "1.5",
    "1e5",
    "1e-3",
    "1e400",
    "9007199254740991",
    "9007199254740993",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "\"a\"",
    "\"é\"",
    "\"\\n\\/\\u0000\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\ude00x\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\u{1}\"",
];

const LIMITS: [Limits; 3] =
    [Limits { depth: 2, bytes: 400 }, Limits { depth: 64, bytes: 40 }, Limits { depth: 64, bytes: 100_000 }];

/// What a number here says of one that JavaScript would have.
fn number(ours: Number, theirs: f64) -> bool {
    let whole = (theirs.fract() == 0.0 && theirs.abs() <= SAFE).then_some(theirs as i64);
    ours.as_f64() == Some(theirs) && ours.as_i64() == whole && ours.as_u64() == whole.and_then(|n| n.try_into().ok())
}

/// Whether every question about one gets the answer it gets about the other.
fn same(ours: &Value, theirs: &Theirs) -> bool {
    let alike = ours.is_null() == theirs.is_null()
        && ours.is_array() == theirs.is_array()
        && ours.is_object() == theirs.is_object()
        && ours.as_bool() == theirs.as_bool()
        && ours.as_str() == theirs.as_str()
        && ours.as_f64() == theirs.as_f64();
    alike
        && match (ours, theirs) {
            (Value::Number(ours), Theirs::Number(theirs)) => {
                theirs.as_f64().is_some_and(|theirs| number(*ours, theirs))
            }
            (Value::Array(ours), Theirs::Array(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
            }
            (Value::Object(own), Theirs::Object(theirs)) => {
                own.len() == theirs.len()
                    && own.is_empty() == theirs.is_empty()
                    && own.keys().eq(theirs.keys())
                    && own.values().zip(theirs.values()).all(|(ours, theirs)| same(ours, theirs))
                    && own.iter().all(|(key, value)| own.get(key) == Some(value) && ours.get(key) == Some(value))
                    && !own.contains_key("not there")
            }
            _ => true,
        }
}

/// A tree of these, read as `lictor/check` reads what JavaScript gives it: every number is a float.
fn ours(theirs: &Theirs) -> Value {
    json::Bounded::read(floats(theirs), "x", Limits::FACTS).unwrap()
}

fn floats(theirs: &Theirs) -> Theirs {
    match theirs {
        Theirs::Number(number) => Theirs::from(number.as_f64().unwrap()),
        Theirs::Array(list) => list.iter().map(floats).collect(),
        Theirs::Object(map) => map.iter().map(|(key, value)| (key.clone(), floats(value))).collect(),
        other => other.clone(),
    }
}

fn told<T>(result: Result<T, Error>) -> Result<T, (String, String)> {
    result.map_err(|error| (error.code().as_str().to_string(), error.to_string()))
}

/// A text is read the same, or refused with the same words.
fn text_same(text: &str) {
    for limits in LIMITS.into_iter().filter(|limits| text.len() <= limits.bytes * 4) {
        let read = told(json::parse_text(text, "x", limits));
        match (&read, &told(crate::model::parse_text(text, "x", limits))) {
            (Ok(ours), Ok(theirs)) => assert!(same(ours, theirs), "{text:?}: {ours:?} {theirs}"),
            (Err(ours), Err(theirs)) => assert_eq!(ours, theirs, "{text:?}"),
            (ours, theirs) => panic!("{text:?}: {ours:?} {theirs:?}"),
        }
    }
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        select(&["", "a", "b", "B", "é", "\u{1f600}", "a.b", "\"", "constructor"][..]).prop_map(str::to_string),
        (0..300_u32).prop_map(|number| format!("n{number}")),
    ]
}

fn leaves() -> impl Strategy<Value = Theirs> {
    let texts = select(&["", "a", "\u{0}", "\n\t\r\u{8}\u{c}", "\"\\/", "\u{7f}\u{2028}", "é", "\u{1f600}"][..]);
    prop_oneof![
        Just(Theirs::Null),
        any::<bool>().prop_map(Theirs::from),
        select(&EDGES[..]).prop_map(Theirs::from),
        any::<f64>().prop_filter("only what is finite", |number| number.is_finite()).prop_map(Theirs::from),
        any::<i32>().prop_map(|number| Theirs::from(f64::from(number))),
        texts.prop_map(Theirs::from),
    ]
}

fn trees() -> impl Strategy<Value = Theirs> {
    leaves().prop_recursive(4, 120, 12, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Theirs::from),
            vec((names(), inner), 0..12).prop_map(|fields| fields.into_iter().collect::<Theirs>()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn texts_are_read_alike(pieces in vec(select(&PIECES[..]), 0..14)) {
        text_same(&pieces.concat());
    }

    #[test]
    fn good_texts_are_read_as_the_crate_wrote_them(tree in trees()) {
        let text = tree.to_string();
        text_same(&text);
        let read = json::parse_text(&text, "x", Limits::FACTS).unwrap();
        // Not what the crate reads: of numbers it may take the second nearest.
        prop_assert!(same(&read, &tree), "{text}");
    }

    #[test]
    fn values_are_read_and_written_alike(tree in trees()) {
        let read = ours(&tree);
        prop_assert!(same(&read, &tree));
        // Theirs keeps integers and floats apart, and reads what JavaScript counts as integers.
        let theirs = crate::model::Bounded::read(floats(&tree), "x", Limits::FACTS).unwrap();
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), theirs.to_string());
    }

    #[test]
    fn equal_are_those_that_are_equal(one in trees(), other in trees()) {
        let read = |tree| crate::model::Bounded::read(floats(tree), "x", Limits::FACTS).unwrap();
        prop_assert_eq!(ours(&one) == ours(&other), read(&one) == read(&other));
        prop_assert_eq!(&ours(&one), &ours(&one).clone());
    }

    #[test]
    fn patches_come_to_the_same(tree in trees(), patches in vec(trees(), 1..4)) {
        let (mut mine, mut theirs) = (ours(&tree), tree);
        for patch in patches {
            json::merge_patch(&mut mine, &ours(&patch));
            crate::model::merge_patch(&mut theirs, &patch);
            prop_assert!(same(&mine, &theirs), "{mine:?} {theirs}");
        }
    }

    #[test]
    fn fields_come_and_go_alike(steps in vec((names(), 0..5_u8, leaves()), 0..400)) {
        let (mut mine, mut theirs) = (Map::new(), serde_json::Map::new());
        let alike = |ours: Option<Value>, theirs: Option<Theirs>| match (ours, theirs) {
            (Some(ours), Some(theirs)) => same(&ours, &theirs),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        };
        for (name, step, value) in steps {
            match step {
                0 => prop_assert!(alike(mine.remove(&name), theirs.remove(&name))),
                1 => {
                    prop_assert_eq!(mine.contains_key(&name), theirs.contains_key(&name));
                    let (own, their) = (mine.get_mut(&name), theirs.get_mut(&name));
                    prop_assert!(alike(own.map(Value::take), their.map(Theirs::take)));
                }
                _ => prop_assert!(alike(mine.insert(name.clone(), ours(&value)), theirs.insert(name, value))),
            }
        }
        let again: Map<String, Value> = mine.clone().into_iter().collect();
        prop_assert_eq!(&again, &mine);
        prop_assert!(mine.clone().into_iter().map(|(name, _)| name).eq(theirs.keys().cloned()));
        prop_assert!((&mine).into_iter().map(|(name, _)| name).eq(theirs.keys()));
        let mut more = Map::default();
        more.extend(mine.clone());
        prop_assert!(same(&Value::from(more), &Theirs::Object(theirs)));
    }
}

#[test]
fn numbers_at_their_edges() {
    for edge in EDGES.into_iter().chain([f64::NAN, f64::INFINITY, f64::NEG_INFINITY]) {
        let source = || IntoDeserializer::<serde::de::value::Error>::into_deserializer(edge);
        let read = told(json::Bounded::read(source(), "x", Limits::CALL));
        match (&read, &told(crate::model::Bounded::read(source(), "x", Limits::CALL))) {
            (Ok(ours), Ok(theirs)) => {
                assert!(same(ours, theirs), "{edge}");
                assert_eq!((ours.as_i64(), ours.as_u64()), (theirs.as_i64(), theirs.as_u64()), "{edge}");
            }
            (ours, theirs) => assert!(ours.is_err() && theirs.is_err() && !edge.is_finite(), "{edge}"),
        }
        assert_eq!(Number::from_f64(edge).is_some(), edge.is_finite());
    }
    // What the engine counts itself is far from where floats leave integers out.
    for count in [0, 1, 65_536, 4_102_444_800_000_i64] {
        assert!(same(&Value::from(count), &Theirs::from(count)));
        assert!(same(&Value::Number(count.into()), &Theirs::from(count)));
        assert_eq!(Value::from(-count).as_i64(), Some(-count));
        assert_eq!(Value::from(count.unsigned_abs()), Value::from(usize::try_from(count).unwrap()));
        assert_eq!(Number::from(count.unsigned_abs()), Number::from(count));
    }
}

#[test]
fn a_key_that_stands_twice_and_one_too_deep_are_told_where_they_are() {
    for (text, path, code) in [
        ("{\"a\":[1,{\"b\":1,\"b\":2}]}", "x.a[1].b", "malformed"),
        ("{\"a\":{\"__proto__\":1}}", "x.a.__proto__", "malformed"),
        ("[[[]]]", "x[0][0]", "too_deep"),
    ] {
        let limits = Limits { depth: 3, bytes: 400 };
        let limits = if code == "too_deep" { Limits { depth: 2, ..limits } } else { limits };
        let error = json::parse_text(text, "x", limits).unwrap_err();
        assert_eq!((error.path(), error.code().as_str()), (path, code), "{text}");
        text_same(text);
    }
}

#[test]
fn what_is_asked_of_another_kind_is_not_there() {
    for theirs in [Theirs::Null, Theirs::from(true), Theirs::from(2.5), Theirs::from("a"), Theirs::from(vec![1])] {
        let mut read = ours(&theirs);
        assert_eq!(read.get("a"), None);
        assert!(read.get_mut("a").is_none() && read.as_object().is_none());
        assert_eq!(read.as_array_mut().is_some(), theirs.is_array());
        assert_eq!(read.as_object_mut(), None);
        assert_eq!(read.as_u64(), None);
        let before = read.clone();
        assert_eq!((read.take(), read), (before, Value::default()));
    }
    let mut read =
        Value::from(Map::from_iter([("a".to_string(), Value::from(vec![Value::from("b"), Value::from(false)]))]));
    if let Some(list) = read.get_mut("a").and_then(Value::as_array_mut) {
        list.push(Value::from(String::new()));
    }
    assert_eq!(read.get("a").and_then(Value::as_array).map(Vec::len), Some(3));
    assert_eq!(serde_json::to_string(&read).unwrap(), "{\"a\":[\"b\",false,\"\"]}");
    assert_eq!(Value::from(7_u64).as_u64(), Some(7));
}
