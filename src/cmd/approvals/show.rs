//! `xeroctl approvals show`.

use super::digest::{self, Digest};
use crate::api::approvals::{self, Approval, Get};
use crate::api::{Id, tools};
use crate::cmd::exec::tool_show;
use crate::error::{Error, Exit};
use crate::json;
use crate::line;
use crate::session::{Context, Session};
use crate::view::Format;
use crate::view::column::{Cell, Column};

/// Show what an approval would let run: the tool, its risk, and the arguments beside the tool's schema
///
/// The digest stands for tool, workspace and arguments. Given to `approve --expect`, it makes sure that what is
/// approved is what was seen here.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals show apr_5a6b7c8d
  xeroctl approvals show apr_5a6b7c8d -o json | jq .args")]
pub struct Args {
    /// The approval's id
    #[arg(value_name = "APPROVAL")]
    id: Id,
}

/// An approval with its digest.
pub(super) struct Seen {
    approval: Approval,
    digest: Digest,
    /// The lines of the arguments.
    args: Vec<String>,
}

const SEEN: &[Column<Seen>] = &[
    Column::id("ID", |seen| Cell::from(&seen.approval.id)),
    Column::state("STATUS", |seen| Cell::from(&seen.approval.status)),
    Column::state("RISK", |seen| Cell::from(&seen.approval.risk)),
    Column::text("TOOL", |seen| Cell::from(&seen.approval.tool_name)),
    Column::text("WORKSPACE", |seen| Cell::from(&seen.approval.workspace_id)),
    Column::text("AGENT", |seen| Cell::from(&seen.approval.agent_id)),
    Column::text("INVOCATION", |seen| {
        Cell::from(&seen.approval.invocation_id)
    }),
    Column::text("REQUESTED_BY", |seen| {
        Cell::from(&seen.approval.requested_by)
    }),
    Column::text("CREATED", |seen| Cell::from(&seen.approval.created_at)),
    Column::text("EXPIRES", |seen| Cell::from(&seen.approval.expires_at)),
    Column::text("RESOLVED", |seen| Cell::from(&seen.approval.resolved_at)),
    Column::text("RESOLVED_BY", |seen| Cell::from(&seen.approval.resolved_by)),
    Column::text("NOTE", |seen| Cell::from(&seen.approval.resolution_note)),
    Column::text("ARGS", |seen| Cell::Lines(&seen.args)),
    Column::text("DIGEST", |seen| seen.digest.to_string().into()),
];

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 17 when the answer can be read in two ways; whatever else the router or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        let Some(reply) = session.fetch(&Get(&self.id)).await? else {
            return Ok(Exit::Done);
        };
        let is_pending = reply.value.is_pending();
        let needs_name = approvals::needs_the_name(reply.value.risk.as_deref());
        let tool = reply.value.tool_name.clone();
        let digest = show(&session, reply.value, reply.document.get()).await?;
        let id = line::id(self.id.as_str());
        let ui = session.ui();
        // What names no tool can't be approved by its name.
        if is_pending && needs_name && tool.is_none() {
            ui.warn("the router names no tool, so this can't be approved");
            ui.next("reject it", &format!("approvals reject {id}"));
        } else if is_pending {
            let tool = tool.filter(|_| needs_name).unwrap_or_default();
            let confirm = if tool.is_empty() {
                String::new()
            } else {
                format!("--confirm {} ", line::quote(&tool))
            };
            let approve = format!("approvals approve --expect {digest} {confirm}{id}");
            ui.next("approve exactly this", &approve);
            ui.next("reject it", &format!("approvals reject {id}"));
        }
        Ok(Exit::Done)
    }
}

/// Shows an approval, and the schema of its tool where a human reads.
pub(super) async fn show(
    session: &Session<'_>,
    approval: Approval,
    document: &str,
) -> Result<Digest, Error> {
    let digest = digest::of(document)?;
    let args = approval.args.as_deref();
    let on_terminal = session.look.on_terminal();
    let lines = args.map_or_else(Vec::new, |args| {
        if on_terminal {
            let text = json::indented(args);
            text.lines().map(str::to_owned).collect()
        } else {
            vec![json::compact(args)]
        }
    });
    let tool = approval.tool_name.clone();
    let seen = Seen {
        approval,
        digest: digest.clone(),
        args: lines,
    };
    session.show_as(&seen, document, SEEN)?;
    if matches!(session.look.format, Format::Table | Format::Wide)
        && let Some(tool) = tool
    {
        match session.fetch(&tools::Get(&tool)).await {
            Ok(Some(reply)) => {
                let text = tool_show::parameters(session, &reply.value);
                session.ui().print(&text)?;
            }
            Ok(None) => {}
            Err(error) if matches!(error.exit(), Exit::Interrupted | Exit::Terminated) => {
                return Err(error);
            }
            Err(error) => {
                let why = error.message();
                session
                    .ui()
                    .note(&format!("the schema of {tool} can't be shown: {why}"));
            }
        }
    }
    Ok(digest)
}
