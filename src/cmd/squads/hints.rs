//! Hints for errors of the squads API, by cause: the key, its permissions, the squad, or the run.

use crate::error::Error;

/// The sources of a key.
const KEY_SOURCES: &str = "--api-key-file FILE, SLAW_API_KEY, or squads_api_key of the deployment";

/// The sender of the failed request.
pub(super) struct Sender<'a> {
    /// A key was sent.
    pub(super) has_key: bool,
    /// The request needs an agent's own key.
    pub(super) as_agent: bool,
    /// The squad, if one is named.
    pub(super) squad: Option<&'a str>,
    /// The run that changes belong to.
    pub(super) run: Option<String>,
    /// The options that select the same server and squad, each preceded by a space.
    pub(super) options: &'a str,
}

/// Adds hints to an error, based on the server's response and the key in use.
pub(super) fn explain(sender: &Sender<'_>, error: Error) -> Error {
    match error.api_error().http_status {
        Some(status @ (401 | 403)) => explain_denial(sender, error, status),
        Some(500..) => explain_failure(sender, error),
        _ => error,
    }
}

/// The server's message, without this program's description of the failed action.
pub(super) fn server_message(error: &Error) -> &str {
    let message = error.message();
    message
        .split_once(": HTTP ")
        .map_or(message, |(_, message)| message)
}

fn explain_denial(sender: &Sender<'_>, error: Error, status: u16) -> Error {
    let whose = if sender.as_agent {
        "the agent's own key"
    } else {
        "an operator's key"
    };
    if !sender.has_key {
        return error.hint(format!(
            "no key was sent; this requires {whose}: {KEY_SOURCES}"
        ));
    }
    let code = error.api_error().code.as_deref().unwrap_or_default();
    let message = format!("{} {code}", server_message(&error)).to_lowercase();
    if status == 403 && !message.contains("operator") {
        if let Some(permission) = missing_permission(&message) {
            return match permission {
                Permission::CreateAgents => error
                    .hint("the key is valid, but lacks the permission to create agents")
                    .next(
                        "grant it with an operator's key",
                        format!(
                            "squads permissions{} AGENT --can-create-agents true",
                            sender.options
                        ),
                    ),
                Permission::Named(name) => {
                    error.hint(format!("the key is valid, but lacks the permission {name}"))
                }
                Permission::Unnamed => error
                    .hint("the key is valid, but lacks a permission for this")
                    .next("show the key's owner", "squads health"),
            };
        }
        if message.contains("squad") || message.contains("company") {
            // An ID reaches agents of other squads than the named one.
            let failed = error.message().split(": HTTP ").next().unwrap_or_default();
            let is_about_named = failed.ends_with("squad") || failed.ends_with("hire agent");
            return error.hint(match sender.squad.filter(|_| is_about_named) {
                Some(squad) => format!("the key has no access to squad {squad}: check --squad"),
                None => "the key has no access to the agent's squad".to_owned(),
            });
        }
    }
    // For `me` and `inbox`, a valid operator key gets a 401 too.
    let not_accepted = if status == 401 && !sender.as_agent {
        "the key was not accepted; "
    } else {
        ""
    };
    error
        .hint(format!(
            "{not_accepted}this requires {whose}: {KEY_SOURCES}"
        ))
        .next("show where the key comes from", "config show")
}

/// A permission that a response says is missing.
enum Permission {
    CreateAgents,
    Named(String),
    Unnamed,
}

/// `message` is in lower case.
fn missing_permission(message: &str) -> Option<Permission> {
    if message.contains("create agents")
        || message.contains("agents:create")
        || message.contains("cancreateagents")
    {
        return Some(Permission::CreateAgents);
    }
    let (_, after) = message.split_once("permission")?;
    // `Missing permission: tasks:assign`.
    let is_name = |word: &&str| {
        word.split_once(':')
            .is_some_and(|(of, what)| !of.is_empty() && !what.is_empty())
    };
    let mut words = after
        .split(|c: char| c.is_whitespace() || "\"'`()".contains(c))
        .map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()));
    Some(match words.find(is_name) {
        Some(name) => Permission::Named(name.to_owned()),
        None => Permission::Unnamed,
    })
}

fn explain_failure(sender: &Sender<'_>, error: Error) -> Error {
    let is_unknown = error.is_outcome_unknown();
    if has_run_cause(sender, &error) {
        return with_run_cause(sender, error);
    }
    if is_unknown || error.is_without_hint() {
        return error.hint("report the time to the operators of the squads server");
    }
    error
}

/// Whether the run that the change named is the likely cause of this error.
fn has_run_cause(sender: &Sender<'_>, error: &Error) -> bool {
    error.api_error().http_status == Some(500) && error.is_outcome_unknown() && sender.run.is_some()
}

/// Names the run as the likely cause of an error, if it is one.
pub(super) fn with_run_cause(sender: &Sender<'_>, error: Error) -> Error {
    match &sender.run {
        Some(run) if has_run_cause(sender, &error) => error.detail(format!(
            "likely cause: SLAW_RUN_ID is {run}; for a run that it does not know, the server fails although it keeps \
             the change"
        )),
        _ => error,
    }
}
