//! `xeroctl squads delete`.

use super::destructive_target;
use super::squad_session::{AgentTarget, Secrets};
use crate::api::squads::agents::Delete;
use crate::error::{Error, Exit};
use crate::session::{Consent, Context};

/// Delete an agent and its records
///
/// The server can't delete an agent with costs or hire requests; terminate it instead.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads delete Coder
  xeroctl squads delete 3fcb87f5-40bf-4e11-b004-a986b1c8cef0 --force")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    #[command(flatten)]
    secrets: Secrets,
    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 16 without consent; otherwise as the request.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, target) = destructive_target::open(&self.target, context, self.force).await?;
        let agent = target.id;
        let squads = squads.with(self.secrets);
        let session = &squads.session;
        let question = format!(
            "Delete agent {} and all its records from {}?",
            target.label,
            session.place()
        );
        session.confirm(&question, &Consent::Yes, self.force)?;
        let show = squads.about("show", &agent);
        let deleted = session.change(&Delete(agent.as_str()), &show).await;
        let deleted = deleted.map_err(|error| {
            if error.api_error().http_status == Some(500) {
                squads.with_run_cause(error)
                    .hint("an agent with costs or hire requests can't be deleted, but it can be terminated")
                    .next("terminate it", squads.about("terminate", &agent))
            } else {
                squads.advise_change(error, &show)
            }
        })?;
        if let Some(reply) = deleted {
            let reply = squads.redact_agent(reply)?;
            let sentence = format!("Deleted agent {agent}.");
            session.done(&reply, agent.as_str(), "deleted", &sentence)?;
            let left = squads.command("agents", "");
            session.ui().next("list the remaining agents", &left);
        }
        Ok(Exit::Success)
    }
}
