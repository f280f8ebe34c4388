//! Answers that rest on evidence a view does not show: what the server would say, and as long as it would say so.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::predict::Clock;
use crate::model::{At, Attributes, FieldValue, Reader, Value, ordered};
use crate::policy::{Ask, Question};
use crate::terms::{Answer, ErrorCode};

/// An answer as the server gives it, between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// Allow or deny.
    pub answer: Answer,
    /// From when on, in milliseconds since 1970; none: always was.
    pub from: Option<i64>,
    /// Until when, that moment not included; none: for good.
    pub until: Option<i64>,
}

impl From<Answer> for Derived {
    fn from(answer: Answer) -> Self {
        Self { answer, from: None, until: None }
    }
}

impl Serialize for Derived {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if self.from.is_none() && self.until.is_none() {
            return self.answer.serialize(out);
        }
        let mut map = out.serialize_map(None)?;
        map.serialize_entry("is", &self.answer)?;
        for (name, moment) in [("from", self.from), ("until", self.until)] {
            if let Some(moment) = moment {
                map.serialize_entry(name, &moment)?;
            }
        }
        map.end()
    }
}

impl Derived {
    /// Reads `"allow"`, or `{is: "allow", from?, until?}`.
    pub fn read(value: &Value, at: &At<'_>, reader: &mut Reader) -> Option<Self> {
        let answer = |word: Option<&str>| match word {
            Some("allow") => Some(Answer::Allow),
            Some("deny") => Some(Answer::Deny),
            _ => None,
        };
        if let Some(answer) = answer(value.as_str()) {
            return Some(Self::from(answer));
        }
        let moment = |name: &str| match value.get(name) {
            None => Some(None),
            Some(moment) => moment.as_i64().map(Some),
        };
        let is = answer(value.get("is").and_then(Value::as_str));
        let (Some(answer), Some(from), Some(until)) = (is, moment("from"), moment("until")) else {
            let message = "one of: allow, deny; or {is, from?, until?} with moments in milliseconds";
            reader.faults.add(ErrorCode::Malformed, at, message);
            return None;
        };
        Some(Self { answer, from, until })
    }

    /// What it says now, if the clock leaves no doubt that it still holds. Without a clock it must hold always.
    pub fn now(&self, clock: Option<Clock>) -> Option<Answer> {
        let begun = self.from.is_none_or(|from| clock.is_some_and(|clock| clock.lo >= from));
        let live = self.until.is_none_or(|until| clock.is_some_and(|clock| clock.hi < until));
        (begun && live).then_some(self.answer)
    }

    /// What the server says of one action, and between which moments. Answers change with the time at moments that stand in
    /// the record only, and only those at which this one does change are told. None where facts are missing.
    pub(super) fn of(question: &Question<'_, '_>) -> Option<Self> {
        let at = |moment: Option<i64>| {
            let mut ask: Ask<'_> = question.ask.clone();
            ask.time = moment.map(|moment| (moment, moment));
            let answer = Question { ask: &ask, record: question.record, action: question.action }.answer();
            (answer != Answer::Unknown).then_some(answer)
        };
        if let Some(always) = at(None) {
            return Some(Self::from(always));
        }
        let (now, _) = question.ask.time?;
        let answer = at(Some(now))?;
        let differs = |moment: i64| at(Some(moment)) != Some(answer);
        let (gone, coming): (Vec<i64>, Vec<i64>) =
            moments(question.record).into_iter().partition(|moment| *moment <= now);
        // Between two moments nothing changes: what holds at the first holds until the second.
        let from = gone.into_iter().rev().find(|moment| differs(moment.saturating_sub(1)));
        let until = coming.into_iter().find(|moment| differs(*moment));
        Some(Self { answer, from, until })
    }
}

/// Every moment that stands in a record: embargoes that end, and grants and links.
fn moments(record: &Attributes) -> Vec<i64> {
    let mut found = Vec::new();
    for value in record.named.known() {
        match value {
            FieldValue::Moment(moment) => found.extend(*moment),
            FieldValue::Given(list) => found.extend(list.iter().filter_map(|given| given.until)),
            _ => {}
        }
    }
    ordered(found)
}
