//! Facts that change one entity at a time: a device's view, patched by the server and by the user's own pending work.

use std::sync::Arc;

use super::snapshot::read_roles;
use super::{AccessRow, Certificate, Community, Document, EntityKey, Facts, Membership, Words};
use crate::acl::{Acl, LOOKED_AT, NOT_LOOKED_AT};
use crate::model::{Address, At, Listed, Reader, Value};
use crate::terms::ErrorCode;
use crate::terms::Relation;

impl Facts {
    /// Writes a whole entity; what it says must be right, or nothing is written and the reader knows why.
    pub fn put(
        &mut self,
        key: &EntityKey,
        value: &Document,
        withheld: &[Address],
        words: &Words,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<()> {
        match key {
            EntityKey::Record { id } => {
                if let Document::Value(value) = value {
                    reader.object(value, at)?;
                }
                self.records.insert(id.clone(), value.clone());
                if self.told_for.is_some() {
                    // What lists came to was said of the record as it was.
                    self.told.insert(id.clone(), Listed::Unknown);
                }
                if withheld.is_empty() {
                    self.withheld.remove(id);
                } else {
                    self.withheld.insert(id.clone(), withheld.to_vec());
                }
            }
            EntityKey::Community { id } => {
                let community = Community::read(&value.read(), at, words, reader)?;
                self.communities.insert(id.clone(), community);
            }
            EntityKey::User { id } => {
                let value = value.read();
                reader.object(&value, at)?;
                let roles = read_roles(&value, at, reader);
                self.users.insert(id.clone(), roles);
            }
            EntityKey::Membership { community, member } => {
                let value = value.read();
                let hidden = withheld.iter().any(|address| address.keys() == ["role"]);
                let membership = Membership::read(reader.object(&value, at)?, hidden, words, at, reader)?;
                let (table, name) = self.holders(member.clone());
                table.change(community, |members| members.insert(name, membership));
            }
            // A view holds no access lists; what they come to travels beside the values.
            EntityKey::Acl { .. } if self.is_view => {}
            EntityKey::Acl { id } => self.put_acl(id, &value.read(), words, at, reader)?,
            EntityKey::Access { id } => {
                let row = AccessRow::read(&value.read(), at, reader)?;
                self.remove(key);
                let row = AccessRow { id: Some(id.clone()), ..row };
                self.access.change(&row.action.clone(), |rows| rows.push(row));
            }
        }
        Some(())
    }

    /// Removes an entity; one that is not there is no fault.
    pub fn remove(&mut self, key: &EntityKey) {
        match key {
            EntityKey::Record { id } => {
                self.records.remove(id);
                self.withheld.remove(id);
            }
            EntityKey::Community { id } => {
                self.communities.remove(id);
            }
            EntityKey::User { id } => {
                self.users.remove(id);
            }
            EntityKey::Membership { community, member } => {
                let (table, name) = self.holders(member.clone());
                if let Some(members) = table.get_mut(community) {
                    members.remove(&name);
                    if members.is_empty() {
                        table.remove(community);
                    }
                }
            }
            EntityKey::Acl { id } => Arc::make_mut(&mut self.acls).remove(id),
            EntityKey::Access { id } => {
                let actions: Vec<String> = self.access.keys().map(str::to_string).collect();
                for action in actions {
                    self.access.change(&action, |rows| rows.retain(|row| row.id.as_ref() != Some(id)));
                }
            }
        }
    }

    /// Adds an access list; where the policy knows none, nothing looks at it.
    pub(super) fn put_acl(
        &mut self,
        id: &str,
        value: &Value,
        words: &Words,
        at: &At<'_>,
        reader: &mut Reader,
    ) -> Option<()> {
        if let Some(settings) = &words.acls {
            if !LOOKED_AT {
                reader.faults.add(ErrorCode::UnknownField, at, NOT_LOOKED_AT);
                return None;
            }
            let acl = Acl::read(id, value, settings, at, reader)?;
            Arc::make_mut(&mut self.acls).insert(acl, settings);
        }
        Some(())
    }

    /// Adds a proof.
    pub fn assume(&mut self, certificate: Certificate) {
        self.certificates.push(certificate);
    }

    /// Takes back every proof of a relation.
    pub fn doubt(&mut self, relation: Relation) {
        self.certificates.retain(|proof| proof.relation != relation);
    }

    /// Replaces all proofs.
    pub fn prove(&mut self, certificates: Vec<Certificate>) {
        self.closed = false;
        self.certificates = certificates;
    }
}
