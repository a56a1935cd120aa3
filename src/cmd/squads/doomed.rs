//! The agent that a command is about to destroy something of: where it is, and how a prompt names it.

use super::squad_session::{AgentTarget, Squads};
use crate::api::Id;
use crate::api::squads::agents::{Agent, Get};
use crate::error::Error;
use crate::session::{Consent, Context};

/// An agent that was found where the command expects it.
pub(super) struct Doomed {
    /// Its ID.
    pub(super) id: Id,
    /// Its name, ID, status, and squad, as far as they are known.
    pub(super) label: String,
}

/// Opens a session, finds the agent, and makes sure that it is in the squad that the command is about: IDs reach agents
/// of every squad.
///
/// # Errors
/// Exit 2 if the agent is in another squad; as [`AgentTarget::open`].
pub(super) async fn open<'c>(
    target: &AgentTarget,
    context: &'c Context,
    is_forced: bool,
) -> Result<(Squads<'c>, Doomed), Error> {
    let squads = target.place.open(context)?;
    // Nothing is read for a change that is going to be refused.
    squads.session.check_protection()?;
    if !is_forced && !context.is_interactive() {
        squads.session.confirm("", &Consent::Yes, false)?;
    }
    let found = squads.find(&target.agent).await?;
    let id = found.id;
    let named = squads.named_squad()?.map(str::to_owned);
    let agent = match found.agent {
        Some(agent) => agent,
        None if squads.session.is_dry() => {
            if named.is_some() && id == target.agent {
                squads
                    .session
                    .ui()
                    .note("skipped: whether the agent is in this squad");
            }
            Agent::default()
        }
        None if is_forced && named.is_none() => Agent::default(),
        None => {
            let reply = squads.get(&Get(id.as_str())).await?;
            reply.map(|reply| reply.value).unwrap_or_default()
        }
    };
    if let (Some(named), Some(own)) = (&named, &agent.squad_id)
        && !named.eq_ignore_ascii_case(own)
    {
        let line = context.line.with("--squad", own);
        return Err(
            Error::usage(format!("agent {id} is in squad {own}, not in {named}"))
                .hint(format!("if you mean that agent: {}", line.command())),
        );
    }
    let details = [Some(id.as_str()), agent.status.as_deref()];
    let details: Vec<&str> = details.into_iter().flatten().collect();
    let details = details.join(", ");
    let mut label = match &agent.name {
        Some(name) => format!("{name} ({details})"),
        None => details,
    };
    // A list names no squad: it is the one that was listed.
    if let Some(squad) = agent.squad_id.as_ref().or(named.as_ref()) {
        label.push_str(&format!(" in squad {squad}"));
    }
    let doomed = Doomed { id, label };
    Ok((squads, doomed))
}
