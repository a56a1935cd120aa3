//! Instructions of an agent: the path of the file, and the file itself.

use serde_json::{Value, json};

use super::super::response::{ApiError, HandlerResult, ok};
use super::agent_view;
use super::request_context::RequestContext;
use super::state::{mark_modified, set, set_in, text};

/// Sets the instructions path. The server dialect stores it in the adapter configuration and requires an absolute path.
pub(super) fn set_path(context: &mut RequestContext<'_>) -> HandlerResult {
    let index = context.agent_index()?;
    let path = context.first_member(&["instructionsPath", "path"]);
    let mut path = path.cloned().unwrap_or_default();
    let agent = &context.state.agents[index];
    if context.dialect.is_page() {
        let agent = &mut context.state.agents[index];
        set(agent, "instructionsPath", path);
        mark_modified(agent, context.now);
        return Ok(context.respond(
            "agent",
            agent_view::show(context, &context.state.agents[index]),
        ));
    }
    let adapter = agent["adapterType"].clone();
    let local = text(agent, "adapterType").ends_with("_local");
    let named = context.body_text("adapterConfigKey");
    let Some(key) = named.or_else(|| local.then(|| "instructionsFilePath".to_owned())) else {
        let message = "This adapter has no instructions file; set adapterConfigKey";
        return Err(context.dialect.unprocessable("no_instructions", message));
    };
    if let Some(given) = path.as_str().filter(|path| !path.starts_with('/')) {
        let cwd = text(&agent["adapterConfig"], "cwd");
        if cwd.is_empty() {
            let message = "A relative path requires 'cwd' in the adapter's configuration";
            return Err(context.dialect.unprocessable("relative_path", message));
        }
        path = format!("{cwd}/{given}").into();
    }
    let answer = json!({
        "agentId": agent["id"],
        "adapterType": adapter,
        "adapterConfigKey": key,
        "path": path,
    });
    let agent = &mut context.state.agents[index];
    set_in(agent, "adapterConfig", &key, path);
    mark_modified(agent, context.now);
    Ok(ok(&answer))
}

/// Member of an agent that maps file names to contents.
const FILES: &str = "instructionsFiles";

/// Returns a file of the agent's instructions. The page dialect has no such route.
pub(super) fn read_file(context: &mut RequestContext<'_>) -> HandlerResult {
    if context.dialect.is_page() {
        return Err(no_route(context));
    }
    let agent = &context.state.agents[context.agent_index()?];
    let path = context.query.iter().find(|(name, _)| name == "path");
    let Some((_, path)) = path else {
        let message = "Query parameter 'path' is required";
        return Err(context.dialect.unprocessable("path_required", message));
    };
    let content = agent[FILES][path.as_str()].as_str();
    let Some(content) = content else {
        let message = "Instructions file not found";
        return Err(context.dialect.not_found("file_not_found", message));
    };
    Ok(ok(
        &json!({ "path": path, "size": content.len(), "content": content }),
    ))
}

/// Writes a file of the agent's instructions, which become managed. The page dialect has no such route.
pub(super) fn write_file(context: &mut RequestContext<'_>) -> HandlerResult {
    if context.dialect.is_page() {
        return Err(no_route(context));
    }
    let index = context.agent_index()?;
    let path = context.body_text("path").unwrap_or_default();
    let content = context.body_text("content").unwrap_or_default();
    let agent = &mut context.state.agents[index];
    store_file(agent, &path, &content);
    mark_modified(agent, context.now);
    Ok(ok(
        &json!({ "path": path, "size": content.len(), "content": content }),
    ))
}

/// Stores a file of an agent's managed instructions.
pub(super) fn store_file(agent: &mut Value, path: &str, content: &str) {
    set_in(agent, FILES, path, content);
    let file = format!("/var/lib/squads/{}/AGENTS.md", text(agent, "id"));
    set_in(agent, "adapterConfig", "instructionsBundleMode", "managed");
    set_in(agent, "adapterConfig", "instructionsFilePath", file);
}

fn no_route(context: &RequestContext<'_>) -> ApiError {
    let message = "The documented API has no such route";
    context.dialect.not_found("route_not_found", message)
}
