//! `xeroctl squads hire`.

use super::agent::AGENT;
use super::create::{Profile, check_prompt, compare};
use super::squad_session::{Secrets, SquadArgs};
use super::verify;
use crate::api::squads::hires::{Hire, Hired};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::session::Context;
use crate::view::column::{Cell, Column};

/// Request a new agent, subject to approval by an operator of the squads server
///
/// Exits with 8 and shows the approval ID if approval is required; otherwise exits with 0 and shows the agent.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads hire --name Coder --role engineer --reason 'too many bugs'
  xeroctl squads hire --name Tester --role qa --adapter process -o json \\
    | jq -r '.approvalId // .approval.id'")]
pub struct Args {
    #[command(flatten)]
    profile: Profile,
    /// Reason shown to the reviewer
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = values::text)]
    reason: Option<String>,
    /// Adapter that runs the agent, such as `claude_local`, `codex_local`, `gemini_local`, `process`, or `http`
    #[arg(long, value_name = "TYPE", value_parser = values::text)]
    adapter: Option<String>,
    #[command(flatten)]
    squad: SquadArgs,
    #[command(flatten)]
    secrets: Secrets,
}

/// The columns of a hire request.
const HIRED: &[Column<Hired>] = &[
    Column::id("APPROVAL", |hired| Cell::from(&hired.approval_id)),
    Column::state("STATUS", |hired| Cell::from(&hired.status)),
    Column::text("AGENT", |hired| Cell::from(&hired.agent.id)),
    Column::text("NAME", |hired| Cell::from(&hired.agent.name)),
];

/// The names of the omitted members of the body, without those that repeat another one.
fn not_sent(left_out: &[String]) -> Vec<&'static str> {
    const MEMBERS: [(&str, &str); 5] = [
        ("title", "title"),
        ("adapterType", "adapter"),
        ("reportsToAgentId", "manager"),
        ("prompt", "prompt"),
        ("desiredSkills", "skills"),
    ];
    let is_left_out = |(member, _): &(&str, &str)| left_out.iter().any(|name| name == member);
    let lost = MEMBERS.into_iter().filter(is_left_out);
    lost.map(|(_, what)| what).collect()
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.squad.open(context)?.with(self.secrets);
        squads.session.declare(AGENT)?;
        let squad = squads.squad()?;
        let new = self.profile.read(&squads, self.adapter).await?;
        let hire = Hire {
            squad,
            new: &new,
            reason: self.reason.as_deref(),
        };
        let check = squads.command("agents", "");
        let Some((reply, left_out)) = squads.change_in_either(&hire, &check).await? else {
            return Ok(Exit::Success);
        };
        let reply = squads.redact(reply)?;
        let (hired, session) = (&reply.value, &squads.session);
        let ui = session.ui();
        if !hired.is_pending() && hired.agent.id.is_none() {
            session
                .renderer()
                .record(AGENT, &hired.agent, reply.document.get())?;
            ui.warn("the response shows neither an agent nor an approval");
            ui.next("check whether there is an agent", &check);
            return Ok(Exit::Success);
        }
        if !hired.is_pending() {
            session
                .renderer()
                .record(AGENT, &hired.agent, reply.document.get())?;
            compare(&squads, &new, &hired.agent);
            ui.note("the agent was created immediately: the squad requires no approval");
            if self.reason.is_some() && hired.reason.is_none() {
                ui.warn("the reason was not kept, because there is no approval to show it");
            }
            check_prompt(&squads, &new, &hired.agent, "the agent was created")?;
            if let Some(id) = hired.agent.id.as_ref().and_then(|id| id.parse().ok()) {
                ui.next("show it", &squads.about("show", &id));
            }
            return Ok(Exit::Success);
        }
        session.show(&reply, HIRED)?;
        compare(&squads, &new, &hired.agent);
        let reason = (self.reason.as_deref(), hired.reason.as_deref());
        verify::compare(session, &[("reason", reason.0, reason.1)]);
        if hired.shows_approval {
            verify::missed(session, "reason", reason.0, reason.1);
        }
        let lost = not_sent(&left_out);
        if !lost.is_empty() {
            ui.warn(&format!(
                "this server's hire requests accept only a name, a role, and a reason; not sent: {}",
                lost.join(", ")
            ));
        }
        let approval = hired.approval_id.as_deref().unwrap_or("without an ID");
        ui.note(&format!(
            "pending: an operator of the squads server must decide on the approval {approval}"
        ));
        if new.prompt.is_some() && lost.contains(&"prompt") {
            let done = format!("the hire was requested (approval {approval})");
            return Err(verify::lost_prompt(&squads, &done, None).next(
                "set it once the agent is approved",
                squads.command("update", "AGENT --prompt @FILE"),
            ));
        }
        check_prompt(
            &squads,
            &new,
            &hired.agent,
            &format!("the hire was requested (approval {approval})"),
        )?;
        ui.next("list the squad's agents", &check);
        Ok(Exit::Pending)
    }
}
