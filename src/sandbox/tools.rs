//! `/exec/tools`: the catalogue, and the rules by which a tool may be called.

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::routing::MethodFilter;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::app::{App, Route};
use super::call::Call;
use super::page;
use super::reply::{Answer, Refusal, ok};

pub(super) const ROUTES: &[Route] = &[
    (MethodFilter::GET, "/exec/tools", tools),
    (MethodFilter::GET, "/exec/tools/{tool}", tool),
];

/// The catalogue does not change, so it is no part of the state.
static CATALOGUE: LazyLock<Vec<Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("tools.json"))
        .expect("tools.json is part of the program and tested")
});

fn name(tool: &Value) -> &str {
    tool["name"].as_str().unwrap_or_default()
}

/// A tool of the catalogue in full.
pub(super) fn described(wanted: &str) -> Option<&'static Value> {
    CATALOGUE.iter().find(|tool| name(tool) == wanted)
}

/// A tool as an agent's detail lists it.
pub(super) fn summary(tool: &str) -> Option<Value> {
    let tool = described(tool)?;
    let members = ["name", "description", "risk", "domain"];
    Some(
        members
            .map(|member| (member, tool[member].clone()))
            .into_iter()
            .collect(),
    )
}

fn tools(app: &App, call: &Call) -> Answer {
    let query = call.query(page::QUERY)?;
    let list = app.pages.cut(&query, &CATALOGUE, name, Value::clone)?;
    Ok(ok(&list))
}

fn tool(_: &App, call: &Call) -> Answer {
    call.bare()?;
    let wanted = call.path("tool");
    described(wanted)
        .map(ok)
        .ok_or_else(|| Refusal::missing("tool", wanted, "exec_tool_not_found"))
}

/// Checks the arguments of a call against the tool's schema; `param` names the argument that is at fault.
fn check(tool: &Value, args: &Value) -> Result<(), Refusal> {
    let validator = jsonschema::validator_for(&tool["parameters"])
        .map_err(|error| Refusal::internal(format!("The tool's schema is broken: {error}.")))?;
    let Some(error) = validator.iter_errors(args).next() else {
        return Ok(());
    };
    let mut param = format!("args{}", error.instance_path()).replace('/', ".");
    let below = match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.first().map(String::as_str)
        }
        _ => None,
    };
    if let Some(below) = below {
        param.extend([".", below]);
    }
    Err(Refusal::body(
        &param,
        format!("The tool's arguments do not fit its schema: {error}."),
    ))
}

/// A tool that is to be called with these arguments. Unlike in the catalogue, an unknown one is a 400.
pub(super) fn called(wanted: &str, args: &Value) -> Result<&'static Value, Refusal> {
    let tool = described(wanted).ok_or_else(|| {
        let message = format!("No tool '{wanted}' is registered in this project.");
        Refusal::new(StatusCode::BAD_REQUEST, "exec_tool_not_found", message).about("tool_name")
    })?;
    check(tool, args)?;
    Ok(tool)
}

/// How dangerous a tool is.
pub(super) fn risk(tool: &str) -> &'static str {
    let risk = described(tool).and_then(|tool| tool["risk"].as_str());
    risk.unwrap_or_default()
}

/// What a tool belongs to.
pub(super) fn domain(tool: &str) -> &'static str {
    let domain = described(tool).and_then(|tool| tool["domain"].as_str());
    domain.unwrap_or_default()
}
