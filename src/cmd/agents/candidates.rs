//! `xeroctl agents candidates`: workers that are pending admission to an agent's serving pool.

use crate::api::Id;
use crate::api::candidates::{Candidate, Decide, Decision, List};
use crate::api::page::ListParams;
use crate::command_line;
use crate::error::{Error, Exit};
use crate::session::{Context, ListText};
use crate::view::column::{Cell, Column};

/// List, approve, and reject candidate workers of an agent
#[derive(clap::Args)]
#[command(
    subcommand_value_name = "COMMAND",
    subcommand_help_heading = "Commands",
    arg_required_else_help = false,
    after_help = "\
Examples:
  xeroctl agents candidates list agt_abc123
  xeroctl agents candidates approve agt_abc123 cand_xyz789
  xeroctl agents candidates reject agt_abc123 cand_xyz789"
)]
pub struct Args {
    #[command(subcommand)]
    subcommand: Subcommand,
}

#[derive(clap::Subcommand)]
enum Subcommand {
    /// List an agent's candidates
    #[command(after_help = "\
Examples:
  xeroctl agents candidates list agt_abc123
  xeroctl agents candidates list agt_abc123 -o json | jq '.data[].status'")]
    List {
        /// Agent ID
        #[arg(value_name = "AGENT")]
        agent: Id,
    },
    /// Admit a candidate to the agent's serving pool
    #[command(after_help = "\
Examples:
  xeroctl agents candidates approve agt_abc123 cand_xyz789")]
    Approve(CandidateArgs),
    /// Reject a candidate
    #[command(after_help = "\
Examples:
  xeroctl agents candidates reject agt_abc123 cand_xyz789")]
    Reject(CandidateArgs),
}

#[derive(clap::Args)]
struct CandidateArgs {
    /// Agent ID
    #[arg(value_name = "AGENT")]
    agent: Id,
    /// Candidate ID
    #[arg(value_name = "CANDIDATE")]
    candidate: Id,
    /// No effect; accepted for script compatibility
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

/// The columns of a candidate, spelled as documented.
pub(crate) const CANDIDATE: &[Column<Candidate>] = &[
    Column::id("ID", |candidate| Cell::from(&candidate.id)),
    Column::state("Status", |candidate| Cell::from(&candidate.status)),
    Column::text("Agent", |candidate| Cell::from(&candidate.agent_id)),
    Column::text("Created", |candidate| Cell::from(&candidate.created_at)),
];

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        match self.subcommand {
            Subcommand::List { agent } => {
                let text = ListText {
                    empty: "no candidates for this agent",
                    paged: false,
                };
                let list = List(&agent);
                let session = context.open()?;
                let span = ListParams::default();
                let listed = session
                    .list(&list, CANDIDATE, &span, &text, |_, _| ())
                    .await;
                super::explained(&session, listed, &agent).await
            }
            Subcommand::Approve(target) => decide(&target, Decision::Approve, context).await,
            Subcommand::Reject(target) => decide(&target, Decision::Reject, context).await,
        }
    }
}

async fn decide(
    target: &CandidateArgs,
    decision: Decision,
    context: &Context,
) -> Result<Exit, Error> {
    let CandidateArgs {
        agent,
        candidate,
        force: _,
    } = target;
    let session = context.open()?;
    let decide = Decide {
        agent,
        candidate,
        decision,
    };
    let list = format!(
        "agents candidates list {}",
        command_line::id(agent.as_str())
    );
    let reply = session.change(&decide, &list).await;
    if let Some(reply) = super::explained(&session, reply, agent).await? {
        let (done, sentence) = match decision {
            Decision::Approve => ("approved", format!("Approved candidate {candidate}.")),
            Decision::Reject => ("rejected", format!("Rejected candidate {candidate}.")),
        };
        session.done(&reply, candidate.as_str(), done, &sentence)?;
        session.ui().next("list the candidates", &list);
    }
    Ok(Exit::Success)
}
