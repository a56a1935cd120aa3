//! Common parts of `pause`, `resume`, and `terminate`.

use super::squad_session::{Secrets, Squads};
use crate::api::Id;
use crate::api::squads::agents::{Apply, LifecycleAction};
use crate::error::{Error, Exit};

/// The status of an agent that has to be approved first.
const PENDING: &str = "pending_approval";

/// Applies the action and reports the agent's status. `before` is the status that the agent had, if it was read.
pub(super) async fn apply(
    squads: Squads<'_>,
    secrets: Secrets,
    agent: &Id,
    before: Option<&str>,
    act: LifecycleAction,
) -> Result<Exit, Error> {
    let squads = squads.with(secrets);
    let (done, sentence, wanted) = match act {
        LifecycleAction::Pause => ("paused", "Paused", "paused"),
        LifecycleAction::Resume => ("resumed", "Resumed", "active"),
        LifecycleAction::Terminate => ("terminated", "Terminated", "terminated"),
    };
    let show = squads.about("show", agent);
    let session = &squads.session;
    let apply = Apply {
        agent: agent.as_str(),
        act,
    };
    let Some(reply) = squads.change(&apply, &show).await? else {
        return Ok(Exit::Success);
    };
    let reply = squads.redact(reply)?;
    let sentence = format!("{sentence} agent {agent}.");
    session.done(&reply, agent.as_str(), done, &sentence)?;
    let ui = session.ui();
    if let Some(status) = &reply.value.status {
        // A resumed agent is active, running, or idle.
        let is_so = match act {
            LifecycleAction::Resume => !matches!(status.as_str(), "paused" | "terminated"),
            LifecycleAction::Pause | LifecycleAction::Terminate => status == wanted,
        };
        if !is_so {
            ui.warn(&format!(
                "the agent's status is {status}, not {wanted} as requested"
            ));
        }
    }
    if act == LifecycleAction::Resume && before == Some(PENDING) {
        ui.warn("the agent was pending approval and was started without it");
    }
    match act {
        // Resuming an agent that awaits approval would start it without one.
        LifecycleAction::Pause if before.is_some_and(|status| status != PENDING) => {
            ui.next("undo it", &squads.about("resume", agent));
        }
        LifecycleAction::Pause | LifecycleAction::Resume => ui.next("show it", &show),
        LifecycleAction::Terminate => {
            ui.next("remove its records too", &squads.about("delete", agent));
        }
    }
    Ok(Exit::Success)
}
