//! JSON text is read by the library's own scanner. Here `serde_json` reads the same texts: values and faults are the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lictor::model::{Bounded, Limits, parse_text};
use proptest::prelude::*;
use serde_json::{Value, from_str};

const LIMITS: [Limits; 3] =
    [Limits { depth: 5, bytes: 40 }, Limits { depth: 3, bytes: 400 }, Limits { depth: 60, bytes: 4_000 }];

/// Parts of which texts are put together, well and badly.
const PIECES: [&str; 48] = [
    "[",
    "]",
    "{",
    "}",
    ",",
    ",",
    ":",
    ":",
    " ",
    "\n",
    "\t",
    "\"",
    "\"a\"",
    "\"b\":",
    "\"a\":1",
    "\"__proto__\":1",
    "null",
    "true",
    "false",
    "nul",
    "trve",
    "0",
    "-",
    "1",
    "12",
    "-0",
    "00",
    "1.5",
    "1.",
    "1e5",
    "1E+2",
    "1e-3",
    ".",
    "e",
    "\\",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\ude00",
    "\\u12",
    "\\x",
    "\\n",
    "\"é\"",
    "é",
    "\u{1}",
    "18446744073709551615",
    "-9223372036854775808",
    "1e400",
];

fn by_serde(text: &str, limits: Limits) -> Result<Value, String> {
    let mut source = serde_json::Deserializer::from_str(text);
    let value = Bounded::read(&mut source, "x", limits).map_err(|error| error.to_string())?;
    source.end().map(|()| value).map_err(|error| format!("x: {error}"))
}

/// The same but for numbers that are not integers: ours are the nearest, theirs may be the second nearest.
fn near(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| near(ours, theirs))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().zip(theirs).all(|(ours, theirs)| ours.0 == theirs.0 && near(ours.1, theirs.1))
        }
        (Value::Number(ours), Value::Number(theirs)) if ours.is_f64() || theirs.is_f64() => {
            let (ours, theirs) = (ours.as_f64().unwrap(), theirs.as_f64().unwrap());
            (ours - theirs).abs() <= ours.abs() * 1e-14
        }
        _ => ours == theirs,
    }
}

fn same(text: &str) {
    // Of a number that is too large theirs may tell the place before its end.
    let large = |fault: &str| fault.contains("number out of range");
    for limits in LIMITS.into_iter().filter(|limits| text.len() <= limits.bytes * 4) {
        let ours = parse_text(text, "x", limits).map_err(|error| error.to_string());
        match (&ours, &by_serde(text, limits)) {
            (Ok(ours), Ok(theirs)) => assert!(near(ours, theirs), "{text:?}: {ours} {theirs}"),
            (Err(ours), Err(theirs)) if large(ours) && large(theirs) => {}
            (ours, theirs) => assert_eq!(ours, theirs, "{text:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_in_any_order(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..12)) {
        same(&pieces.concat());
    }

    #[test]
    fn a_good_text_with_one_piece_changed(at in 0..60_usize, gone in 0..3_usize, piece in prop::sample::select(&PIECES[..])) {
        let good = "{\"a\": [1, -2.5e3, \"\\u00e9\\n\\ud83d\\ude00\", null], \"b\": {\"c\": true}}";
        let (before, after) = good.split_at(at);
        same(&[before, piece, after.get(gone..).unwrap_or_default()].concat());
    }
}

#[test]
fn integers_stay_exact_and_other_numbers_are_the_nearest() {
    for text in ["9007199254740993", "18446744073709551615", "-9223372036854775808", "0.1", "1e-7", "5e-324", "123.456"]
    {
        let read = parse_text(text, "x", Limits::CALL).unwrap();
        assert_eq!(read.as_f64(), text.parse().ok());
        assert_eq!(read, from_str::<Value>(text).unwrap());
    }
    // Where `serde_json` takes the second nearest.
    let read = parse_text("1132885481983110.12345678901234567890", "x", Limits::CALL).unwrap();
    assert_eq!(read, 1_132_885_481_983_110_i64);
}
