//! `xeroctl squads revoke-key`.

use super::destructive_target;
use super::squad_session::{AgentTarget, Squads};
use crate::api::Id;
use crate::api::page::ListParams;
use crate::api::squads::keys::{Key, List, Revoke};
use crate::error::{Error, Exit};
use crate::session::{Consent, Context, Scope};

/// Revoke an agent's API key
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads revoke-key Coder laptop
  xeroctl squads revoke-key Coder 13281111-94df-4774-b516-8e5eb4db8e74
  xeroctl squads revoke-key Coder 13281111-94df-4774-b516-8e5eb4db8e74 -y")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    /// Key ID, or a name that is unique among the agent's keys
    #[arg(value_name = "KEY")]
    key: Id,
    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    force: bool,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 5 if the agent has no such key; exit 16 without consent; otherwise as the request.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let (squads, agent) = destructive_target::open(&self.target, context, self.force).await?;
        let session = &squads.session;
        let (key, name) = if session.is_dry() {
            session
                .ui()
                .note(&format!("not looked up in a dry run: the key {}", self.key));
            (self.key.clone(), None)
        } else {
            find(&squads, &agent.id, &self.key).await?
        };
        let label = match &name {
            Some(name) => format!("{name} ({key})"),
            None => key.to_string(),
        };
        let question = format!(
            "Revoke key {label} of agent {} in {}? Requests with it will fail.",
            agent.label,
            session.place()
        );
        session.confirm(&question, &Consent::Yes, self.force)?;
        let revoke = Revoke {
            agent: agent.id.as_str(),
            key: key.as_str(),
        };
        let keys = squads.about("keys", &agent.id);
        let revoked = squads.session.change(&revoke, &keys).await;
        let revoked = revoked.map_err(|error| match error.exit() {
            Exit::NotFound => error.next("list the agent's keys", keys.clone()),
            _ => squads.advise_change(error, &keys),
        })?;
        if let Some(reply) = revoked {
            session.done(
                &reply,
                key.as_str(),
                "revoked",
                &format!("Revoked key {key}."),
            )?;
            session.ui().next("list the agent's keys", &keys);
        }
        Ok(Exit::Success)
    }
}

/// Finds a key of the agent by its ID, or by its name: the server fails on an ID that is not a UUID, and a key that
/// leaked must not be missed. Returns its ID and its name.
///
/// # Errors
/// Exit 2 if several keys have the name; exit 5 if none has it; as [`Squads::get`].
async fn find(squads: &Squads<'_>, agent: &Id, word: &Id) -> Result<(Id, Option<String>), Error> {
    let list = List {
        agent: agent.as_str(),
    };
    let pages = squads
        .session
        .pages(&list, &ListParams::default(), Scope::Command);
    let keys = pages.collect().await;
    let keys: Vec<Key> = keys.map_err(|error| squads.advise(error))?;
    let is = |text: &Option<String>| {
        text.as_deref()
            .is_some_and(|text| text.eq_ignore_ascii_case(word.as_str()))
    };
    let by_id: Vec<&Key> = keys.iter().filter(|key| is(&key.id)).collect();
    let named = || {
        keys.iter()
            .filter(|key| key.name.as_deref() == Some(word.as_str()))
    };
    let mut found = by_id;
    if found.is_empty() {
        // Among keys with the same name, active ones take precedence.
        found = named().filter(|key| key.revoked_at.is_none()).collect();
    }
    if found.is_empty() {
        found = named().collect();
    }
    let id = |key: &Key| key.id.clone().unwrap_or_default();
    let list = squads.about("keys", agent);
    match found.as_slice() {
        [] => Err(Error::new(
            Exit::NotFound,
            format!("agent {agent} has no key with the ID or the name {word}"),
        )
        .next("list the agent's keys", list)),
        [key] => {
            let id = id(key)
                .parse()
                .map_err(|why| Error::unavailable(format!("the ID of the key {word}: {why}")))?;
            Ok((id, key.name.clone()))
        }
        several => {
            let error = Error::usage(format!(
                "{} keys of the agent are named {word}; use the ID",
                several.len()
            ));
            let error = several
                .iter()
                .fold(error, |error, key| error.detail(id(key)));
            Err(error.next("list the agent's keys", list))
        }
    }
}
