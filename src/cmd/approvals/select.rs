//! Which approvals are decided: IDs, a file of IDs, or filters.

use crate::api::Id;
use crate::api::approvals::{Approval, List, Risk, STATUSES, same_status};
use crate::cmd::bulk::{self, BulkArgs, Target};
use crate::cmd::list_options::{is_any, warn_unknown_status};
use crate::cmd::values;
use crate::error::Error;
use crate::session::{Consent, Session};

/// Which approvals are wanted. Of the values of one option any may match; all options must.
#[derive(clap::Args, Clone, Debug, Default)]
#[group(skip)]
pub(super) struct ApprovalFilter {
    /// Only approvals with this risk
    #[arg(long, value_name = "RISK", value_parser = Risk::WORDS, help_heading = "Filters")]
    pub(super) risk: Option<String>,
    /// Only approvals with one of these statuses (comma-separated)
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = values::text, help_heading = "Filters")]
    status: Vec<String>,
    /// Only approvals in one of these workspaces (comma-separated)
    #[arg(long, value_name = "WORKSPACE", value_delimiter = ',', value_parser = values::text, help_heading = "Filters")]
    workspace: Vec<String>,
    /// Only approvals of runs on one of these agents (comma-separated)
    #[arg(long, value_name = "AGENT", value_delimiter = ',', value_parser = values::id, help_heading = "Filters")]
    agent: Vec<String>,
    /// Only approvals of one of these tools (comma-separated)
    #[arg(long, value_name = "TOOL", value_delimiter = ',', value_parser = values::tool, help_heading = "Filters")]
    tool: Vec<String>,
}

impl ApprovalFilter {
    /// Whether anything is filtered here, which the router can't do.
    pub(super) fn filters_here(&self) -> bool {
        let lists = [&self.status, &self.workspace, &self.agent, &self.tool];
        lists.iter().any(|list| !list.is_empty())
    }

    /// Warns of unknown words.
    pub(super) fn check(&self, session: &Session<'_>) {
        warn_unknown_status(session, &self.status, STATUSES);
    }

    fn has_status(&self, approval: &Approval) -> bool {
        let status = approval.status.as_deref();
        let is = |word: &String| status.is_some_and(|status| same_status(word, status));
        self.status.is_empty() || self.status.iter().any(is)
    }

    /// Whether an approval is wanted. The router has filtered by risk.
    pub(super) fn matches(&self, approval: &Approval) -> bool {
        self.has_status(approval)
            && is_any(&self.workspace, approval.workspace_id.as_ref())
            && is_any(&self.agent, approval.agent_id.as_ref())
            && is_any(&self.tool, approval.tool_name.as_ref())
    }
}

/// The options that select approvals.
#[derive(clap::Args, Clone, Debug)]
#[group(skip)]
pub(super) struct SelectArgs {
    /// Approval IDs
    #[arg(value_name = "APPROVAL")]
    pub(super) ids: Vec<Id>,
    #[command(flatten)]
    bulk: BulkArgs,
    #[command(flatten)]
    filter: ApprovalFilter,
}

impl SelectArgs {
    /// Checks that one way of selection was used.
    ///
    /// # Errors
    /// Exit 2 if none was, or more than one.
    pub(super) fn check(&self) -> Result<(), Error> {
        let has_filter = self.filter.filters_here() || self.filter.risk.is_some();
        self.bulk.check("approval", &self.ids, has_filter)
    }

    /// The IDs of the selected approvals; filters select pending ones, unless a status is given. None if there is nothing
    /// to do. `action` is the verb of the question: a single approval that was not named is asked about like several.
    ///
    /// # Errors
    /// Exit 6 if another number is expected; exit 16 without consent.
    pub(super) async fn resolve(
        &self,
        session: &Session<'_>,
        action: &str,
        force: bool,
    ) -> Result<Option<Vec<Id>>, Error> {
        self.filter.check(session);
        let describe = |approval: &Approval| {
            let is_pending = !self.filter.status.is_empty() || approval.is_pending();
            if !is_pending || !self.filter.matches(approval) {
                return None;
            }
            let id: Id = approval.id.as_deref()?.parse().ok()?;
            let subject = super::decide::summary(&id, approval);
            Some(Target { id, subject })
        };
        let list = List {
            risk: self.filter.risk.as_deref(),
        };
        let selected = self
            .bulk
            .resolve(session, "approval", &self.ids, &list, describe)
            .await?;
        let Some(selected) = selected else {
            return Ok(None);
        };
        let ids: Vec<Id> = selected.into_iter().map(|(target, _)| target.id).collect();
        bulk::check_count("approval", self.bulk.expect_count, ids.len())?;
        match &ids[..] {
            [] => {
                session.show_no_match("approvals")?;
                return Ok(None);
            }
            [id] if self.ids.is_empty() => {
                let question = format!("{action} {id} in {}?", session.place());
                session.confirm(&question, &Consent::Word("1"), force)?;
            }
            _ => {}
        }
        Ok(Some(ids))
    }
}
