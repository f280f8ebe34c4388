//! Records, held as text until they are looked at, and found by their ids, their schemas, and by values that queries ask for.

use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value;

use crate::acl::{Acl, AclSettings, Field};
use crate::engine::Engine;
use crate::model::{At, Attributes, Faults, Limits, Seen, Set, Table, parse_text_with};

/// A record that is held.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What its document says that every list looks at; none if no rule could read it.
    pub said: Option<Said>,
    /// The lists whose queries find it.
    pub queries: Vec<Arc<Acl>>,
    text: Box<str>,
}

/// What most changes of lists need of a record, so that its text is not read for them.
#[derive(Debug, Clone)]
pub struct Said {
    /// Its schema.
    pub schema: Rc<str>,
    /// The name of its state.
    pub state: Rc<str>,
}

/// All that are held, by numbers of their own.
#[derive(Debug, Default)]
pub struct Rows {
    numbers: Table<u32>,
    rows: Vec<Option<Row>>,
    free: Vec<u32>,
    schemas: Table<Set<u32>>,
    /// Schemas and states, each once.
    words: Table<Rc<str>>,
    /// Fields of which some query asked for a value: by value, the records that have it.
    columns: Vec<(Field, Table<Set<u32>>)>,
}

impl Rows {
    /// The number of a record.
    pub fn number(&self, id: &str) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    /// The record with a number.
    pub fn get(&self, number: u32) -> Option<&Row> {
        self.rows.get(number as usize)?.as_ref()
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut Row> {
        self.rows.get_mut(number as usize)?.as_mut()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The records of a schema.
    pub fn of_schema(&self, schema: &str) -> &[u32] {
        self.schemas.get(schema).map_or(&[], Set::as_slice)
    }

    /// The records that have one of these values in a field. The first time that a field is asked for, all are looked at.
    pub fn with_values<'t>(&mut self, field: &Field, values: impl Iterator<Item = &'t str>) -> Vec<u32> {
        if !self.columns.iter().any(|(own, _)| own == field) {
            let mut column = Table::default();
            for (number, row) in (0..).zip(&self.rows) {
                if let Some(row) = row {
                    enter(field, &mut column, &row.document(), number);
                }
            }
            self.columns.push((field.clone(), column));
        }
        let column = self.columns.iter().find(|(own, _)| own == field);
        values.filter_map(|value| column?.1.get(value)).flatten().copied().collect()
    }

    /// What a document says that every list looks at; none if no rule could read it.
    pub fn said(&mut self, document: &Value, engine: &Engine, settings: &AclSettings) -> Option<Said> {
        let engine = engine.for_document(document);
        let policy = engine.policy();
        let kind = policy.type_of(document)?;
        let at = At::Root("record");
        let read = Attributes::read(document, None, &[], &kind.fields, &policy.states, &at, &mut Faults::new())?;
        let state = match read.state {
            Seen::Known(state) => policy.states.name(state),
            Seen::Missing => return None,
        };
        Some(Said { schema: self.word(settings.schema_of(document, &kind.key)), state: self.word(state) })
    }

    fn word(&mut self, text: &str) -> Rc<str> {
        if let Some(word) = self.words.get(text) {
            return Rc::clone(word);
        }
        let word: Rc<str> = Rc::from(text);
        self.words.insert(text.to_string(), Rc::clone(&word));
        word
    }

    /// Adds a record under an id that is free; its number.
    pub fn add(&mut self, id: &str, document: &Value, said: Option<Said>, queries: Vec<Arc<Acl>>) -> u32 {
        let number = self.free.pop().unwrap_or_else(|| {
            self.rows.push(None);
            u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(said) = &said {
            self.schemas.change(&said.schema, |own| _ = own.insert(number));
        }
        let row = Row { id: id.to_string(), said, queries, text: document.to_string().into() };
        if let Some(place) = self.rows.get_mut(number as usize) {
            *place = Some(row);
        }
        self.numbers.insert(id.to_string(), number);
        for (field, column) in &mut self.columns {
            enter(field, column, document, number);
        }
        number
    }

    /// Takes a record out.
    pub fn remove(&mut self, number: u32) -> Option<Row> {
        let row = self.rows.get_mut(number as usize)?.take()?;
        self.numbers.remove(&row.id);
        self.free.push(number);
        if let Some(said) = &row.said {
            self.schemas.change(&said.schema, |own| _ = own.remove(&number));
        }
        let document = row.document();
        for (field, column) in &mut self.columns {
            field.texts(&document, &mut |text| column.change(text, |own| _ = own.remove(&number)));
        }
        Some(row)
    }
}

fn enter(field: &Field, column: &mut Table<Set<u32>>, document: &Value, number: u32) {
    field.texts(document, &mut |text| column.change(text, |own| _ = own.insert(number)));
}

impl Row {
    /// Its document, read anew.
    pub fn document(&self) -> Value {
        // It was written by us.
        parse_text_with(&self.text, "record", Limits::FACTS, |text| text.parse().unwrap_or(f64::NAN))
            .unwrap_or(Value::Null)
    }
}
