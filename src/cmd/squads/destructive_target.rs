//! The agent of a destructive command: checks its squad, and describes it for the prompt.

use super::squad_session::{AgentTarget, Squads};
use crate::api::Id;
use crate::api::squads::agents::{Agent, Get};
use crate::error::Error;
use crate::session::{Consent, Context};

/// An agent in the expected squad.
pub(super) struct DestructiveTarget {
    /// Its ID.
    pub(super) id: Id,
    /// Its name, ID, status, and squad, if known.
    pub(super) label: String,
}

/// Opens a session, finds the agent, and checks that it is in the squad of the command, because an ID can name an agent
/// of any squad.
///
/// # Errors
/// Exit 2 if the agent is in another squad; as [`AgentTarget::open`].
pub(super) async fn open<'c>(
    target: &AgentTarget,
    context: &'c Context,
    is_forced: bool,
) -> Result<(Squads<'c>, DestructiveTarget), Error> {
    let squads = target.squad.open(context)?;
    // Refuse before reading anything.
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
                    .note("not checked in a dry run: whether the agent is in this squad");
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
    // Agents in a list don't name their squad, which is the listed one.
    if let Some(squad) = agent.squad_id.as_ref().or(named.as_ref()) {
        label.push_str(&format!(" in squad {squad}"));
    }
    let target = DestructiveTarget { id, label };
    Ok((squads, target))
}
