//! Which join keys are wanted, and the revocation of one or of several.

use super::join_key_lookup;
use crate::api::Id;
use crate::api::join_keys::{JoinKey, List, Revoke, STATUSES};
use crate::api::request::{Endpoint, Nothing, Request};
use crate::cmd::bulk::{self, BulkArgs, Target, counted};
use crate::cmd::list_options::{glob, is_any, warn_unknown_status};
use crate::error::{Error, Exit};
use crate::session::{ActionLabels, Consent, Session, described};

/// Which join keys are wanted. Of the values of one option any may match; all options must.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct KeyFilter {
    pub(super) status: Vec<String>,
    pub(super) region: Vec<String>,
    pub(super) name: Vec<String>,
}

impl KeyFilter {
    /// Whether it picks anything out.
    pub(super) fn is_given(&self) -> bool {
        *self != Self::default()
    }

    /// Whether the router must list keys that can't be used anymore.
    pub(super) fn needs_terminal(&self) -> bool {
        self.status.iter().any(|status| status != "active")
    }

    /// Warns of unknown words.
    pub(super) fn check(&self, session: &Session<'_>) {
        warn_unknown_status(session, &self.status, STATUSES);
    }

    /// Whether a key is wanted.
    pub(super) fn matches(&self, key: &JoinKey) -> bool {
        let has_name = |pattern: &String| {
            let name = key.name.as_deref();
            name.is_some_and(|name| glob(pattern, name))
        };
        is_any(&self.status, key.status.as_ref())
            && is_any(&self.region, key.region.as_ref())
            && (self.name.is_empty() || self.name.iter().any(has_name))
    }
}

/// The keys to revoke.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RevokeArgs {
    pub(super) ids: Vec<Id>,
    pub(super) bulk: BulkArgs,
    pub(super) filter: KeyFilter,
    pub(super) concurrency: usize,
    pub(super) force: bool,
}

/// How the results are labeled.
const LABELS: ActionLabels<'static> = ActionLabels {
    done: "revoked",
    sentence: "Revoked join key",
    place: "",
    noun: "join key",
};

/// The command that lists every key.
const ALL_KEYS: &str = "agents join-keys --include-terminal --all";

/// The revocation of a key whose ID it owns.
struct Revocation(Id);

impl Endpoint for Revocation {
    type Reply = Nothing;

    fn request(&self) -> Request {
        Revoke(&self.0).request()
    }
}

impl RevokeArgs {
    /// Checks that one way of selection was used.
    ///
    /// # Errors
    /// Exit 2 if none was, or more than one.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.bulk
            .check("join key", &self.ids, self.filter.is_given())
    }

    /// Revokes. Filters and `--all` select only keys that can still be used, unless a status is given.
    ///
    /// # Errors
    /// Exit 6 if another number of keys is expected; exit 16 without consent.
    pub(super) async fn run(self, session: &Session<'_>) -> Result<Exit, Error> {
        if let [id] = &self.ids[..]
            && self.bulk.expect_count.is_none()
        {
            return revoke_one(session, id, self.force).await;
        }
        self.filter.check(session);
        let describe = |key: &JoinKey| {
            if !self.filter.matches(key) {
                return None;
            }
            let id: Id = key.id.as_deref()?.parse().ok()?;
            let facts = [key.status.as_ref(), key.region.as_ref()];
            let subject = described("join key", &id, key.name.as_ref(), &facts);
            Some(Target { id, subject })
        };
        let list = List {
            include_terminal: self.filter.needs_terminal(),
        };
        let noun = LABELS.noun;
        let selected = self
            .bulk
            .resolve(session, noun, &self.ids, &list, describe)
            .await?;
        let Some(selected) = selected else {
            return Ok(Exit::Success);
        };
        let targets: Vec<Target> = selected.into_iter().map(|(target, _)| target).collect();
        bulk::check_count(noun, self.bulk.expect_count, targets.len())?;
        if targets.is_empty() {
            session.show_no_match("join keys")?;
            return Ok(Exit::Success);
        }
        let count = counted(targets.len(), noun);
        let place = session.place();
        let question = format!("Revoke {count} in {place}? Agents can no longer enroll with them.");
        bulk::confirm(session, &targets, noun, &question, self.force)?;
        let ids: Vec<Id> = targets.into_iter().map(|target| target.id).collect();
        let endpoint = |id: &Id| Ok(Revocation(id.clone()));
        let check = |_: &Id| ALL_KEYS.to_owned();
        let batch = session
            .apply_batch(&ids, self.concurrency, &LABELS, endpoint, check)
            .await?;
        Ok(batch.exit)
    }
}

async fn revoke_one(session: &Session<'_>, id: &Id, force: bool) -> Result<Exit, Error> {
    session.check_protection()?;
    let subject = join_key_lookup::subject(session, id, force).await?;
    let place = session.place();
    let question = format!("Revoke {subject} in {place}? Agents can no longer enroll with it.");
    session.confirm(&question, &Consent::Yes, force)?;
    let reply = session.change(&Revoke(id), ALL_KEYS).await;
    let reply = reply.map_err(|error| match error.exit() {
        Exit::NotFound => error.next("list all join keys", ALL_KEYS),
        _ => error,
    })?;
    if let Some(reply) = reply {
        let sentence = format!("Revoked join key {id}.");
        session.done(&reply, id.as_str(), "revoked", &sentence)?;
        session
            .ui()
            .next("list the remaining join keys", "agents join-keys");
    }
    Ok(Exit::Success)
}
