//! `xeroctl squads revoke-key`.

use super::squad_session::AgentTarget;
use crate::api::Id;
use crate::api::squads::keys::Revoke;
use crate::error::{Error, Exit};
use crate::session::{Consent, Context};

/// Revoke an agent's API key
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads revoke-key Coder 13281111-94df-4774-b516-8e5eb4db8e74
  xeroctl squads revoke-key Coder 13281111-94df-4774-b516-8e5eb4db8e74 -y")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    /// Key ID
    #[arg(value_name = "KEY")]
    key: Id,
    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 16 without consent; whatever the server or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, agent) = self.target.open(context).await?;
        let key = &self.key;
        let question = format!(
            "Revoke key {key} of agent {}? Whoever uses it is locked out.",
            self.target.told(&agent)
        );
        let session = &squads.session;
        session.confirm(&question, &Consent::Yes, self.force)?;
        let revoke = Revoke {
            agent: agent.as_str(),
            key: key.as_str(),
        };
        let keys = squads.about("keys", &agent);
        let revoked = squads.change(&revoke, &keys).await;
        let revoked = revoked.map_err(|error| match error.exit() {
            Exit::NotFound => error.next("the keys that there are", keys.clone()),
            _ => error,
        })?;
        if let Some(reply) = revoked {
            session.done(
                &reply,
                key.as_str(),
                "revoked",
                &format!("Revoked key {key}."),
            )?;
            session.ui().next("the agent's keys", &keys);
        }
        Ok(Exit::Success)
    }
}
