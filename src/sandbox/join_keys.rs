//! `/management/join-keys`: tokens that workers use to enroll.

use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app_state::{AppState, Route};
use super::clock::{Seconds, TimeEncoding};
use super::fields::{MAX_COUNT, required};
use super::id;
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, created, no_content, ok};
use super::state::{Document, JoinKey};

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/management/join-keys", list),
    (MethodFilter::POST, "/management/join-keys", create),
    (MethodFilter::DELETE, "/management/join-keys/{key}", revoke),
];

const CREATE_FIELDS: &[&str] = &[
    "name",
    "region",
    "router_addrs",
    "max_enrollments",
    "ttl_seconds",
    "supported_tiers",
    "agent_role",
];

pub(super) const ACTIVE: &str = "active";

/// Finds the key of a token.
pub(super) fn find_by_token<'a>(
    document: &'a mut Document,
    token: &str,
) -> Option<&'a mut JoinKey> {
    let hash = id::hash(token);
    let mut keys = document.join_keys.iter_mut();
    keys.find(|key| key.token_hash.as_ref() == Some(&hash))
}

/// Revoked takes precedence, then exhausted, then expired.
pub(super) fn status(key: &JoinKey, now: Seconds) -> &'static str {
    if key.revoked {
        "revoked"
    } else if key
        .max_enrollments
        .is_some_and(|max| key.current_enrollments >= max)
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
        "expires_at": TimeEncoding::Rfc3339.encode_optional(key.expires_at),
        "created_at": TimeEncoding::Rfc3339.encode(key.created_at),
    })
}

fn list(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let query = request.query(&["limit", "after", "include_terminal"])?;
    let include_terminal = query.flag("include_terminal")?;
    let page = |document: &Document, now| {
        let all = document.join_keys.iter();
        let shown: Vec<&JoinKey> = all
            .filter(|key| include_terminal || status(key, now) == ACTIVE)
            .collect();
        app.page_limits
            .paginate(&query, &shown, |key| &key.id, |key| show(key, now))
    };
    app.store.read(page).map(|list| ok(&list))
}

/// Returns 201 with the key and its token, which is shown only once; only its hash is stored.
fn create(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let fields = request.json_body(CREATE_FIELDS)?;
    let ttl = fields.integer("ttl_seconds", 1..=MAX_COUNT)?;
    let role = fields.one_of("agent_role", &["inference", "execution"])?;
    let mut key = JoinKey {
        id: id::random("jk_"),
        name: required("name", fields.text("name")?)?,
        region: required("region", fields.region("region")?)?,
        router_addrs: required("router_addrs", fields.router_addrs("router_addrs")?)?,
        agent_role: role.unwrap_or_else(|| "inference".to_owned()),
        supported_tiers: None,
        current_enrollments: 0,
        max_enrollments: fields.integer("max_enrollments", 1..=MAX_COUNT)?,
        created_at: 0,
        expires_at: None,
        revoked: false,
        token_hash: None,
        is_demo: false,
    };
    fields.tiers("supported_tiers", &mut key.supported_tiers)?;
    let token = id::random_secret("xjt_")
        .map_err(|error| ApiError::internal(format!("Random bytes are unavailable: {error}.")))?;
    key.token_hash = Some(id::hash(&token));
    app.store.write(|document, now| {
        key.created_at = now;
        key.expires_at = ttl.map(|seconds| now + Seconds::from(seconds));
        let mut shown = show(&key, now);
        shown["token"] = token.into();
        // Newest first, as for agents.
        document.join_keys.insert(0, key);
        Ok(created(&shown))
    })
}

/// Returns 204, or 409 if the key is revoked, exhausted, or expired.
fn revoke(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    let id = request.path_param("key");
    app.store.write(|document, now| {
        let key = document.join_keys.iter_mut().find(|key| key.id == id);
        // The router documents no code for this 404.
        let key = key.ok_or_else(|| ApiError::not_found("join key", id, None))?;
        match status(key, now) {
            ACTIVE => {
                key.revoked = true;
                key.is_demo = false;
                Ok(no_content())
            }
            status => Err(ApiError::conflict(format!(
                "The join key is already {status}."
            ))),
        }
    })
}
