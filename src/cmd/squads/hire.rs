//! `xeroctl squads hire`.

use super::agent::AGENT;
use super::asked;
use super::create::{Profile, compare};
use super::place::{Place, Secrets};
use crate::api::squads::hires::{Hire, Hired};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;
use crate::view::column::{Cell, Column};

/// Ask for an agent to be hired, which an operator of the squads server may have to approve
///
/// Ends with 8 and the approval's id while somebody has to decide, and with 0 and the agent where the squad wants no
/// approval.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads hire --name Coder --role engineer --reason 'too many bugs'
  xeroctl squads hire --name Tester --role qa --adapter process -o json \\
    | jq -r '.approvalId // .approval.id'")]
pub struct Args {
    #[command(flatten)]
    profile: Profile,
    /// Why, for whoever decides
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = values::text)]
    reason: Option<String>,
    /// What runs it: `claude_local`, `codex_local`, `gemini_local`, `process`, `http` or another one
    #[arg(long, value_name = "TYPE", value_parser = values::text)]
    adapter: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    secrets: Secrets,
}

/// What is shown of a request to hire.
const HIRED: &[Column<Hired>] = &[
    Column::id("APPROVAL", |hired| Cell::from(&hired.approval_id)),
    Column::state("STATUS", |hired| Cell::from(&hired.status)),
    Column::text("AGENT", |hired| Cell::from(&hired.agent.id)),
    Column::text("NAME", |hired| Cell::from(&hired.agent.name)),
];

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Whatever the server or the network made of it.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.place.open(context)?.with(self.secrets);
        let squad = squads.squad()?;
        let new = self.profile.read(&squads, self.adapter).await?;
        let hire = Hire {
            squad,
            new: &new,
            reason: self.reason.as_deref(),
        };
        let check = squads.command("agents", "");
        let Some(reply) = squads.apply(&hire, &check).await? else {
            return Ok(Exit::Done);
        };
        let reply = squads.veil(reply)?;
        let (hired, session) = (&reply.value, &squads.session);
        let ui = session.ui();
        if !hired.is_pending() && hired.agent.id.is_none() {
            session.show_as(&hired.agent, reply.document.get(), AGENT)?;
            ui.warn("the answer shows neither an agent nor an approval");
            ui.next("whether there is an agent", &check);
            return Ok(Exit::Done);
        }
        if !hired.is_pending() {
            session.show_as(&hired.agent, reply.document.get(), AGENT)?;
            compare(&squads, &new, &hired.agent);
            ui.note("the agent was created at once: the squad wants no approval");
            if let Some(id) = hired.agent.id.as_ref().and_then(|id| id.parse().ok()) {
                ui.next("look at it", &squads.about("show", &id));
            }
            return Ok(Exit::Done);
        }
        session.show(&reply, HIRED)?;
        compare(&squads, &new, &hired.agent);
        let reason = (self.reason.as_deref(), hired.reason.as_deref());
        asked::compare(session, &[("reason", reason.0, reason.1)]);
        if hired.shows_approval {
            asked::missed(session, "reason", reason.0, reason.1);
        }
        let approval = hired.approval_id.as_deref().unwrap_or("without an id");
        ui.note(&format!(
            "pending: an operator of the squads server has to decide on the approval {approval}"
        ));
        ui.next("the squad's agents", &check);
        Ok(Exit::Pending)
    }
}
