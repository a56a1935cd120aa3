//! `xeroctl squads health`.

use super::place::Server;
use crate::api::squads::health::{Get, WhoAmI};
use crate::error::{Error, Exit};
use crate::session::{Context, Session};

/// Show whether the squads server is well, and tell whether it looks at the key
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
    ///
    /// # Errors
    /// Whatever the server or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.server.open(context, false)?;
        let session = &squads.session;
        if let Some(reply) = session.fetch(&Get).await? {
            session.show_object(reply.document.get(), session.base_url())?;
            if session.has_key() {
                tell_whose(session).await?;
            }
        }
        Ok(Exit::Done)
    }
}

/// Tells whom the server takes the key for. One that trusts everybody does not even look at it.
async fn tell_whose(session: &Session<'_>) -> Result<(), Error> {
    let ui = session.ui();
    match session.fetch(&WhoAmI).await {
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
            Exit::Interrupted | Exit::Terminated => return Err(error),
            // The server's page does not know this route.
            _ => {}
        },
    }
    Ok(())
}
