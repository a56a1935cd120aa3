//! What `pause`, `resume` and `terminate` have in common.

use super::place::{Secrets, Squads};
use crate::api::Id;
use crate::api::squads::agents::{Act, Apply};
use crate::error::{Error, Exit};

/// Does it, and says what became of the agent.
pub(super) async fn apply(
    squads: Squads<'_>,
    secrets: Secrets,
    agent: &Id,
    act: Act,
) -> Result<Exit, Error> {
    let squads = squads.with(secrets);
    let (done, sentence, wanted) = match act {
        Act::Pause => ("paused", "Paused", "paused"),
        Act::Resume => ("resumed", "Resumed", "active"),
        Act::Terminate => ("terminated", "Terminated", "terminated"),
    };
    let show = squads.about("show", agent);
    let session = &squads.session;
    let apply = Apply {
        agent: agent.as_str(),
        act,
    };
    let Some(reply) = squads.apply(&apply, &show).await? else {
        return Ok(Exit::Done);
    };
    let reply = squads.veil(reply)?;
    let sentence = format!("{sentence} agent {agent}.");
    session.done(&reply, agent.as_str(), done, &sentence)?;
    let ui = session.ui();
    if let Some(status) = &reply.value.status {
        // A resumed agent is active, or at once at work or idle.
        let is_so = match act {
            Act::Resume => !matches!(status.as_str(), "paused" | "terminated"),
            Act::Pause | Act::Terminate => status == wanted,
        };
        if !is_so {
            ui.warn(&format!(
                "the agent's status is {status} now, not {wanted} as was asked for"
            ));
        }
    }
    match act {
        Act::Pause => ui.next("undo it", &squads.about("resume", agent)),
        Act::Resume => ui.next("look at it", &show),
        Act::Terminate => ui.next("remove its records too", &squads.about("delete", agent)),
    }
    Ok(Exit::Done)
}
