//! `xeroctl squads instructions-path`.

use super::asked;
use super::place::{Secrets, Target};
use crate::api::squads::agents::SetInstructions;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Point an agent at its instructions file, such as AGENTS.md; needs an operator's key
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads instructions-path Coder agents/coder/AGENTS.md")]
pub struct Args {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    secrets: Secrets,
    /// The path of the file in the agent's repository
    #[arg(value_name = "PATH", value_parser = values::text)]
    path: String,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the server or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, agent) = self.target.open(context).await?;
        let squads = squads.with(self.secrets);
        let set = SetInstructions {
            agent: agent.as_str(),
            path: &self.path,
        };
        let show = squads.about("show", &agent);
        let session = &squads.session;
        if let Some(reply) = squads.apply(&set, &show).await? {
            let reply = squads.veil_agent(reply)?;
            let sentence = format!("Agent {agent} takes its instructions from {}.", self.path);
            session.done(&reply, agent.as_str(), "set", &sentence)?;
            // The server tells a relative path as it found it.
            let found = format!("/{}", self.path);
            let kept = reply.value.path.as_deref();
            let kept = kept.filter(|kept| !(kept.starts_with('/') && kept.ends_with(&found)));
            asked::compare(session, &[("path", Some(&self.path), kept)]);
            session.ui().next("look at it", &show);
        }
        Ok(Exit::Done)
    }
}
