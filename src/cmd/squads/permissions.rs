//! `xeroctl squads permissions`.

use super::agent::AGENT;
use super::squad_session::{AgentTarget, Secrets};
use super::verify;
use crate::api::squads::agents::{Get, SetPermissions};
use crate::error::{Error, Exit};
use crate::session::Context;

/// Set an agent's permissions (operator key required)
///
/// An omitted permission keeps its value.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads permissions Coder --can-assign-tasks true
  xeroctl squads permissions Coder --can-create-agents false \\
      --can-assign-tasks false")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    /// Allow the agent to create agents
    #[arg(long, value_name = "BOOL")]
    can_create_agents: Option<bool>,
    /// Allow the agent to assign tasks
    #[arg(long, value_name = "BOOL")]
    can_assign_tasks: Option<bool>,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 if no permission is given; otherwise as the request.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        if self.can_create_agents.is_none() && self.can_assign_tasks.is_none() {
            return Err(Error::usage(
                "`squads permissions` needs `--can-create-agents` or `--can-assign-tasks`",
            ));
        }
        let (squads, agent) = self.target.open_for(context, AGENT).await?;
        let squads = squads.with(self.secrets);
        let session = &squads.session;
        session.check_protection()?;
        let mut change = SetPermissions {
            agent: agent.as_str(),
            can_create_agents: self.can_create_agents,
            can_assign_tasks: self.can_assign_tasks,
        };
        let is_half = change.can_create_agents.is_none() || change.can_assign_tasks.is_none();
        if is_half && session.is_dry() {
            session
                .ui()
                .note("not read in a dry run: the other permission, which is sent unchanged");
        } else if is_half && let Some(reply) = squads.get(&Get(agent.as_str())).await? {
            let now = reply.value;
            let read = |text: Option<String>| text.and_then(|text| text.parse().ok());
            change.can_create_agents = change
                .can_create_agents
                .or_else(|| read(now.can_create_agents));
            // Not the effective permission, which every active agent has: sending it back would grant it.
            change.can_assign_tasks = change.can_assign_tasks.or(now.stores_task_permission);
            if change.can_create_agents.is_none() || change.can_assign_tasks.is_none() {
                session.ui().note(
                    "the server does not show the other permission, so only the given one is sent",
                );
            }
        }
        let show = squads.about("show", &agent);
        let Some(reply) = squads.change(&change, &show).await? else {
            return Ok(Exit::Success);
        };
        let reply = squads.redact(reply)?;
        let now = &reply.value;
        if now.id.is_some() {
            session.show(&reply, AGENT)?;
        } else {
            let sentence = format!("Set the permissions of agent {agent}.");
            session.done(&reply, agent.as_str(), "set", &sentence)?;
        }
        let word = |right: Option<bool>| right.map(|right| if right { "true" } else { "false" });
        verify::compare(
            session,
            &[
                (
                    "permission to create agents",
                    word(change.can_create_agents),
                    now.can_create_agents.as_deref(),
                ),
                (
                    "permission to assign tasks",
                    word(change.can_assign_tasks),
                    word(now.stores_task_permission),
                ),
            ],
        );
        let is_effective = now.can_assign_tasks.as_deref() == Some("true");
        if self.can_assign_tasks == Some(false)
            && now.stores_task_permission != Some(true)
            && is_effective
        {
            session.ui().note(
                "the permission to assign tasks is not granted, but the server lets the agent assign tasks anyway",
            );
        }
        session.ui().next("show it", &show);
        Ok(Exit::Success)
    }
}
