//! `xeroctl squads create`.

use super::agent::AGENT;
use super::squad_session::{Secrets, SquadArgs, Squads};
use super::verify;
use crate::api::Id;
use crate::api::squads::agents::{Agent, Create, New};
use crate::cmd::{input, values};
use crate::error::{Error, Exit};
use crate::session::Context;

/// Create an agent in a squad without approval (operator key required)
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads create --name Helper --role engineer --adapter claude_local
  xeroctl squads create --name Tester --role qa --adapter claude_local \\
      --title 'Test engineer' --reports-to Coder --prompt @AGENTS.md \\
      --skill testing")]
pub struct Args {
    #[command(flatten)]
    profile: Profile,
    /// Adapter that runs the agent, such as `claude_local`, `codex_local`, `gemini_local`, `process`, or `http`
    #[arg(long, value_name = "TYPE", value_parser = values::text)]
    adapter: String,
    #[command(flatten)]
    squad: SquadArgs,
    #[command(flatten)]
    secrets: Secrets,
}

/// The properties of a new agent.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Profile {
    /// Display name
    #[arg(long, value_name = "TEXT", value_parser = values::text)]
    name: String,
    /// Role key, such as engineer, pm, qa, or devops
    #[arg(long, value_name = "ROLE", value_parser = values::text)]
    role: String,
    /// Job title
    #[arg(long, value_name = "TEXT", value_parser = values::text)]
    title: Option<String>,
    /// Manager's agent ID or name
    #[arg(long, value_name = "AGENT")]
    reports_to: Option<Id>,
    /// System prompt (@FILE reads it from a file)
    #[arg(long, value_name = "TEXT|@FILE", allow_hyphen_values = true, value_parser = values::text)]
    prompt: Option<String>,
    /// Key of an initial skill (repeatable)
    #[arg(long = "skill", value_name = "KEY", value_parser = values::text)]
    skills: Vec<String>,
}

impl Profile {
    /// The requested agent, with its manager looked up.
    ///
    /// # Errors
    /// Exit 2 if the prompt can't be read; as [`Squads::agent`].
    pub(super) async fn read(
        self,
        squads: &Squads<'_>,
        adapter: Option<String>,
    ) -> Result<New, Error> {
        let prompt = self.prompt.as_deref();
        let prompt = prompt.map(|given| input::text("--prompt", given, squads.session.context));
        let prompt = prompt.transpose()?;
        let manager = match &self.reports_to {
            Some(manager) => Some(squads.agent(manager).await?.to_string()),
            None => None,
        };
        Ok(New {
            name: self.name,
            role: self.role,
            title: self.title,
            adapter,
            reports_to: manager,
            prompt,
            skills: self.skills,
        })
    }
}

/// Warns if the created agent differs from the request.
pub(super) fn compare(squads: &Squads<'_>, new: &New, agent: &Agent) {
    let rows = [
        ("name", Some(&new.name), &agent.name),
        ("role", Some(&new.role), &agent.role),
        ("title", new.title.as_ref(), &agent.title),
        ("adapter", new.adapter.as_ref(), &agent.adapter),
        ("manager", new.reports_to.as_ref(), &agent.reports_to),
    ];
    let rows = rows.map(|(what, asked, kept)| (what, asked.map(String::as_str), kept.as_deref()));
    verify::compare(&squads.session, &rows);
    if agent.id.is_some() {
        let [_, _, title, _, manager] = rows;
        for (what, asked, kept) in [title, manager] {
            verify::missed(&squads.session, what, asked, kept);
        }
    }
}

/// What to report about the prompt of an agent that was created or is being hired: an agent without its prompt does not
/// do what was asked for.
///
/// # Errors
/// Exit 1 if the response shows that the prompt was lost. `done` describes the completed action.
pub(super) fn check_prompt(
    squads: &Squads<'_>,
    new: &New,
    agent: &Agent,
    done: &str,
) -> Result<(), Error> {
    let Some(prompt) = &new.prompt else {
        return Ok(());
    };
    match agent.lost_prompt(prompt) {
        Some(false) => Ok(()),
        Some(true) => Err(verify::lost_prompt(squads, done, agent.id.as_deref())),
        None => {
            if agent.id.is_some() {
                verify::missed(&squads.session, "prompt", Some(prompt), None);
            }
            Ok(())
        }
    }
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.squad.open(context)?.with(self.secrets);
        squads.session.declare(AGENT)?;
        let squad = squads.squad()?;
        let new = self.profile.read(&squads, Some(self.adapter)).await?;
        let create = Create { squad, new: &new };
        let check = squads.command("agents", "");
        let created = squads.change_in_either(&create, &check).await;
        let created = created.map_err(|error| match error.exit() {
            Exit::Conflict => error
                .hint("the name may be taken in the squad, or the squad requires approval for new agents")
                .next("request approval", squads.command("hire", "--help")),
            _ => error,
        })?;
        if let Some((reply, _)) = created {
            let reply = squads.redact(reply)?;
            squads.session.show(&reply, AGENT)?;
            if reply.value.id.is_none() {
                let ui = squads.session.ui();
                ui.warn("the response does not show the agent");
                ui.next("check whether it exists", &check);
                return Ok(Exit::Success);
            }
            compare(&squads, &new, &reply.value);
            check_prompt(&squads, &new, &reply.value, "the agent was created")?;
            if let Some(id) = reply.value.id.as_ref().and_then(|id| id.parse().ok()) {
                let key = format!("{} --name NAME", squads.about("create-key", &id));
                squads.session.ui().next("create a key for it", &key);
            }
        }
        Ok(Exit::Success)
    }
}
