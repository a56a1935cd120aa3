//! What an operator does to an agent under `/management/agents/{id}`: pause, resume, revoke, rotate.

use axum::routing::MethodFilter;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::agents::{detail, find_mut};
use super::app::{App, Route};
use super::call::Call;
use super::id;
use super::reply::{Answer, Refusal, accepted, done, ok};
use super::state::{Document, Rotation};
use super::workspace::known;

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

/// Seconds after a rotation's begin at which the agent acknowledges it and at which its new key takes over.
const ACKNOWLEDGED: i64 = 2;
const PROMOTED: i64 = 5;

/// 200 with the agent.
fn pause(app: &App, call: &Call) -> Answer {
    let workspace = call.fields(&["workspace"])?.text("workspace")?;
    app.store.write(|document, now| {
        check_workspace(document, workspace.as_deref())?;
        let agent = find_mut(document, call.path("agent"))?;
        match &workspace {
            None => agent.exec_paused = true,
            Some(workspace) => insert(&mut agent.exec_paused_workspaces, workspace),
        }
        agent.touch(now);
        let answer = ok(&detail(agent, now));
        document.record(
            call.path("agent"),
            "exec.paused",
            json!({ "workspace": workspace }),
            now,
        );
        Ok(answer)
    })
}

/// 204. Without a workspace it undoes every pause; with one, that workspace's alone.
fn resume(app: &App, call: &Call) -> Answer {
    let workspace = call.fields(&["workspace"])?.text("workspace")?;
    app.store.write(|document, now| {
        check_workspace(document, workspace.as_deref())?;
        let agent = find_mut(document, call.path("agent"))?;
        match &workspace {
            None => {
                agent.exec_paused = false;
                agent.exec_paused_workspaces.clear();
            }
            Some(workspace) => agent
                .exec_paused_workspaces
                .retain(|paused| paused != workspace),
        }
        agent.touch(now);
        document.record(
            call.path("agent"),
            "exec.resumed",
            json!({ "workspace": workspace }),
            now,
        );
        Ok(done())
    })
}

/// 204. Without a workspace the agent loses its session; with one, it stays for the others.
fn revoke(app: &App, call: &Call) -> Answer {
    let workspace = call.fields(&["workspace"])?.text("workspace")?;
    app.store.write(|document, now| {
        check_workspace(document, workspace.as_deref())?;
        if workspace.is_none() {
            // An agent that has lost its session acknowledges nothing any more.
            document.abandon_rotation(call.path("agent"), now);
        }
        let agent = find_mut(document, call.path("agent"))?;
        match &workspace {
            None => agent.become_status("disconnected", now),
            Some(workspace) => insert(&mut agent.credentials_revoked_workspaces, workspace),
        }
        agent.touch(now);
        document.record(
            call.path("agent"),
            "credentials.revoked",
            json!({ "workspace": workspace }),
            now,
        );
        Ok(done())
    })
}

/// 202 with the receipt. The rest of the rotation is recorded at once, with times yet to come.
fn rotate(app: &App, call: &Call) -> Answer {
    let reason = call.fields(&["reason"])?.text("reason")?;
    let reason = reason.unwrap_or_else(|| "scheduled".to_owned());
    let request_id = id::fresh("rot_");
    let public_key = STANDARD.encode(std::array::from_fn::<u8, 32, _>(|_| fastrand::u8(..)));
    app.store.write(|document, now| {
        let agent = find_mut(document, call.path("agent"))?;
        if agent.tools.is_empty() {
            return Err(Refusal::request(
                "id",
                "Only an execution (XEM) agent has a CURVE key to rotate.",
            ));
        }
        if !agent.is_connected() {
            return Err(Refusal::conflict(format!(
                "The agent is {}; it cannot acknowledge a rotation.",
                agent.status
            )));
        }
        if agent
            .rotation
            .as_ref()
            .is_some_and(|rotation| rotation.promoted_at > now)
        {
            return Err(Refusal::conflict(
                "A rotation of this agent's key is under way.",
            ));
        }
        agent.public_key = agent.public_key(now).to_owned();
        agent.rotation = Some(Rotation {
            public_key: public_key.clone(),
            promoted_at: now + PROMOTED,
        });
        agent.touch(now);
        let id = call.path("agent");
        let details = json!({ "request_id": request_id, "reason": reason });
        document.record(id, "curve.rotation_dispatched", details, now);
        document.record(
            id,
            "curve.rotation_acknowledged",
            json!({ "request_id": request_id }),
            now + ACKNOWLEDGED,
        );
        let details = json!({ "request_id": request_id, "public_key": public_key });
        document.record(id, "curve.rotation_promoted", details, now + PROMOTED);
        Ok(accepted(&json!({
            "request_id": request_id,
            "status": "dispatched",
            "monitor_url": format!("{}/management/agents/{id}/events", app.base_url),
        })))
    })
}

fn check_workspace(document: &Document, workspace: Option<&str>) -> Result<(), Refusal> {
    workspace.map_or(Ok(()), |name| known(document, name, "workspace"))
}

fn insert(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}
