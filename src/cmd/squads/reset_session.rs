//! `xeroctl squads reset-session`.

use super::squad_session::{AgentTarget, Secrets};
use crate::api::squads::runtime::Reset;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Clear an agent's session, or the session of one task
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads reset-session Coder
  xeroctl squads reset-session Coder --task-key SLA-26")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    /// Clear only this task's session
    #[arg(long, value_name = "KEY", value_parser = values::text)]
    task_key: Option<String>,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, agent) = self.target.open(context).await?;
        let squads = squads.with(self.secrets);
        let reset = Reset {
            agent: agent.as_str(),
            task: self.task_key.as_deref(),
        };
        let state = squads.about("runtime", &agent);
        let session = &squads.session;
        if let Some(reply) = squads.change(&reset, &state).await? {
            let reply = squads.redact(reply)?;
            let what = match &self.task_key {
                Some(task) => format!("Reset the session of agent {agent} for {task}"),
                None => format!("Reset the session of agent {agent}"),
            };
            let sentence = format!("{what}.");
            session.done(&reply, agent.as_str(), "reset", &sentence)?;
            if let Some(count) = &reply.value.task_sessions {
                session
                    .ui()
                    .note(&format!("task sessions cleared: {count}"));
            }
            session.ui().next("show its state", &state);
        }
        Ok(Exit::Success)
    }
}
