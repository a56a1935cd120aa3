//! `xeroctl agents --delete`: removes the records of one agent or of several.

use super::selection::SelectArgs;
use super::{command, explained, subject};
use crate::api::Id;
use crate::api::agents::Delete;
use crate::api::request::{Endpoint, Nothing, Request};
use crate::cmd::bulk::{self, Target, counted};
use crate::error::{Error, Exit};
use crate::session::{ActionLabels, Consent, Session};

/// The agents to delete.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DeleteArgs {
    pub(super) select: SelectArgs,
    pub(super) concurrency: usize,
    pub(super) force: bool,
}

/// How the results are labeled.
const LABELS: ActionLabels<'static> = ActionLabels {
    done: "deleted",
    sentence: "Deleted agent",
    place: "",
    noun: "agent",
};

/// The deletion of an agent whose ID it owns.
struct Deletion(Id);

impl Endpoint for Deletion {
    type Reply = Nothing;

    fn request(&self) -> Request {
        Delete(&self.0).request()
    }
}

impl DeleteArgs {
    /// Deletes.
    ///
    /// # Errors
    /// Exit 6 if another number of agents is expected; exit 16 without consent.
    pub(super) async fn run(self, session: &Session<'_>) -> Result<Exit, Error> {
        if let Some(id) = self.select.only_id() {
            return delete_one(session, id, self.force).await;
        }
        let Some(selected) = self.select.resolve(session).await? else {
            return Ok(Exit::Success);
        };
        let targets: Vec<Target> = selected.into_iter().map(|(target, _)| target).collect();
        let expected = self.select.bulk.expect_count;
        bulk::check_count("agent", expected, targets.len())?;
        if targets.is_empty() {
            session.show_no_match("agents")?;
            return Ok(Exit::Success);
        }
        let agents = counted(targets.len(), "agent");
        let question = format!("Delete {agents} from {}?", session.place());
        bulk::confirm(session, &targets, "agent", &question, self.force)?;
        let ids: Vec<Id> = targets.into_iter().map(|target| target.id).collect();
        let endpoint = |id: &Id| Ok(Deletion(id.clone()));
        let check = |id: &Id| command(id.as_str(), "");
        let batch = session
            .apply_batch(&ids, self.concurrency, &LABELS, endpoint, check)
            .await?;
        if !batch.done.is_empty() {
            session.ui().next("list the remaining agents", "agents");
        }
        Ok(batch.exit)
    }
}

async fn delete_one(session: &Session<'_>, id: &Id, force: bool) -> Result<Exit, Error> {
    let subject = subject(session, id, force).await?;
    let question = format!("Delete {subject} from {}?", session.place());
    session.confirm(&question, &Consent::Yes, force)?;
    let reply = session.change(&Delete(id), &command(id.as_str(), "")).await;
    let reply = explained(session, reply, id).await?;
    if let Some(reply) = reply {
        let sentence = format!("Deleted agent {id}.");
        session.done(&reply, id.as_str(), "deleted", &sentence)?;
        session.ui().next("list the remaining agents", "agents");
    }
    Ok(Exit::Success)
}
