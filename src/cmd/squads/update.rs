//! `xeroctl squads update`.

use super::agent::AGENT;
use super::squad_session::{AgentTarget, Secrets};
use super::verify;
use crate::api::squads::agents::Update;
use crate::cmd::{input, values};
use crate::error::{Error, Exit};
use crate::session::Context;

/// Change an agent's name, title, prompt, or status (operator key required)
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads update Coder --title 'Senior engineer'
  xeroctl squads update 3fcb87f5-40bf-4e11-b004-a986b1c8cef0 --status paused
  xeroctl squads update Coder --prompt @AGENTS.md")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    /// Display name
    #[arg(long, value_name = "TEXT", value_parser = values::text)]
    name: Option<String>,
    /// Job title
    #[arg(long, value_name = "TEXT", value_parser = values::text)]
    title: Option<String>,
    /// System prompt (@FILE reads it from a file)
    #[arg(long, value_name = "TEXT|@FILE", allow_hyphen_values = true, value_parser = values::text)]
    prompt: Option<String>,
    /// Status: active or paused
    #[arg(long, value_name = "STATUS", value_parser = values::text)]
    status: Option<String>,
    #[command(flatten)]
    secrets: Secrets,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 where there is nothing to change; whatever the server or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let given = [&self.name, &self.title, &self.prompt, &self.status];
        if given.iter().all(|option| option.is_none()) {
            return Err(Error::usage(
                "`squads update` needs one of `--name`, `--title`, `--prompt`, `--status`",
            ));
        }
        let prompt = self.prompt.as_deref();
        let prompt = prompt.map(|given| input::text("--prompt", given, context));
        let prompt = prompt.transpose()?;
        let (squads, agent) = self.target.open(context).await?;
        let squads = squads.with(self.secrets);
        let update = Update {
            agent: agent.as_str(),
            name: self.name.as_deref(),
            title: self.title.as_deref(),
            prompt: prompt.as_deref(),
            status: self.status.as_deref(),
        };
        let show = squads.about("show", &agent);
        let Some(reply) = squads.change(&update, &show).await? else {
            return Ok(Exit::Success);
        };
        let reply = squads.redact(reply)?;
        let now = &reply.value;
        let session = &squads.session;
        if now.id.is_some() {
            session.show(&reply, AGENT)?;
        } else {
            session.done(
                &reply,
                agent.as_str(),
                "updated",
                &format!("Updated agent {agent}."),
            )?;
        }
        let prompts = (update.prompt, now.prompt.as_deref());
        verify::compare(
            session,
            &[
                ("name", update.name, now.name.as_deref()),
                ("title", update.title, now.title.as_deref()),
                ("prompt", prompts.0, prompts.1),
                ("status", update.status, now.status.as_deref()),
            ],
        );
        if now.id.is_some() {
            verify::missed(session, "prompt", prompts.0, prompts.1);
            verify::missed(session, "title", update.title, now.title.as_deref());
        }
        session.ui().next("look at it", &show);
        Ok(Exit::Success)
    }
}
