//! The objects that a request names. Detects responses about other objects.

use serde_json::value::RawValue;

use super::id::is_uuid;
use crate::json::{self, Items};

/// The relation of a response to an object that its request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The response is this object.
    Result,
    /// The request acts on this object. The response may be the object, an object of another type, or empty.
    ActedOn,
    /// The response belongs to this object and may name it in its `<kind>_id`.
    Parent,
}

/// An object that a request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedObject {
    /// The relation of the response to it.
    pub role: Role,
    /// Its kind in the singular: `agent`, `join_key`.
    pub kind: &'static str,
    /// The member that identifies it: `id`, or `name` for a tool.
    pub member: &'static str,
    /// Its ID.
    pub id: String,
}

type Members = [(String, Box<RawValue>)];

/// Names of members that can contain an object of any type.
const ENVELOPES: &[&str] = &[
    "body", "entity", "item", "items", "payload", "record", "resource", "response", "result",
    "results", "value",
];

/// Members of an envelope that are not content.
const BESIDE: &[&str] = &[
    "code",
    "error",
    "errors",
    "message",
    "meta",
    "object",
    "ok",
    "request_id",
    "requestid",
    "success",
];

/// The types of objects that a response may contain in addition to the requested one.
const KINDS: &[&str] = &[
    "agent",
    "approval",
    "candidate",
    "event",
    "execution",
    "invocation",
    "job",
    "join_key",
    "key",
    "learning",
    "operation",
    "project",
    "request",
    "rotation",
    "run",
    "squad",
    "task",
    "tool",
    "user",
    "workspace",
];

/// The maximum depth of envelopes.
const DEEPEST: u8 = 4;

/// The maximum number of list items to examine.
const MOST: usize = 100;

/// The ID of the response's object, if the request names a different one.
pub(super) fn mismatched_id(subjects: &[ExpectedObject], document: &str) -> Option<String> {
    if subjects.is_empty() {
        return None;
    }
    let members = json::entries(document)?;
    subjects
        .iter()
        .find_map(|subject| subject.contradicted(&members, subjects, 0))
}

impl ExpectedObject {
    fn contradicted(&self, members: &Members, all: &[Self], depth: u8) -> Option<String> {
        let own = texts(members, &[self.member]);
        let references = texts(members, &self.references());
        match self.role {
            _ if own.is_empty() && references.is_empty() => {
                self.contradicted_inside(members, all, depth)
            }
            Role::Parent => self.missing_from(references),
            Role::Result if own.is_empty() => self.other_in(references),
            // An execution requested by its invocation's ID.
            Role::Result if self.kind == "execution" => {
                let invocations = texts(members, &["invocation_id"]);
                if invocations.iter().any(|id| self.is(id)) {
                    None
                } else {
                    self.other_in(own)
                }
            }
            Role::Result => self.other_in(own),
            Role::ActedOn => {
                let is_named = |id: &String| all.iter().any(|subject| subject.is(id));
                let is_own = !own.is_empty() && own.iter().all(is_named);
                if is_own || references.iter().any(|id| self.is(id)) {
                    return None;
                }
                let other = references.into_iter().next();
                other.or_else(|| {
                    let other = own.into_iter().find(|id| !is_named(id));
                    other.filter(|_| !self.is_another_kind(members))
                })
            }
        }
    }

    /// As [`Self::contradicted`], for a wrapped object, or a wrapped list that doesn't contain the requested object.
    fn contradicted_inside(&self, members: &Members, all: &[Self], depth: u8) -> Option<String> {
        if depth >= DEEPEST {
            return None;
        }
        let is_object = |value: &str| matches!(value.as_bytes().first(), Some(b'{' | b'['));
        members.iter().find_map(|(name, value)| {
            let value = value.get();
            if !is_object(value) {
                return None;
            }
            let mut others = members.iter().filter(|(other, _)| other != name);
            let is_sole = others.all(|(other, _)| BESIDE.contains(&&*other.to_ascii_lowercase()));
            let inner = self.wrapped_in(name, is_sole)?;
            if value.starts_with('{') {
                return inner.contradicted(&json::entries(value)?, all, depth + 1);
            }
            let mut first = None;
            for item in Items::of(value).take(MOST) {
                // An item that is not an object, or that has no ID, contradicts nothing.
                let other = inner.contradicted(&json::entries(item)?, all, depth + 1)?;
                first.get_or_insert(other);
            }
            first
        })
    }

    /// The expected object in a member of this name, or `None` if it may be any object. `is_sole`: the response has no
    /// other content.
    fn wrapped_in(&self, name: &str, is_sole: bool) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('-', "_");
        let is_kind = |kind: &str| name == kind || name.strip_suffix('s') == Some(kind);
        let role = match self.role {
            Role::Result | Role::ActedOn if is_kind(self.kind) => Role::Result,
            Role::Parent if is_kind(self.kind) => Role::ActedOn,
            _ if name == "data" || is_sole && ENVELOPES.contains(&&*name) => self.role,
            _ if !is_sole => return None,
            // An object of another type, which may refer to this one.
            Role::ActedOn | Role::Parent => Role::Parent,
            Role::Result if KINDS.iter().any(|kind| is_kind(kind)) => return None,
            Role::Result => Role::Result,
        };
        Some(Self {
            role,
            ..self.clone()
        })
    }

    fn is(&self, id: &str) -> bool {
        let both_uuids = || is_uuid(id) && is_uuid(&self.id);
        id == self.id || both_uuids() && id.eq_ignore_ascii_case(&self.id)
    }

    fn other_in(&self, ids: Vec<String>) -> Option<String> {
        ids.into_iter().find(|id| !self.is(id))
    }

    fn missing_from(&self, ids: Vec<String>) -> Option<String> {
        if ids.iter().any(|id| self.is(id)) {
            None
        } else {
            ids.into_iter().next()
        }
    }

    /// The members in which another object refers to this one: `agent_id`, and `agentId` in the squads API.
    fn references(&self) -> [&'static str; 2] {
        match self.kind {
            "agent" => ["agent_id", "agentId"],
            "approval" => ["approval_id", "approvalId"],
            "candidate" => ["candidate_id", "candidateId"],
            "execution" => ["execution_id", "executionId"],
            "invocation" => ["invocation_id", "invocationId"],
            "join_key" => ["join_key_id", "joinKeyId"],
            "key" => ["key_id", "keyId"],
            "learning" => ["learning_id", "learningId"],
            _ => ["tool_name", "toolName"],
        }
    }

    /// Whether the `object` member names another type.
    fn is_another_kind(&self, members: &Members) -> bool {
        let kinds = texts(members, &["object"]);
        let is_it = |kind: &String| {
            let kind = kind.to_ascii_lowercase().replace(['-', '.'], "_");
            // The `object` of a deletion is the deleted type.
            kind.contains(self.kind) || kind.contains("delet")
        };
        !kinds.is_empty() && !kinds.iter().any(is_it)
    }
}

/// All values of these members as text, including duplicates. Empty and absent values identify nothing.
fn texts(members: &Members, names: &[&str]) -> Vec<String> {
    let values = members
        .iter()
        .filter(|(name, _)| names.contains(&name.as_str()));
    let texts = values.map(|(_, value)| {
        serde_json::from_str::<String>(value.get()).unwrap_or_else(|_| value.get().to_owned())
    });
    texts
        .filter(|text| !text.is_empty() && text != "null")
        .collect()
}

#[cfg(test)]
mod tests;
