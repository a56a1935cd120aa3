//! Shows an agent's reports about itself. Shared by `manifest`, `environment`, and `connectivity`.

use crate::api::Id;
use crate::api::workspaces::{Aspect, Introspect};
use crate::error::{Error, Exit};
use crate::session::{Context, Session};

/// The agent to show.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct AgentArg {
    /// Agent ID
    #[arg(value_name = "AGENT")]
    agent: Id,
}

impl AgentArg {
    /// Reads one aspect of the agent. `None` in a dry run.
    pub(super) async fn read(
        &self,
        session: &Session<'_>,
        aspect: Aspect,
    ) -> Result<Option<Box<str>>, Error> {
        let introspect = Introspect {
            agent: &self.agent,
            aspect,
        };
        let reply = session.get(&introspect).await?;
        Ok(reply.map(|reply| reply.document.get().into()))
    }

    /// Shows one aspect as it was read.
    pub(super) fn show(&self, session: &Session<'_>, document: &str) -> Result<(), Error> {
        session.show_document(document, Some(self.agent.as_str()))
    }

    /// Reads and shows one aspect of the agent.
    pub(super) async fn run(self, context: &Context, aspect: Aspect) -> Result<Exit, Error> {
        let session = context.open()?;
        if let Some(document) = self.read(&session, aspect).await? {
            self.show(&session, &document)?;
        }
        Ok(Exit::Success)
    }
}
