//! The objects that a request names. A response about another object is never taken for the one that was asked for.

use serde_json::value::RawValue;

use super::id::is_uuid;
use crate::json::{self, Items};

/// How a response relates to an object that its request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The response is this object.
    Result,
    /// The request acts on this object. The response may be the object, an object of another kind, or nothing.
    ActedOn,
    /// The response belongs to this object, and may name it in its `<kind>_id`.
    Parent,
}

/// An object that a request names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedObject {
    /// How the response relates to it.
    pub role: Role,
    /// Its kind in the singular: `agent`, `join_key`.
    pub kind: &'static str,
    /// The member that identifies it: `id`, or `name` for a tool.
    pub member: &'static str,
    /// Its ID.
    pub id: String,
}

type Members = [(String, Box<RawValue>)];

/// Names of the members that hold an object whatever its kind is.
const ENVELOPES: &[&str] = &[
    "body", "entity", "item", "items", "payload", "record", "resource", "response", "result",
    "results", "value",
];

/// Members beside an envelope's object that are not content.
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

/// The kinds of objects that a response may hold besides the one that the request names.
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

/// Envelopes are opened this deep.
const DEEPEST: u8 = 4;

/// So many items of a list are looked at.
const MOST: usize = 100;

/// The ID of the object that the response is about, if that is not one of the objects that the request names.
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
            // An execution that is asked for by the ID of its invocation.
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

    /// As [`Self::contradicted`], for what the members wrap: an object, or a list of objects of which none is the one
    /// that the request names.
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
                // One that is not an object, or that says nothing of its identity, contradicts nothing.
                let other = inner.contradicted(&json::entries(item)?, all, depth + 1)?;
                first.get_or_insert(other);
            }
            first
        })
    }

    /// What the object in a member of this name is to the request; none if it may be any object. `is_sole`: the response
    /// has no content but this member.
    fn wrapped_in(&self, name: &str, is_sole: bool) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('-', "_");
        let is_kind = |kind: &str| name == kind || name.strip_suffix('s') == Some(kind);
        let role = match self.role {
            Role::Result | Role::ActedOn if is_kind(self.kind) => Role::Result,
            Role::Parent if is_kind(self.kind) => Role::ActedOn,
            _ if name == "data" || is_sole && ENVELOPES.contains(&&*name) => self.role,
            _ if !is_sole => return None,
            // An object of another kind, which may refer to this one.
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

    /// The members in which another object names this one: `agent_id`, and `agentId` in the squads API.
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

    /// Whether the response says in `object` that it is an object of another kind.
    fn is_another_kind(&self, members: &Members) -> bool {
        let kinds = texts(members, &["object"]);
        let is_it = |kind: &String| {
            let kind = kind.to_ascii_lowercase().replace(['-', '.'], "_");
            // A deletion is named by what was deleted.
            kind.contains(self.kind) || kind.contains("delet")
        };
        !kinds.is_empty() && !kinds.iter().any(is_it)
    }
}

/// The values of these members as text, as often as they occur; an empty or absent one identifies nothing.
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
