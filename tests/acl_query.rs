//! The query language of access lists: what each condition means, on documents with lists, gaps and values of other types,
//! and what is refused, with its place.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use lictor::acl::{Body, FieldTypes, Query};
use lictor::model::{Address, At, Reader};
use lictor::terms::{Answer, ErrorCode};
use serde_json::{Value, json};

fn types() -> FieldTypes {
    let declared = json!({
        "title": "text", "year": "integer", "score": "number", "open": "boolean", "issued": "date",
        "creators.age": "integer"
    });
    let mut reader = Reader::new();
    let types = FieldTypes::read(&declared, &At::Root("fields"), &mut reader);
    reader.faults.give(Some(types)).unwrap()
}

fn document() -> Value {
    json!({
        "title": "Cafe\u{301}, the Žluťoučký kůň",
        "keywords": ["blah", "5", 7, true, null],
        "secret": true, "size": 2.5, "year": "2020", "score": "2.50", "open": "true", "issued": "2020-02-29",
        "empty": [], "nothing": null, "hollow": {"a": [null]},
        "creators": [
            {"name": "Ada", "role": "author", "age": 36},
            {"name": "Bob", "role": "editor", "age": "41", "orcids": [{"id": "x"}, {"id": "y"}]}
        ]
    })
}

fn ask(query: &Value, withheld: &[&str]) -> Answer {
    let query = Query::parse(query, &types()).unwrap_or_else(|error| panic!("{query}: {error}"));
    let mut reader = Reader::new();
    let withheld: Vec<Address> =
        withheld.iter().map(|path| Address::read(&json!(path), &At::Root("at"), &mut reader).unwrap()).collect();
    query.matches(Body { id: Some("r1"), document: &document(), withheld: &withheld })
}

#[test]
fn what_is_meant() {
    for query in [
        json!({"match_all": {}}),
        json!({"term": {"keywords": "blah"}}),
        json!({"term": {"keywords": {"value": "blah"}}}),
        // "5" equals 5, "true" equals true, either way round.
        json!({"term": {"keywords": 5}}),
        json!({"term": {"keywords": "7"}}),
        json!({"term": {"keywords": "true"}}),
        json!({"term": {"secret": "true"}}),
        json!({"term": {"size": "2.5"}}),
        json!({"term": {"year": 2020}}),
        json!({"term": {"year": "02020"}}),
        json!({"term": {"score": 2.5}}),
        json!({"term": {"open": true}}),
        json!({"term": {"issued": "2020-02-29T01:00:00+01:00"}}),
        // Of a text, a word as it is given.
        json!({"term": {"title": "kůň"}}),
        json!({"terms": {"keywords": ["no", "blah"]}}),
        json!({"match": {"title": "CAFE\u{301} no"}}),
        json!({"match": {"title": {"query": "KŮŇ!"}}}),
        json!({"match": {"year": "2020"}}),
        json!({"match": {"keywords": "blah"}}),
        json!({"range": {"year": {"gte": 2020, "lt": "2021"}}}),
        json!({"range": {"year": {"gt": 2019}}}),
        json!({"range": {"score": {"lte": 2.5}}}),
        json!({"range": {"issued": {"gt": "2020-02-28", "lt": "2020-03-01"}}}),
        json!({"range": {"keywords": {"gte": "bla", "lt": "blb"}}}),
        json!({"range": {"creators.age": {"gt": 40}}}),
        json!({"exists": {"field": "keywords"}}),
        json!({"exists": {"field": "creators"}}),
        json!({"exists": {"field": "creators.orcids.id"}}),
        json!({"prefix": {"keywords": "bl"}}),
        json!({"prefix": {"creators.name": {"value": "A"}}}),
        json!({"ids": {"values": ["r0", "r1"]}}),
        json!({"bool": {}}),
        json!({"bool": {"must": []}}),
        json!({"bool": {"must": {"term": {"secret": true}}, "should": [{"term": {"keywords": "no"}}]}}),
        json!({"bool": {"filter": [{"match_all": {}}], "should": [{"term": {"keywords": "no"}}]}}),
        json!({"bool": {"should": [{"term": {"keywords": "no"}}, {"term": {"keywords": "blah"}}]}}),
        json!({"bool": {"must_not": [{"term": {"keywords": "no"}}]}}),
        // Looked through, two elements fulfil this together.
        json!({"bool": {"must": [{"term": {"creators.name": "Ada"}}, {"term": {"creators.role": "editor"}}]}}),
        json!({"nested": {"path": "creators", "query": {"bool": {"must": [
            {"term": {"creators.name": "Bob"}}, {"range": {"creators.age": {"gte": 41}}},
            {"nested": {"path": "creators.orcids", "query": {"term": {"creators.orcids.id": "y"}}}}
        ]}}}}),
    ] {
        assert_eq!(ask(&query, &[]), Answer::Allow, "{query}");
    }
}

#[test]
fn what_is_not() {
    for query in [
        json!({"term": {"keywords": "BLAH"}}),
        json!({"term": {"missing": "x"}}),
        json!({"term": {"nothing": "null"}}),
        json!({"term": {"creators": "Ada"}}),
        json!({"term": {"size": "2.50"}}),
        json!({"term": {"title": "Kůň"}}),
        json!({"terms": {"keywords": []}}),
        json!({"match": {"title": "!"}}),
        json!({"match": {"missing": "x"}}),
        json!({"range": {"year": {"gt": 2020}}}),
        json!({"range": {"missing": {"lt": "x"}}}),
        json!({"exists": {"field": "empty"}}),
        json!({"exists": {"field": "nothing"}}),
        json!({"exists": {"field": "hollow"}}),
        json!({"prefix": {"missing": ""}}),
        json!({"ids": {"values": []}}),
        json!({"bool": {"should": [{"term": {"keywords": "no"}}], "must_not": [{"term": {"keywords": "never"}}]}}),
        json!({"bool": {"must": [{"term": {"secret": true}}, {"term": {"secret": false}}]}}),
        json!({"bool": {"must_not": {"match_all": {}}}}),
        json!({"nested": {"path": "creators", "query": {"bool": {"must": [
            {"term": {"creators.name": "Ada"}}, {"term": {"creators.role": "editor"}}]}}}}),
        json!({"nested": {"path": "missing", "query": {"match_all": {}}}}),
    ] {
        assert_eq!(ask(&query, &[]), Answer::Deny, "{query}");
    }
}

#[test]
fn what_is_withheld_may_hold_anything() {
    let unknown = |query: Value, at: &str| assert_eq!(ask(&query, &[at]), Answer::Unknown, "{query} without {at}");
    unknown(json!({"term": {"keywords": "no"}}), "keywords");
    unknown(json!({"term": {"missing": "no"}}), "missing");
    unknown(json!({"exists": {"field": "hollow"}}), "hollow.a");
    unknown(json!({"bool": {"must_not": [{"term": {"creators.role": "x"}}]}}), "creators.role");
    unknown(json!({"nested": {"path": "creators", "query": {"term": {"creators.role": "x"}}}}), "creators.role");
    // Enough is shown, or it is about something else.
    assert_eq!(ask(&json!({"term": {"keywords": "blah"}}), &["keywords"]), Answer::Allow);
    assert_eq!(ask(&json!({"term": {"creators.name": "x"}}), &["creators.role"]), Answer::Deny);
    assert_eq!(ask(&json!({"ids": {"values": ["r2"]}}), &["keywords"]), Answer::Deny);
}

#[test]
fn what_is_refused() {
    let deep = (0..1_000).fold(json!({"match_all": {}}), |query, _| json!({"bool": {"must": [query]}}));
    let many = json!({"terms": {"keywords": (0..1_000_000).collect::<Vec<u32>>()}});
    for (query, code, path) in [
        (json!([]), ErrorCode::Malformed, "query"),
        (json!({}), ErrorCode::Malformed, "query"),
        (json!({"term": {"a": 1}, "match_all": {}}), ErrorCode::Malformed, "query"),
        (json!({"fuzzy": {"title": "x"}}), ErrorCode::UnknownField, "query.fuzzy"),
        (json!({"bool": {"must": [{"script": {}}]}}), ErrorCode::UnknownField, "query.bool.must[0].script"),
        (json!({"bool": {"minimum_should_match": 1}}), ErrorCode::UnknownField, "query.bool.minimum_should_match"),
        (json!({"match_all": {"boost": 1}}), ErrorCode::UnknownField, "query.match_all.boost"),
        (json!({"term": {"year": "soon"}}), ErrorCode::Malformed, "query.term.year"),
        (json!({"term": {"open": 1}}), ErrorCode::Malformed, "query.term.open"),
        (json!({"term": {"a": {"boost": 1}}}), ErrorCode::UnknownField, "query.term.a.boost"),
        (json!({"term": {"a": null}}), ErrorCode::Malformed, "query.term.a"),
        (json!({"term": {"a": ["x"]}}), ErrorCode::Malformed, "query.term.a"),
        (json!({"term": {"a": "x", "b": "y"}}), ErrorCode::Malformed, "query.term"),
        (json!({"term": {"a..b": "x"}}), ErrorCode::Malformed, "query.term[\"a..b\"]"),
        (json!({"terms": {"year": [1, "x"]}}), ErrorCode::Malformed, "query.terms.year[1]"),
        (json!({"range": {"title": {"gt": "a"}}}), ErrorCode::Malformed, "query.range.title"),
        (json!({"range": {"year": {}}}), ErrorCode::Malformed, "query.range.year"),
        (json!({"range": {"year": {"gt": 1, "gte": 1}}}), ErrorCode::Malformed, "query.range.year"),
        (json!({"range": {"year": {"from": 1}}}), ErrorCode::UnknownField, "query.range.year.from"),
        (json!({"prefix": {"year": "20"}}), ErrorCode::Malformed, "query.prefix.year"),
        (json!({"exists": {}}), ErrorCode::MissingField, "query.exists.field"),
        (json!({"ids": {"values": [""]}}), ErrorCode::InvalidId, "query.ids.values[0]"),
        (
            json!({"nested": {"path": "a", "query": {"term": {"b": 1}}}}),
            ErrorCode::Malformed,
            "query.nested.query.term.b",
        ),
        (
            json!({"nested": {"path": "a", "query": {"ids": {"values": []}}}}),
            ErrorCode::Malformed,
            "query.nested.query.ids",
        ),
        (many, ErrorCode::TooLarge, "query.terms.keywords[4095]"),
    ] {
        let error = Query::parse(&query, &types()).expect_err(path);
        assert_eq!((error.code(), error.path()), (code, path));
    }
    let error = Query::parse(&deep, &types()).unwrap_err();
    assert_eq!((error.code(), error.faults.len()), (ErrorCode::TooDeep, 1));
    let mut reader = Reader::new();
    FieldTypes::read(&json!({"a": "geo_point"}), &At::Root("fields"), &mut reader);
    let error = reader.faults.give::<()>(None).unwrap_err();
    assert_eq!((error.code(), error.path()), (ErrorCode::UnknownType, "fields.a"));
}
