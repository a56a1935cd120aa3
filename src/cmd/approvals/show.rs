//! `xeroctl approvals show`.

use super::decide;
use super::digest::{self, Digest};
use crate::api::approvals::{self, Approval, Get};
use crate::api::{Id, tools};
use crate::cmd::exec::tool_show;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::json;
use crate::session::{Context, Session};
use crate::view::column::{Cell, Column};

/// Show an approval: the tool, its risk, and its arguments
///
/// The digest identifies the tool, workspace, and arguments. Pass it to `approve --expect` to approve exactly this call.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals show apr_5a6b7c8d
  xeroctl approvals show apr_5a6b7c8d -o json | jq .args")]
pub struct Args {
    /// Approval ID
    #[arg(value_name = "APPROVAL")]
    id: Id,
}

/// An approval with its digest.
pub(crate) struct ApprovalDetail {
    approval: Approval,
    digest: Digest,
    /// The lines of the arguments.
    args: Vec<String>,
}

pub(crate) const SEEN: &[Column<ApprovalDetail>] = &[
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

impl ApprovalDetail {
    fn new(approval: Approval, document: &str, on_terminal: bool) -> Result<Self, Error> {
        let args = approval.args.as_deref();
        let args = args.map_or_else(Vec::new, |args| {
            if on_terminal {
                let text = json::indented(args);
                text.lines().map(str::to_owned).collect()
            } else {
                vec![json::compact(args)]
            }
        });
        Ok(Self {
            digest: digest::of(document)?,
            approval,
            args,
        })
    }
}

/// Reads an approval with its digest, for a terminal.
pub(crate) async fn read(session: &Session<'_>, id: &Id) -> Result<ApprovalDetail, Error> {
    let reply = decide::read(session, id).await?;
    ApprovalDetail::new(reply.value, reply.document.get(), true)
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 17 if the response is ambiguous.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        session.declare(SEEN)?;
        let Some(reply) = session.get(&Get(&self.id)).await? else {
            return Ok(Exit::Success);
        };
        let is_pending = reply.value.is_pending();
        let needs_name = approvals::needs_the_name(reply.value.risk.as_deref());
        let tool = reply.value.tool_name.clone();
        let digest = show(&session, reply.value, reply.document.get()).await?;
        let id = command_line::id(self.id.as_str());
        let ui = session.ui();
        // Without a tool name, the approval can't be confirmed.
        if is_pending && needs_name && tool.is_none() {
            ui.warn("the router's response has no tool name, so this can't be approved");
            ui.next("reject it", &format!("approvals reject {id}"));
        } else if is_pending {
            let tool = tool.filter(|_| needs_name).unwrap_or_default();
            let confirm = if tool.is_empty() {
                String::new()
            } else {
                format!("--confirm {} ", command_line::quote(&tool))
            };
            let approve = format!("approvals approve --expect {digest} {confirm}{id}");
            ui.next("approve exactly this call", &approve);
            ui.next("reject it", &format!("approvals reject {id}"));
        }
        Ok(Exit::Success)
    }
}

/// Shows an approval. In formats for people, the schema of its tool follows.
pub(super) async fn show(
    session: &Session<'_>,
    approval: Approval,
    document: &str,
) -> Result<Digest, Error> {
    let tool = approval.tool_name.clone();
    let args = approval.args.clone();
    let on_terminal = session.render_options.on_terminal();
    let seen = ApprovalDetail::new(approval, document, on_terminal)?;
    session.renderer().record(SEEN, &seen, document)?;
    if !session.render_options.format.is_machine()
        && let Some(tool) = tool
    {
        match session.get(&tools::Get(&tool)).await {
            Ok(Some(reply)) => {
                tool_show::show_parameters(session, &reply.value, args.as_deref())?;
            }
            Ok(None) => {}
            Err(error) if error.exit().is_by_signal() => {
                return Err(error);
            }
            Err(error) => {
                let why = error.message();
                session
                    .ui()
                    .note(&format!("could not read the schema of {tool}: {why}"));
            }
        }
    }
    Ok(seen.digest)
}
