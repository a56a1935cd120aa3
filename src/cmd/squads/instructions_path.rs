//! `xeroctl squads instructions-path`.

use super::squad_session::{AgentTarget, Secrets};
use super::verify;
use crate::api::squads::instructions::{Location, SetPath};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;
use crate::view::column::{Cell, Column};

/// Set or clear the path of an agent's instructions file, such as AGENTS.md (operator key required)
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads instructions-path Coder agents/coder/AGENTS.md")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    #[command(flatten)]
    secrets: Secrets,
    /// Path of the file in the agent's repository
    #[arg(value_name = "PATH", value_parser = values::text)]
    path: Option<String>,
    /// Clear the path
    #[arg(long, conflicts_with = "path")]
    clear: bool,
    /// Adapter setting for the path (required for adapters without a default one, such as `process`)
    #[arg(long, value_name = "KEY", value_parser = values::text)]
    adapter_config_key: Option<String>,
}

const LOCATION: &[Column<Location>] = &[
    Column::id("AGENT", |location| Cell::from(&location.agent)),
    Column::text("PATH", |location| Cell::from(&location.path)),
    Column::text("ADAPTER_CONFIG_KEY", |location| {
        Cell::from(&location.config_key)
    }),
];

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 without a path to set or `--clear`; otherwise as the request.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        if self.path.is_none() && !self.clear {
            return Err(Error::usage(
                "`squads instructions-path` needs PATH or `--clear`",
            ));
        }
        let (squads, agent) = self.target.open_for(context, LOCATION).await?;
        let squads = squads.with(self.secrets);
        let set = SetPath {
            agent: agent.as_str(),
            path: self.path.as_deref(),
            config_key: self.adapter_config_key.as_deref(),
        };
        let show = squads.about("show", &agent);
        let session = &squads.session;
        let changed = squads.change_in_either(&set, &show).await;
        let changed = changed.map_err(|error| match error.api_error().http_status {
            Some(400) if self.clear => error.hint("this server may have no way to clear the path"),
            Some(422) if self.path.is_some() => error.hint(
                "try an absolute path, or name the adapter's setting: --adapter-config-key KEY",
            ),
            _ => error,
        })?;
        let Some((reply, left_out)) = changed else {
            return Ok(Exit::Success);
        };
        let reply = squads.redact_agent(reply)?;
        let now = &reply.value;
        if now.agent.is_some() && (now.path.is_some() || self.clear) {
            session.show(&reply, LOCATION)?;
        } else {
            let (done, sentence) = match &self.path {
                Some(path) => (
                    "set",
                    format!("Set the instructions path of agent {agent} to {path}."),
                ),
                None => (
                    "cleared",
                    format!("Cleared the instructions path of agent {agent}."),
                ),
            };
            session.done(&reply, agent.as_str(), done, &sentence)?;
        }
        match (&self.path, now.path.as_deref()) {
            (Some(path), kept) => {
                // The server resolves a relative path.
                let resolved = format!("/{}", path.trim_start_matches("./"));
                let is_resolved = |kept: &&str| kept.starts_with('/') && kept.ends_with(&resolved);
                let kept = kept.filter(|kept| !is_resolved(kept));
                verify::compare(session, &[("path", Some(path), kept)]);
            }
            (None, Some(kept)) => session
                .ui()
                .warn(&format!("the path was not cleared; it is now {kept}")),
            (None, None) => {}
        }
        if let Some(key) = set.config_key {
            let is_left_out = left_out.iter().any(|name| name == "adapterConfigKey");
            if is_left_out {
                session.ui().warn(&format!(
                    "the server does not support --adapter-config-key: {key} was not sent"
                ));
            }
            let kept = now.config_key.as_deref();
            verify::compare(session, &[("adapter setting", Some(key), kept)]);
        }
        session.ui().next("show it", &show);
        Ok(Exit::Success)
    }
}
