//! `/management/join-keys`: the tokens with which workers enrol themselves.

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app::{App, Route};
use super::call::Call;
use super::clock::{Seconds, Spelling};
use super::fields::{COUNT, required};
use super::id;
use super::reply::{Answer, Refusal, created, done, ok};
use super::state::{Document, JoinKey};

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/management/join-keys", list),
    (MethodFilter::POST, "/management/join-keys", create),
    (MethodFilter::DELETE, "/management/join-keys/{key}", revoke),
];

const CREATE: &[&str] = &[
    "name",
    "region",
    "router_addrs",
    "max_enrollments",
    "ttl_seconds",
    "supported_tiers",
    "agent_role",
];

const ACTIVE: &str = "active";

/// Revoking outlasts all; a key used up stays so when it would also have expired.
fn status(key: &JoinKey, now: Seconds) -> &'static str {
    if key.revoked {
        "revoked"
    } else if key
        .max_enrollments
        .is_some_and(|most| key.current_enrollments >= most)
    {
        "exhausted"
    } else if key.expires_at.is_some_and(|at| at <= now) {
        "expired"
    } else {
        ACTIVE
    }
}

fn show(key: &JoinKey, now: Seconds) -> Value {
    json!({
        "id": key.id,
        "name": key.name,
        "status": status(key, now),
        "region": key.region,
        "router_addrs": key.router_addrs,
        "agent_role": key.agent_role,
        "supported_tiers": key.supported_tiers,
        "current_enrollments": key.current_enrollments,
        "max_enrollments": key.max_enrollments,
        "expires_at": Spelling::Rfc3339.write_if(key.expires_at),
        "created_at": Spelling::Rfc3339.write(key.created_at),
    })
}

fn list(app: &App, call: &Call) -> Answer {
    let query = call.query(&["limit", "after", "include_terminal"])?;
    let terminal = query.flag("include_terminal")?;
    let cut = |document: &Document, now| {
        let all = document.join_keys.iter();
        let shown: Vec<&JoinKey> = all
            .filter(|key| terminal || status(key, now) == ACTIVE)
            .collect();
        app.pages
            .cut(&query, &shown, |key| &key.id, |key| show(key, now))
    };
    app.store.read(cut).map(|list| ok(&list))
}

/// 201 with the key and, this once, its token. The token is not kept: nothing enrols here.
fn create(app: &App, call: &Call) -> Answer {
    let fields = call.fields(CREATE)?;
    let ttl = fields.integer("ttl_seconds", 1..=COUNT)?;
    let role = fields.word("agent_role", &["inference", "execution"])?;
    let mut key = JoinKey {
        id: id::fresh("jk_"),
        name: required("name", fields.text("name")?)?,
        region: required("region", fields.region("region")?)?,
        router_addrs: required("router_addrs", fields.router_addrs("router_addrs")?)?,
        agent_role: role.unwrap_or_else(|| "inference".to_owned()),
        supported_tiers: None,
        current_enrollments: 0,
        max_enrollments: fields.integer("max_enrollments", 1..=COUNT)?,
        created_at: 0,
        expires_at: None,
        revoked: false,
        untouched: false,
    };
    fields.tiers("supported_tiers", &mut key.supported_tiers)?;
    let token = id::secret("xjt_")
        .map_err(|error| Refusal::internal(format!("No random bytes: {error}.")))?;
    app.store.write(|document, now| {
        key.created_at = now;
        key.expires_at = ttl.map(|seconds| now + Seconds::from(seconds));
        let mut shown = show(&key, now);
        shown["token"] = token.into();
        // The newest first, as with agents.
        document.join_keys.insert(0, key);
        Ok(created(&shown))
    })
}

/// 204; 409 for a key that is revoked, used up or expired already.
fn revoke(app: &App, call: &Call) -> Answer {
    call.bare()?;
    let id = call.path("key");
    app.store.write(|document, now| {
        let key = document.join_keys.iter_mut().find(|key| key.id == id);
        // The router documents no code for this 404.
        let key = key.ok_or_else(|| Refusal::missing("join key", id, None))?;
        match status(key, now) {
            ACTIVE => {
                key.revoked = true;
                key.untouched = false;
                Ok(done())
            }
            status => Err(Refusal::conflict(format!(
                "The join key is {status} already."
            ))),
        }
    })
}
