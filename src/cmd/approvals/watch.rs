//! `xeroctl approvals watch`.

use std::time::Duration;

use super::interactive::{Choice, decide_on};
use super::list::APPROVAL;
use super::new_approvals::NewApprovals;
use crate::api::approvals::{List, Risk};
use crate::api::page::ListEndpoint as _;
use crate::cmd::live_feed::Printer;
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;

/// Print pending approvals, then new ones as they arrive
///
/// Runs until Ctrl-C or --timeout (exit code 14). With --interactive, each approval is shown with a prompt: `a` approves
/// it, `r` rejects it, and `s` skips it.
///
/// To see also what becomes of approvals, use `approvals list --watch`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl approvals watch
  xeroctl approvals watch --risk irreversible --bell
  xeroctl approvals watch --interactive
  xeroctl approvals watch -o ndjson | jq -r .id")]
pub struct Args {
    /// Only approvals with this risk
    #[arg(long, value_name = "RISK", value_parser = Risk::WORDS)]
    risk: Option<String>,
    /// Prompt for a decision on each approval
    #[arg(long)]
    interactive: bool,
    /// Ring the terminal bell for new approvals
    #[arg(long)]
    bell: bool,
    /// Polling interval, from 500ms to 60s [default: 2s; 15s once the event stream reports approvals]
    #[arg(long, value_name = "DURATION", value_parser = values::interval)]
    interval: Option<Duration>,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let session = context.open()?;
        session.declare(APPROVAL)?;
        let list = List {
            risk: self.risk.as_deref(),
        };
        if session.is_dry() {
            session.plan(&[list.request()])?;
            return Ok(Exit::Success);
        }
        if self.interactive {
            session.check_protection()?;
        }
        if self.interactive && !context.is_interactive() {
            return Err(context.cannot_prompt(&context.line.without("--interactive", false)));
        }
        let mut new_approvals = NewApprovals::new(&session, list, self.interval)?;
        let mut printer = Printer::new(&session, APPROVAL).prompting(self.interactive);
        printer
            .follow(
                async || new_approvals.next().await,
                async |printer, arrived| {
                    if self.bell && !arrived.is_empty() {
                        session.ui().bell();
                    }
                    for (approval, document) in arrived {
                        if self.interactive {
                            let id = approval.id.as_deref().unwrap_or_default();
                            decide_on(&session, id, Choice::Ask).await?;
                        } else {
                            printer.print(&approval, document.get())?;
                        }
                    }
                    Ok(())
                },
            )
            .await
    }
}
