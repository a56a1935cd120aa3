//! Routes that no command has, for the diagnostics of the troubleshooting page: `xeroctl api GET /management/api-keys`
//! and the like. Their responses are small and fixed. Of the paths, those of `/settings`, `/workspaces`, and
//! `/management/project` are assumed.

use axum::response::Response;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::app_state::{AppState, Route};
use super::options::PROJECT;
use super::pagination::unpaged;
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, ok};
use super::timeline::CALLER;

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/management/api-keys", api_keys),
    (MethodFilter::GET, "/management/api-keys/{key}", api_key),
    (MethodFilter::GET, "/management/project", project),
    (MethodFilter::GET, "/models", models),
    (MethodFilter::GET, "/endpoints", endpoints),
    (MethodFilter::GET, "/settings", settings),
    (MethodFilter::GET, "/workspaces", workspaces),
];

const KEY_ID: &str = "key_sandbox";

/// The one API key, without the key itself.
fn key() -> Value {
    json!({
        "id": KEY_ID,
        "name": CALLER,
        "project_id": PROJECT,
        "scopes": ["management", "execution"],
        "status": "active",
        "signing_public_key": null,
    })
}

fn list(items: &[Value]) -> Response {
    let id = |item: &Value| item["id"].as_str().unwrap_or_default().to_owned();
    let ids: Vec<String> = items.iter().map(id).collect();
    let items: Vec<(&String, &Value)> = ids.iter().zip(items).collect();
    ok(&unpaged(&items, |(id, _)| id, |(_, item)| (*item).clone()))
}

fn api_keys(_: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    Ok(list(&[key()]))
}

fn api_key(_: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    match request.path_param("key") {
        KEY_ID => Ok(ok(&key())),
        id => Err(ApiError::not_found("API key", id, None)),
    }
}

fn project(_: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    Ok(ok(&json!({
        "id": PROJECT,
        "name": "Sandbox",
        "members": [{ "id": CALLER, "role": "owner" }],
    })))
}

fn models(_: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    let model =
        |id: &str, length: u32| json!({ "id": id, "object": "model", "context_length": length });
    Ok(list(&[
        model("llama-3.3-70b", 131_072),
        model("qwen2.5-32b", 32_768),
    ]))
}

fn endpoints(_: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    let endpoint = |id: &str, model: &str, mode: &str, status: &str| {
        json!({
            "id": id,
            "model": model,
            "task_mode": mode,
            "status": status,
            "tiers": ["default", "priority"],
        })
    };
    Ok(list(&[
        endpoint("ep_chat", "llama-3.3-70b", "chat", "active"),
        endpoint("ep_batch", "qwen2.5-32b", "chat", "inactive"),
    ]))
}

fn settings(_: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    Ok(ok(&json!({
        "budget": { "remaining_usd": 100, "limit_usd": 100 },
        "billing": { "status": "current" },
        "rate_limits": { "requests_per_minute": 600 },
    })))
}

fn workspaces(app: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    app.store.read(|document, _| {
        let known = document.workspaces.iter();
        let all: Vec<Value> = known.map(|id| json!({ "id": id, "name": id })).collect();
        Ok(list(&all))
    })
}
