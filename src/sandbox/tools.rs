//! `/exec/tools`: the tool catalog and argument validation.

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::routing::MethodFilter;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::app_state::{AppState, Route};
use super::pagination;
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, ok};

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/exec/tools", tools),
    (MethodFilter::GET, "/exec/tools/{tool}", tool),
];

/// The catalog is constant, so it is not part of the state.
static CATALOG: LazyLock<Vec<Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("tools.json")).expect("the embedded tools.json is valid")
});

fn name(tool: &Value) -> &str {
    tool["name"].as_str().unwrap_or_default()
}

/// Returns a tool's catalog entry.
pub(super) fn find(tool_name: &str) -> Option<&'static Value> {
    CATALOG.iter().find(|tool| name(tool) == tool_name)
}

/// Returns a tool as an agent's detail lists it.
pub(super) fn summary(tool: &str) -> Option<Value> {
    let tool = find(tool)?;
    let members = ["name", "description", "risk", "domain"];
    Some(
        members
            .map(|member| (member, tool[member].clone()))
            .into_iter()
            .collect(),
    )
}

fn tools(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let query = request.query(pagination::QUERY)?;
    let list = app
        .page_limits
        .paginate(&query, &CATALOG, name, Value::clone)?;
    Ok(ok(&list))
}

fn tool(_: &AppState, request: &ApiRequest) -> HandlerResult {
    request.expect_empty()?;
    let tool_name = request.path_param("tool");
    find(tool_name)
        .map(ok)
        .ok_or_else(|| ApiError::not_found("tool", tool_name, "exec_tool_not_found"))
}

/// Validates arguments against the tool's schema; `param` names the invalid argument.
fn validate_args(tool: &Value, args: &Value) -> Result<(), ApiError> {
    let validator = jsonschema::validator_for(&tool["parameters"])
        .map_err(|error| ApiError::internal(format!("The tool's schema is invalid: {error}.")))?;
    let Some(error) = validator.iter_errors(args).next() else {
        return Ok(());
    };
    let mut param = format!("args{}", error.instance_path()).replace('/', ".");
    let member = match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.first().map(String::as_str)
        }
        _ => None,
    };
    if let Some(member) = member {
        param.extend([".", member]);
    }
    Err(ApiError::invalid_body(
        &param,
        format!("The arguments do not match the tool's schema: {error}."),
    ))
}

/// Returns the tool to invoke after validating its arguments. Unlike in the catalog, an unknown tool is a 400.
pub(super) fn for_invocation(tool_name: &str, args: &Value) -> Result<&'static Value, ApiError> {
    let tool = find(tool_name).ok_or_else(|| {
        let message = format!("No tool '{tool_name}' is registered in this project.");
        ApiError::new(StatusCode::BAD_REQUEST, "exec_tool_not_found", message)
            .with_param("tool_name")
    })?;
    validate_args(tool, args)?;
    Ok(tool)
}

/// Returns a tool's risk.
pub(super) fn risk(tool: &str) -> &'static str {
    let risk = find(tool).and_then(|tool| tool["risk"].as_str());
    risk.unwrap_or_default()
}

/// Returns a tool's domain.
pub(super) fn domain(tool: &str) -> &'static str {
    let domain = find(tool).and_then(|tool| tool["domain"].as_str());
    domain.unwrap_or_default()
}
