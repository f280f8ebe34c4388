//! Whether access rows speak of who asks.

use super::{Identity, Missing, note};
use crate::facts::{AccessRow, HIDDEN, Key, RowSubject};
use crate::terms::Answer;

impl Identity<'_> {
    /// Whether a row speaks of the subject.
    pub fn matches(&self, row: &AccessRow, missing: Option<&Missing>) -> Answer {
        match &row.subject {
            RowSubject::User(id) => Answer::from(self.subject().id() == Some(id)),
            RowSubject::Role(name) => self.has_role(name, missing),
            RowSubject::SystemRole(name) => self.has_system_role(name, missing),
        }
    }

    /// Whether a row of this need, allowing or denying, speaks of the subject. `argument` as in [`AccessRow::covers`].
    pub fn row(&self, need: &str, exclude: bool, argument: Option<&str>, missing: Option<&Missing>) -> Answer {
        self.any_row(need, exclude, argument, None, missing)
    }

    /// Whether a row of this need speaks of owners of records.
    pub fn author_row(&self, need: &str, exclude: bool, argument: Option<&str>, missing: Option<&Missing>) -> Answer {
        match self.naming.author.as_deref() {
            None => Answer::Deny,
            author => self.any_row(need, exclude, argument, author, missing),
        }
    }

    /// Whether a row speaks of the subject, or, if that is asked for, of a system role.
    fn any_row(
        &self,
        need: &str,
        exclude: bool,
        argument: Option<&str>,
        author: Option<&str>,
        missing: Option<&Missing>,
    ) -> Answer {
        let mut answer = Answer::Deny;
        for row in self.facts().access.get(need).into_iter().flatten() {
            if row.exclude != exclude || !row.covers(argument) {
                continue;
            }
            answer = answer.or(match (author, &row.subject) {
                (None, _) => self.matches(row, missing),
                (Some(author), RowSubject::SystemRole(name)) => Answer::from(name == author),
                _ => Answer::Deny,
            });
            if answer == Answer::Allow {
                return answer;
            }
        }
        // Of those who are not signed in the rows of nobody suffice.
        if argument == Some(HIDDEN)
            || !self.facts().access_complete(need, Some(self.subject().id().unwrap_or_default()), argument)
        {
            note(missing, || Key::Access { action: Some(need.to_string()) });
            answer = Answer::Unknown;
        }
        answer
    }
}
