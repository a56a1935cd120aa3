//! `xeroctl squads health`.

use serde_json::{Value, json};

use super::squad_session::Server;
use crate::api::squads::agents::Me;
use crate::api::squads::health::{Get, WhoAmI};
use crate::error::{Error, Exit};
use crate::session::{Context, Session};

/// Show the squads server's health and whose key is used
///
/// `key` is the key's owner according to the server: an agent, an operator, or none if the key is not valid.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl squads health
  xeroctl squads health --squads-url http://localhost:3100
  xeroctl squads health -o json | jq .key.valid")]
pub struct Args {
    #[command(flatten)]
    server: Server,
}

impl Args {
    /// Runs the command.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let squads = self.server.open(context, false)?;
        let session = &squads.session;
        let Some(reply) = session.get(&Get).await? else {
            return Ok(Exit::Success);
        };
        let owner = owner(session).await?;
        let key = if session.render_options.format.has_documents() {
            owner.document()
        } else {
            owner.sentence().into()
        };
        let document = with_member(reply.document.get(), "key", &key);
        session.show_document(&document, Some(session.base_url()))?;
        if let Some(warning) = owner.warning() {
            session.ui().warn(&warning);
        }
        Ok(Exit::Success)
    }
}

/// The key's owner, according to the server.
enum Owner {
    /// No key was sent.
    NoKey,
    /// An agent.
    Agent {
        id: Option<String>,
        name: Option<String>,
    },
    /// An operator, and how the server identified it.
    Operator(String),
    /// The server does not know the key. If it treats the caller as an operator anyway, the reason.
    Invalid(Option<String>),
    /// The server does not report the owner. True if it reported that the owner is not an agent.
    Unknown { is_no_agent: bool },
}

impl Owner {
    /// One cell of a table.
    fn sentence(&self) -> String {
        match self {
            Self::NoKey => "none sent".to_owned(),
            Self::Agent { id, name } => {
                let id = id.as_deref().unwrap_or("-");
                match name {
                    Some(name) => format!("agent {name} ({id})"),
                    None => format!("agent {id}"),
                }
            }
            Self::Operator(source) => format!("operator ({source})"),
            Self::Invalid(Some(source)) => format!("not valid ({source})"),
            Self::Invalid(None) => "not valid".to_owned(),
            Self::Unknown { is_no_agent: true } => "unknown, not an agent's".to_owned(),
            Self::Unknown { is_no_agent: false } => "unknown".to_owned(),
        }
    }

    /// The JSON form. `valid` is null if unknown.
    fn document(&self) -> Value {
        let (valid, kind) = match self {
            Self::NoKey => return Value::Null,
            Self::Agent { .. } => (Some(true), Some("agent")),
            Self::Operator(_) => (Some(true), Some("operator")),
            Self::Invalid(_) => (Some(false), None),
            Self::Unknown { .. } => (None, None),
        };
        let (id, name) = match self {
            Self::Agent { id, name } => (id.as_deref(), name.as_deref()),
            _ => (None, None),
        };
        let source = match self {
            Self::Operator(source) => Some(source.as_str()),
            Self::Invalid(source) => source.as_deref(),
            _ => None,
        };
        json!({ "valid": valid, "kind": kind, "agent_id": id, "agent_name": name, "source": source })
    }

    fn warning(&self) -> Option<String> {
        match self {
            Self::Invalid(Some(source)) => Some(format!(
                "the key is not valid, but the server treats every client as an operator ({source})"
            )),
            Self::Invalid(None) => {
                Some("the key is not valid: it is unknown, expired, or revoked".to_owned())
            }
            _ => None,
        }
    }
}

/// Asks the server for the key's owner.
///
/// # Errors
/// Only a signal. After any other error, the owner is unknown, because not every server has these routes.
async fn owner(session: &Session<'_>) -> Result<Owner, Error> {
    if !session.has_key() {
        return Ok(Owner::NoKey);
    }
    let is_no_agent = match session.get(&Me).await {
        Ok(Some(reply)) if reply.value.id.is_some() => {
            let agent = reply.value;
            return Ok(Owner::Agent {
                id: agent.id,
                name: agent.name,
            });
        }
        Ok(_) => false,
        Err(error) if error.exit().is_by_signal() => return Err(error),
        Err(error) => error.exit() == Exit::Auth,
    };
    match session.get(&WhoAmI).await {
        Ok(reply) => Ok(match reply.and_then(|reply| reply.value.source) {
            Some(source) if source.starts_with("local") => Owner::Invalid(Some(source)),
            Some(source) if source == "none" => Owner::Invalid(None),
            Some(source) => Owner::Operator(source),
            None => Owner::Unknown { is_no_agent },
        }),
        Err(error) if error.exit().is_by_signal() => Err(error),
        Err(error) if error.exit() == Exit::Auth && is_no_agent => Ok(Owner::Invalid(None)),
        Err(_) => Ok(Owner::Unknown { is_no_agent }),
    }
}

/// The object with one more member at its end.
fn with_member(object: &str, name: &str, value: &Value) -> String {
    let object = object.trim_end();
    let Some(members) = object.strip_suffix('}').map(str::trim_end) else {
        return object.to_owned();
    };
    let comma = if members.ends_with('{') { "" } else { "," };
    format!("{members}{comma}\"{name}\":{value}}}")
}
