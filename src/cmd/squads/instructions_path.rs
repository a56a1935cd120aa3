//! `xeroctl squads instructions-path`.

use super::squad_session::{AgentTarget, Secrets};
use super::verify;
use crate::api::squads::agents::SetInstructions;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Set the path of an agent's instructions file, such as AGENTS.md (operator key required)
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads instructions-path Coder agents/coder/AGENTS.md")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    #[command(flatten)]
    secrets: Secrets,
    /// Path of the file in the agent's repository
    #[arg(value_name = "PATH", value_parser = values::text)]
    path: String,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, agent) = self.target.open(context).await?;
        let squads = squads.with(self.secrets);
        let set = SetInstructions {
            agent: agent.as_str(),
            path: &self.path,
        };
        let show = squads.about("show", &agent);
        let session = &squads.session;
        if let Some(reply) = squads.change(&set, &show).await? {
            let reply = squads.redact_agent(reply)?;
            let sentence = format!("Agent {agent} takes its instructions from {}.", self.path);
            session.done(&reply, agent.as_str(), "set", &sentence)?;
            // The server says a relative path as it found it.
            let found = format!("/{}", self.path);
            let kept = reply.value.path.as_deref();
            let kept = kept.filter(|kept| !(kept.starts_with('/') && kept.ends_with(&found)));
            verify::compare(session, &[("path", Some(&self.path), kept)]);
            session.ui().next("look at it", &show);
        }
        Ok(Exit::Success)
    }
}
