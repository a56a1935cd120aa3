//! The keys of agents. A token is told once; what is kept is its hash.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::id;
use super::super::reply::{Answer, Refusal, with_status};
use super::caller::hash;
use super::serve::{Turn, done};
use super::world::{set, text, touch};

impl Turn<'_> {
    fn key(&self, key: &Value) -> Value {
        let time = |name: &str| self.dialect.time_of(&key[name]);
        let mut shown = json!({
            "id": key["id"],
            "name": key["name"],
            "createdAt": time("createdAt"),
            "revokedAt": time("revokedAt"),
        });
        if self.dialect.is_page() {
            set(&mut shown, "expiresAt", time("expiresAt"));
        }
        shown
    }
}

pub(super) fn list(turn: &mut Turn<'_>) -> Answer {
    let agent = &turn.world.agents[turn.agent()?]["id"];
    let keys = turn.world.keys.iter();
    let rows = keys.filter(|key| key["agentId"] == *agent);
    Ok(turn.reply("keys", rows.map(|key| turn.key(key)).collect()))
}

/// 201 with the token. The server drops an expiry without a word: its keys last until they are revoked.
pub(super) fn create(turn: &mut Turn<'_>) -> Answer {
    let agent = &turn.world.agents[turn.agent()?];
    if matches!(text(agent, "status"), "terminated" | "pending_approval") {
        let message = "An agent that is terminated or waits for its approval gets no keys";
        return Err(turn.dialect.conflict("agent_not_ready", message));
    }
    let expiry = turn.body.get("expiresAt").cloned().unwrap_or_default();
    let past = expiry
        .as_str()
        .and_then(|text| text.parse::<jiff::Timestamp>().ok());
    if past.is_some_and(|at| at.as_second() <= turn.now) {
        return Err(turn.dialect.invalid("'expiresAt' is past already"));
    }
    let page = turn.dialect.is_page();
    let prefix = if page { "sk-agent-" } else { "slaw_agent_" };
    let token = id::secret(prefix)
        .map_err(|error| Refusal::internal(format!("No random bytes: {error}.")))?;
    let key = json!({
        "id": id::uuid(),
        "agentId": agent["id"],
        "name": turn.word("name"),
        "expiresAt": expiry,
        "createdAt": turn.now,
        "hash": hash(&token),
    });
    let shown = if page {
        let key = json!({ "id": key["id"], "name": key["name"], "expiresAt": key["expiresAt"] });
        json!({ "key": key, "token": token })
    } else {
        let at = turn.dialect.time(turn.now);
        json!({ "id": key["id"], "name": key["name"], "token": token, "createdAt": at })
    };
    turn.world.keys.push(key);
    Ok(with_status(StatusCode::CREATED, &shown))
}

/// 200, also for one that is revoked already.
pub(super) fn revoke(turn: &mut Turn<'_>) -> Answer {
    let agent = turn.world.agents[turn.agent()?]["id"].clone();
    let id = turn.object_id(1, "Key")?;
    let mut keys = turn.world.keys.iter();
    let place = keys.position(|key| key["id"] == id && key["agentId"] == agent);
    let place = place.ok_or_else(|| turn.missing("Key"))?;
    let key = &mut turn.world.keys[place];
    if key["revokedAt"].is_null() {
        set(key, "revokedAt", turn.now);
        touch(key, turn.now);
    }
    Ok(done())
}
