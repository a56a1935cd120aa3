//! `xeroctl squads update`.

use super::agent::AGENT;
use super::squad_session::{AgentTarget, Secrets};
use super::{prompt, verify};
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
  xeroctl squads update Coder --prompt @AGENTS.md
  xeroctl squads update Coder --title ''")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    /// Display name
    #[arg(long, value_name = "TEXT", value_parser = values::text)]
    name: Option<String>,
    /// Job title ('' clears it)
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// System prompt (@FILE reads it from a file)
    #[arg(long, value_name = "TEXT|@FILE", allow_hyphen_values = true, value_parser = values::text)]
    prompt: Option<String>,
    /// Status: active or paused
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Option<String>,
    #[command(flatten)]
    secrets: Secrets,
}

/// A status that an update may set. The server accepts any word, and `terminated` would leave the agent's keys valid.
fn status(text: &str) -> Result<String, String> {
    match text {
        "active" | "paused" => Ok(text.to_owned()),
        "terminated" => Err(
            "an update sets active or paused; to end the agent, use `xeroctl squads terminate`"
                .to_owned(),
        ),
        _ => Err(format!("unknown status '{text}' (valid: active, paused)")),
    }
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 if there is nothing to change; otherwise as the request.
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
        let (squads, agent) = self.target.open_for(context, AGENT).await?;
        let squads = squads.with(self.secrets);
        let update = Update {
            agent: agent.as_str(),
            name: self.name.as_deref(),
            title: self.title.as_deref(),
            prompt: prompt.as_deref(),
            status: self.status.as_deref(),
        };
        let show = squads.about("show", &agent);
        if prompt.is_some() && squads.session.is_dry() {
            squads.session.ui().note(
                "not checked in a dry run: whether the server keeps the prompt; if not, it is written to the agent's AGENTS.md",
            );
        }
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
        // A title that was cleared is shown as empty or not at all.
        let cleared = update.title.is_some_and(str::is_empty);
        let title = now.title.as_deref();
        if let Some(title) = title.filter(|title| cleared && !title.is_empty()) {
            session
                .ui()
                .warn(&format!("the title was not cleared; it is now {title}"));
        }
        let asked_title = update.title.filter(|_| !cleared);
        verify::compare(
            session,
            &[
                ("name", update.name, now.name.as_deref()),
                ("title", asked_title, title),
                ("status", update.status, now.status.as_deref()),
            ],
        );
        if now.id.is_some() {
            verify::missed(session, "title", asked_title, title);
        }
        if let Some(prompt) = update.prompt {
            match now.lost_prompt(prompt) {
                // The agent may already have had a file, so its content is compared.
                Some(_) if now.is_bare && now.prompt.is_none() => {
                    prompt::write(&squads, &agent, prompt).await?;
                }
                Some(true) => {
                    return Err(verify::lost_prompt(&squads, "the agent was updated", None));
                }
                None if now.id.is_some() => verify::missed(session, "prompt", Some(prompt), None),
                Some(false) | None => {}
            }
        }
        session.ui().next("show it", &show);
        Ok(Exit::Success)
    }
}
