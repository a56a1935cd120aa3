//! What `manifest`, `environment` and `connectivity` have in common.

use crate::api::Id;
use crate::api::workspaces::{Aspect, Introspect};
use crate::error::{Error, Exit};
use crate::session::Context;

/// The agent that is asked.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct Asked {
    /// The agent's id
    #[arg(value_name = "AGENT")]
    agent: Id,
}

impl Asked {
    /// Shows what the agent tells of itself.
    ///
    /// # Errors
    /// Whatever the router or the network made of it.
    pub(super) async fn show(self, context: &Context, aspect: Aspect) -> Result<Exit, Error> {
        let session = context.open()?;
        let introspect = Introspect {
            agent: &self.agent,
            aspect,
        };
        if let Some(reply) = session.fetch(&introspect).await? {
            session.show_object(reply.document.get(), self.agent.as_str())?;
        }
        Ok(Exit::Done)
    }
}
