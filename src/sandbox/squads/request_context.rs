//! A validated squads request with the state it reads or changes.

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::super::clock::Seconds;
use super::super::response::{ApiError, HandlerResult, ok};
use super::caller::Caller;
use super::dialect::Dialect;
use super::state::{SquadsState, is_uuid};

/// Handler of a route.
pub(super) type Handler = fn(&mut RequestContext<'_>) -> HandlerResult;

/// A validated request with the state it reads or changes.
pub(super) struct RequestContext<'a> {
    pub(super) dialect: Dialect,
    pub(super) caller: Caller,
    /// Values of the route's `{}` placeholders.
    pub(super) ids: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Map<String, Value>,
    pub(super) state: &'a mut SquadsState,
    pub(super) now: Seconds,
}

impl RequestContext<'_> {
    /// Returns the first of these members that the body has.
    pub(super) fn first_member(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| self.body.get(*name))
    }

    /// Returns a string member of the body.
    pub(super) fn body_text(&self, name: &str) -> Option<String> {
        self.body.get(name)?.as_str().map(str::to_owned)
    }

    /// Returns a path ID in lower case, as IDs are stored.
    fn id(&self, index: usize) -> Option<String> {
        let id = self.ids.get(index)?;
        is_uuid(id).then(|| id.to_lowercase())
    }

    /// Returns a path ID. An invalid one is not found, or an internal error in the server dialect.
    pub(super) fn path_id(&self, index: usize, what: &str) -> Result<Value, ApiError> {
        match self.id(index) {
            Some(id) => Ok(id.into()),
            None if self.dialect.is_page() => Err(self.not_found(what)),
            None => Err(self.dialect.internal_error()),
        }
    }

    /// 404 for an object of this kind.
    pub(super) fn not_found(&self, what: &str) -> ApiError {
        let code = format!("{}_not_found", what.to_lowercase());
        self.dialect.not_found(&code, format!("{what} not found"))
    }

    /// Returns the index of the agent named in the path.
    pub(super) fn agent_index(&self) -> Result<usize, ApiError> {
        let id = self.path_id(0, "Agent")?;
        let mut all = self.state.agents.iter();
        let index = all.position(|agent| agent["id"] == id);
        let index = index.ok_or_else(|| self.not_found("Agent"))?;
        self.check_squad(&self.state.agents[index]["squadId"])?;
        Ok(index)
    }

    /// Returns the squad named in the path.
    pub(super) fn squad(&self) -> Result<Value, ApiError> {
        let id = self.path_id(0, "Squad")?;
        let mut all = self.state.squads.iter();
        let squad = all.find(|squad| squad["id"] == id).cloned();
        let squad = squad.ok_or_else(|| self.not_found("Squad"))?;
        self.check_squad(&squad["id"])?;
        Ok(squad)
    }

    /// Rejects an agent of another squad.
    pub(super) fn check_squad(&self, squad: &Value) -> Result<(), ApiError> {
        match self.calling_agent() {
            Some(agent) if agent["squadId"] != *squad => {
                let message = "An agent's key is valid only for its own squad";
                Err(self.dialect.forbidden("other_squad", message))
            }
            _ => Ok(()),
        }
    }

    /// Returns the agent that authenticated the request.
    pub(super) fn calling_agent(&self) -> Option<&Value> {
        match &self.caller {
            Caller::Agent(id) => self.state.agent(id),
            _ => None,
        }
    }

    /// 200 with an object, wrapped as the dialect requires.
    pub(super) fn respond(&self, name: &str, value: Value) -> Response {
        ok(&self.dialect.wrap(name, value))
    }

    /// 409 for a name that is in use.
    pub(super) fn name_taken(&self, name: &str) -> ApiError {
        let message = format!("This squad already has an agent named '{name}'");
        self.dialect.conflict("name_taken", message)
    }

    /// Checks that the manager, if any, exists and is in the same squad.
    pub(super) fn check_manager(&self, manager: &Value, squad: &Value) -> Result<(), ApiError> {
        if manager.is_null() {
            return Ok(());
        }
        let Some(found) = self.state.agent(manager) else {
            let message = "The agent to report to was not found";
            return Err(self.dialect.not_found("agent_not_found", message));
        };
        if found["squadId"] == *squad {
            return Ok(());
        }
        let message = "The agent to report to is in another squad";
        Err(self.dialect.unprocessable("other_squad", message))
    }
}

/// 200 with a success flag only.
pub(super) fn ok_response() -> Response {
    ok(&json!({ "ok": true }))
}
