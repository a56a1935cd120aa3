//! `xeroctl squads create-key`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::squad_session::{AgentTarget, Squads};
use super::verify;
use crate::api::Id;
use crate::api::request::{Endpoint as _, Request};
use crate::api::squads::keys::{Create, Created, Revoke, TOKEN_NAMES};
use crate::cmd::token::{self, Kind};
use crate::cmd::values::{self, FutureTime};
use crate::command_line;
use crate::error::{Error, Exit};
use crate::secret::Secret;
use crate::session::{Context, Session};
use crate::time;
use crate::view::column::{Cell, Column};

/// Create an API key for an agent (operator key required)
///
/// The token is shown only once. If the server ignores the expiry time, the key never expires: the token is delivered
/// anyway, and the command exits with 1 and prints how to revoke the key.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads create-key Coder --name ci-runner
  xeroctl squads create-key Coder --name ci-runner --ttl 30d \\
      --token-file ci.token")]
pub struct Args {
    #[command(flatten)]
    target: AgentTarget,
    /// Label
    #[arg(long, value_name = "TEXT", value_parser = values::text)]
    name: String,
    /// Expiry time (RFC 3339, or a duration from now)
    #[arg(long, value_name = "TIME", value_parser = values::until, conflicts_with = "ttl")]
    expires_at: Option<FutureTime>,
    /// Lifetime (90m, 24h, 30d)
    #[arg(long, value_name = "DURATION", value_parser = |text: &str| time::duration(text))]
    ttl: Option<Duration>,
    /// Write the token to this new file instead of standard output
    #[arg(long, value_name = "FILE", value_parser = values::path)]
    token_file: Option<PathBuf>,
}

/// A key that is being created.
struct New<'a> {
    squads: &'a Squads<'a>,
    agent: &'a Id,
}

impl Kind for New<'_> {
    type Create = Create;
    type Created = Created;

    const COLUMNS: &'static [Column<Created>] = &[
        Column::id("ID", |created| Cell::from(&created.key.id)),
        Column::text("NAME", |created| Cell::from(&created.key.name)),
        Column::text("CREATED", |created| Cell::from(&created.key.created_at)),
        Column::text("EXPIRES", |created| Cell::from(&created.key.expires_at)),
        Column::text("TOKEN", |created| match &created.token {
            Some(token) => token.expose().into(),
            None => Cell::Absent,
        }),
    ];
    const TOKEN_NAMES: &'static [&'static str] = TOKEN_NAMES;
    const NOUN: &'static str = "key";
    const CREATE: &'static str = "squads create-key";

    fn token(created: &Created) -> Option<&Secret> {
        created.token.as_ref()
    }

    fn id(created: &Created) -> Option<&str> {
        created.key.id.as_deref()
    }

    fn revoke(&self, id: &Id) -> Request {
        Revoke {
            agent: self.agent.as_str(),
            key: id.as_str(),
        }
        .request()
    }

    fn revoke_command(&self, id: &str) -> String {
        let ids = [self.agent.as_str(), id];
        let dashes = if ids.iter().any(|id| id.starts_with('-')) {
            "-- "
        } else {
            ""
        };
        let ids = ids.map(command_line::quote).join(" ");
        self.squads
            .command("revoke-key", &format!("--force {dashes}{ids}"))
    }

    fn list_command(&self) -> String {
        self.squads.about("keys", self.agent)
    }

    fn hint(&self, session: &Session<'_>, _created: &Self::Created, file: Option<&Path>) {
        let ui = session.ui();
        if file.is_none() {
            ui.warn_always(
                "the token is not shown again: store it now, and give it only to the agent",
            );
        }
        ui.next("list the agent's keys", &self.list_command());
    }
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 1 if the token could not be delivered or the expiry time was not kept; otherwise as the request.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let now = context.ui.now();
        let ends = match (self.expires_at, self.ttl) {
            (Some(until), _) => Some(until.after(now)),
            (None, Some(ttl)) => Some(FutureTime::In(ttl).after(now)),
            (None, None) => None,
        };
        if let Some(ends) = ends.filter(|ends| *ends <= now) {
            return Err(Error::usage(format!(
                "--expires-at: {} is in the past",
                time::utc(ends)
            )));
        }
        let squads = self.target.squad.open(context)?;
        let destination = token::prepare::<New<'_>>(&squads.session, self.token_file.as_deref())?;
        let agent = squads.agent(&self.target.agent).await?;
        let create = Create {
            agent: agent.to_string(),
            name: self.name,
            expires_at: ends.map(time::utc),
        };
        let kind = New {
            squads: &squads,
            agent: &agent,
        };
        let created = token::create(&squads.session, &kind, &create, destination).await;
        let created = created.map_err(|error| squads.explain(error))?;
        let Some(created) = created.map(|reply| reply.value) else {
            return Ok(Exit::Success);
        };
        let name = created.key.name.as_deref();
        verify::compare(&squads.session, &[("name", Some(&create.name), name)]);
        match ends {
            Some(ends) if !is_kept(ends, &created) => Err(unkept(&kind, ends, &created)),
            _ => Ok(Exit::Success),
        }
    }
}

/// Whether the key has the requested expiry; servers may round to the second.
fn is_kept(ends: Timestamp, created: &Created) -> bool {
    let stamp = created.key.expires_at.as_ref();
    stamp
        .and_then(time::WireTime::at)
        .is_some_and(|at| at.duration_since(ends).unsigned_abs() <= Duration::from_secs(1))
}

fn unkept(kind: &New<'_>, ends: Timestamp, created: &Created) -> Error {
    let kept = match created.key.expires_at.as_ref().and_then(time::WireTime::at) {
        Some(at) => format!("it expires at {}", time::utc(at)),
        None => "it never expires".to_owned(),
    };
    let error = Error::new(
        Exit::Failure,
        format!(
            "the key was created and its token delivered, but the server did not keep the expiry time {}: {kept}",
            time::utc(ends)
        ),
    );
    match &created.key.id {
        Some(id) => error.next("revoke it", kind.revoke_command(id)),
        None => error.next("find it and revoke it", kind.list_command()),
    }
}
