//! Agent actions below `/management/agents/{id}`: pause, resume, revoke credentials, and rotate the CURVE key.

use axum::routing::MethodFilter;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::agents::{detail, find_mut};
use super::app_state::{AppState, Route};
use super::fleet::RotationOutcome;
use super::id;
use super::request::ApiRequest;
use super::response::{ApiError, HandlerResult, accepted, no_content, ok};
use super::state::{Document, Rotation};
use super::workspaces::require_workspace;

pub(super) const ROUTES: &[Route] = &[
    (
        MethodFilter::POST,
        "/management/agents/{agent}/pause-exec",
        pause,
    ),
    (
        MethodFilter::POST,
        "/management/agents/{agent}/resume-exec",
        resume,
    ),
    (
        MethodFilter::POST,
        "/management/agents/{agent}/revoke-credentials",
        revoke,
    ),
    (
        MethodFilter::POST,
        "/management/agents/{agent}/curve-rotate",
        rotate,
    ),
];

/// Seconds after a rotation starts until the agent acknowledges it, and until the new key is promoted.
const ACKNOWLEDGED: i64 = 2;
const PROMOTED: i64 = 5;

/// Returns 200 with the agent.
fn pause(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let workspace = request.json_body(&["workspace"])?.text("workspace")?;
    app.store.write(|document, now| {
        check_workspace(document, workspace.as_deref())?;
        let agent = find_mut(document, request.path_param("agent"))?;
        match &workspace {
            None => agent.exec_paused = true,
            Some(workspace) => insert_unique(&mut agent.exec_paused_workspaces, workspace),
        }
        agent.mark_modified(now);
        let response = ok(&detail(agent, now));
        document.record_event(
            request.path_param("agent"),
            "exec.paused",
            json!({ "workspace": workspace }),
            now,
        );
        Ok(response)
    })
}

/// Returns 200 with the agent. Without a workspace it removes all pauses; with one, only that workspace's.
fn resume(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let workspace = request.json_body(&["workspace"])?.text("workspace")?;
    app.store.write(|document, now| {
        check_workspace(document, workspace.as_deref())?;
        let agent = find_mut(document, request.path_param("agent"))?;
        match &workspace {
            None => {
                agent.exec_paused = false;
                agent.exec_paused_workspaces.clear();
            }
            Some(workspace) => agent
                .exec_paused_workspaces
                .retain(|paused| paused != workspace),
        }
        agent.mark_modified(now);
        let response = ok(&detail(agent, now));
        document.record_event(
            request.path_param("agent"),
            "exec.resumed",
            json!({ "workspace": workspace }),
            now,
        );
        Ok(response)
    })
}

/// Returns 204. Without a workspace the agent is disconnected; with one, only that workspace's credentials are revoked.
fn revoke(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let workspace = request.json_body(&["workspace"])?.text("workspace")?;
    app.store.write(|document, now| {
        check_workspace(document, workspace.as_deref())?;
        if workspace.is_none() {
            // A disconnected agent cannot acknowledge a rotation.
            document.cancel_rotation(request.path_param("agent"), now);
        }
        let agent = find_mut(document, request.path_param("agent"))?;
        match &workspace {
            None => agent.set_status("disconnected", now),
            Some(workspace) => insert_unique(&mut agent.credentials_revoked_workspaces, workspace),
        }
        agent.mark_modified(now);
        document.record_event(
            request.path_param("agent"),
            "credentials.revoked",
            json!({ "workspace": workspace }),
            now,
        );
        Ok(no_content())
    })
}

/// Returns 202 with the request ID. Later steps of the rotation are recorded now with future times.
fn rotate(app: &AppState, request: &ApiRequest) -> HandlerResult {
    let reason = request.json_body(&["reason"])?.text("reason")?;
    let reason = reason.unwrap_or_else(|| "scheduled".to_owned());
    let request_id = id::random("rot_");
    let public_key = STANDARD.encode(std::array::from_fn::<u8, 32, _>(|_| fastrand::u8(..)));
    app.store.write_in_place(|document, now| {
        let agent = find_mut(document, request.path_param("agent"))?;
        if agent.tools.is_empty() {
            return Err(ApiError::invalid_request(
                "id",
                "Only an execution (XEM) agent has a CURVE key to rotate.",
            ));
        }
        if !agent.is_connected() {
            return Err(ApiError::conflict(format!(
                "The agent is {}; it cannot acknowledge a rotation.",
                agent.status
            )));
        }
        let outcome = RotationOutcome::of(&agent.name);
        if outcome == RotationOutcome::Acknowledged {
            // A rotation in progress is superseded: the latest key wins.
            agent.public_key = agent.public_key(now).to_owned();
            agent.rotation = Some(Rotation {
                public_key: public_key.clone(),
                promoted_at: now + PROMOTED,
            });
        }
        agent.mark_modified(now);
        if outcome == RotationOutcome::Lost {
            agent.set_status("disconnected", now);
        }
        let id = request.path_param("agent");
        let details = json!({ "request_id": request_id, "reason": reason });
        document.record_event(id, "curve.rotation_dispatched", details, now);
        let details = json!({ "request_id": request_id });
        let answered = match outcome {
            RotationOutcome::Acknowledged | RotationOutcome::Lost => "curve.rotation_acknowledged",
            RotationOutcome::Refused => "curve.rotation_refused",
            RotationOutcome::Silent => "",
        };
        if !answered.is_empty() {
            document.record_event(id, answered, details, now + ACKNOWLEDGED);
        }
        if outcome == RotationOutcome::Acknowledged {
            let details = json!({ "request_id": request_id, "public_key": public_key });
            document.record_event(id, "curve.rotation_promoted", details, now + PROMOTED);
        }
        Ok(accepted(&json!({
            "request_id": request_id,
            "status": "dispatched",
            "monitor_url": app.page_url(&format!("agents/{id}/events")),
        })))
    })
}

fn check_workspace(document: &Document, workspace: Option<&str>) -> Result<(), ApiError> {
    workspace.map_or(Ok(()), |name| {
        require_workspace(document, name, "workspace")
    })
}

fn insert_unique(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}
