//! Showing what an agent reports about itself. Shared by `manifest`, `environment`, and `connectivity`.

use crate::api::Id;
use crate::api::workspaces::{Aspect, Introspect};
use crate::error::{Error, Exit};
use crate::session::Context;

/// The agent to show.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct AgentArg {
    /// Agent ID
    #[arg(value_name = "AGENT")]
    agent: Id,
}

impl AgentArg {
    /// Shows one aspect of the agent.
    pub(super) async fn show(self, context: &Context, aspect: Aspect) -> Result<Exit, Error> {
        let session = context.open()?;
        let introspect = Introspect {
            agent: &self.agent,
            aspect,
        };
        if let Some(reply) = session.get(&introspect).await? {
            session.show_document(reply.document.get(), Some(self.agent.as_str()))?;
        }
        Ok(Exit::Success)
    }
}
