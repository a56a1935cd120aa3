//! `xeroctl exec manifest`.

use super::introspect::AgentArg;
use super::tools::TOOL;
use crate::api::document::ListItem as _;
use crate::api::tools::Tool;
use crate::api::workspaces::Aspect;
use crate::error::{Error, Exit};
use crate::json::{self, Items, Members};
use crate::session::{Context, Session};
use crate::view::Format;

/// Show the tools that an execution agent publishes
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl exec manifest agt_abc123
  xeroctl exec manifest agt_abc123 -o wide   # with risk, domain, and timeout
  xeroctl exec manifest agt_abc123 -o json | jq '.tools[].name'")]
pub struct Args {
    #[command(flatten)]
    agent: AgentArg,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        session.declare(TOOL)?;
        let Some(manifest) = self.agent.read(&session, Aspect::Manifest).await? else {
            return Ok(Exit::Success);
        };
        let format = session.render_options.format;
        let is_list = matches!(format, Format::Table | Format::Wide | Format::Csv);
        if !is_list || !show_tools(&session, &manifest)? {
            self.agent.show(&session, &manifest)?;
        }
        Ok(Exit::Success)
    }
}

/// Shows the tools of a manifest as a table. False if it has none.
fn show_tools(session: &Session<'_>, manifest: &str) -> Result<bool, Error> {
    let is_tools = |name: &str| json::string(name) == "tools";
    let tools = Members::of(manifest).find(|(name, _)| is_tools(name));
    let tools = tools.map_or("[]", |(_, tools)| tools);
    let tools: Option<Vec<(&str, Tool)>> = Items::of(tools)
        .map(|item| Some((item, Tool::read(item)?)))
        .collect();
    let Some(tools) = tools.filter(|tools| !tools.is_empty()) else {
        return Ok(false);
    };
    let mut rows = session.renderer().rows(TOOL);
    for (item, tool) in tools {
        rows.row(item, || Ok(tool))?;
    }
    rows.end(&[])?;
    Ok(true)
}
