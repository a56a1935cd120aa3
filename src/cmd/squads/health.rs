//! `xeroctl squads health`.

use super::squad_session::Server;
use crate::api::squads::health::{Get, WhoAmI};
use crate::error::{Error, Exit};
use crate::session::{Context, Session};

/// Show the squads server's health and whether it accepts the key
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads health
  xeroctl squads health --squads-url http://localhost:3100
  xeroctl squads health -o json | jq .version")]
pub struct Args {
    #[command(flatten)]
    server: Server,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.server.open(context, false)?;
        let session = &squads.session;
        if let Some(reply) = session.get(&Get).await? {
            session.show_document(reply.document.get(), Some(session.base_url()))?;
            if session.has_key() {
                print_key_owner(session).await?;
            }
        }
        Ok(Exit::Success)
    }
}

/// Reports whom the server takes the key for. One that trusts everyone does not even look at it.
async fn print_key_owner(session: &Session<'_>) -> Result<(), Error> {
    let ui = session.ui();
    match session.get(&WhoAmI).await {
        Ok(Some(reply)) => match reply.value.source.as_deref() {
            Some(source) if source.starts_with("local") => ui.warn(&format!(
                "the server did not look at the key ({source}): whoever reaches it is its operator"
            )),
            Some(source) => ui.note(&format!("the server took the key: {source}")),
            None => {}
        },
        Ok(None) => {}
        Err(error) => match error.exit() {
            Exit::Auth => ui.warn(&format!(
                "the server does not take the key for an operator's: {}",
                error.message()
            )),
            exit if exit.is_by_signal() => return Err(error),
            // The server's page does not know this route.
            _ => {}
        },
    }
    Ok(())
}
