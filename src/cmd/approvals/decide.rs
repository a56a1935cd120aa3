//! Reads an approval before a decision, and asks for the consent that its risk requires. Shared by `approve`,
//! `reject`, and `watch --interactive`.

use super::digest::{self, Digest};
use crate::api::Id;
use crate::api::approvals::{Approval, Get, needs_the_name};
use crate::api::reply::Reply;
use crate::command_line;
use crate::error::{ApiErrorBody, Error, Exit};
use crate::json;
use crate::sanitize;
use crate::session::{Consent, Session};

/// Reads an approval. Not for dry runs, which read nothing.
pub(super) async fn read(session: &Session<'_>, id: &Id) -> Result<Reply<Approval>, Error> {
    let reply = session.get(&Get(id)).await?;
    let reply = reply.ok_or_else(|| {
        Error::new(
            Exit::Failure,
            "internal error: an approval was read in a dry run",
        )
    })?;
    digest::check(reply.document.get())?;
    Ok(reply)
}

/// The facts a decision is based on. They must not change while a prompt is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// The digest of the tool, workspace, and arguments.
    pub(super) digest: Digest,
    risk: Option<String>,
    status: Option<String>,
    agent: Option<String>,
    /// The invocation waiting for the decision.
    pub(super) invocation: Option<String>,
}

impl Facts {
    /// The facts of an approval.
    ///
    /// # Errors
    /// Exit 17 if the response is ambiguous.
    pub(super) fn of(reply: &Reply<Approval>) -> Result<Self, Error> {
        let approval = &reply.value;
        Ok(Self {
            digest: digest::of(reply.document.get())?,
            risk: approval.risk.clone(),
            status: approval.status.clone(),
            agent: approval.agent_id.clone(),
            invocation: approval.invocation_id.clone(),
        })
    }

    /// Refuses an approval that changed since it was shown.
    ///
    /// # Errors
    /// Exit 6 if it changed; exit 17 if the response is ambiguous.
    pub(super) fn check(&self, id: &Id, now: &Reply<Approval>) -> Result<(), Error> {
        check_digest(now, id, &self.digest)?;
        let found = Self::of(now)?;
        let changes = [
            ("risk", &self.risk, &found.risk),
            ("status", &self.status, &found.status),
            ("agent", &self.agent, &found.agent),
            ("invocation", &self.invocation, &found.invocation),
        ];
        let Some((what, before, after)) = changes.iter().find(|(_, before, after)| before != after)
        else {
            return Ok(());
        };
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
        let (before, after) = (shown(before), shown(after));
        Err(Error::new(
            Exit::Conflict,
            format!("the {what} of {id} changed from {before} to {after}; it was not approved"),
        )
        .next(
            "show it",
            format!("approvals show {}", command_line::id(id.as_str())),
        ))
    }
}

/// The number of characters of the arguments shown in a prompt about several approvals.
const LONGEST_ARGS: usize = 300;

/// One line about an approval, for a prompt about several.
pub(super) fn summary(id: &Id, approval: &Approval) -> String {
    let status = match &approval.status {
        Some(status) if !approval.is_pending() => format!(" ({status})"),
        _ => String::new(),
    };
    format!("{id}{status}: {}", call(approval))
}

/// The call that waits for approval, for a prompt.
fn call(approval: &Approval) -> String {
    let or_unknown = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
    let args = json::compact(approval.args.as_deref().unwrap_or("{}"));
    let count = args.chars().count();
    let args = if count > LONGEST_ARGS {
        let start: String = args.chars().take(LONGEST_ARGS).collect();
        format!("{start}… ({count} characters)")
    } else {
        args
    };
    format!(
        "tool {}, risk {}, workspace {}, arguments {args}",
        or_unknown(&approval.tool_name),
        or_unknown(&approval.risk),
        or_unknown(&approval.workspace_id),
    )
}

/// Asks for consent to one approval. After a prompt the approval is read again and must not have changed. Returns the
/// value to send as `confirm`.
pub(super) async fn confirm_approval(
    session: &Session<'_>,
    id: &Id,
    seen: &Reply<Approval>,
    confirm: Option<&str>,
    expected: Option<&Digest>,
) -> Result<Option<String>, Error> {
    check_pending(id, &seen.value, "approve")?;
    if let Some(expected) = expected {
        check_digest(seen, id, expected)?;
    }
    let agreed = consent(session, id, &seen.value, confirm)?;
    let has_prompted = agreed.is_some() && confirm.is_none();
    if has_prompted {
        let now = read(session, id).await?;
        Facts::of(seen)?.check(id, &now)?;
    }
    Ok(agreed)
}

/// The router's code for an approval that was already decided, which is also reported if reading the approval shows it.
const NOT_PENDING: &str = "approval_not_pending";

/// Refuses to `action` an approval that was already decided (exit 6), because the router could still start the run.
pub(super) fn check_pending(id: &Id, approval: &Approval, action: &str) -> Result<(), Error> {
    let Some(status) = approval.decided() else {
        return Ok(());
    };
    let status = sanitize::cell(status);
    let message = format!("could not {action} {id}: it is already {status} ({NOT_PENDING})");
    let show = format!("approvals show {}", command_line::id(id.as_str()));
    Err(Error::new(Exit::Conflict, message)
        .with_api_error(ApiErrorBody {
            code: Some(NOT_PENDING.to_owned()),
            ..ApiErrorBody::default()
        })
        .next("how it was decided", show))
}

/// Refuses a call that changed since it was shown. A small gap remains before the approval, because the router can't
/// compare and approve in one request.
fn check_digest(reply: &Reply<Approval>, id: &Id, expected: &Digest) -> Result<(), Error> {
    let found = digest::of(reply.document.get())?;
    if found == *expected {
        return Ok(());
    }
    let id = command_line::id(id.as_str());
    Err(Error::new(
        Exit::Conflict,
        "the tool, workspace, or arguments changed; nothing was approved",
    )
    .detail(format!("expected {expected}"))
    .detail(format!("found {found}"))
    .next("show it", format!("approvals show {id}")))
}

/// Checks `--confirm`, or asks for the tool's name if the risk requires it. Returns the value to send as `confirm`.
fn consent(
    session: &Session<'_>,
    id: &Id,
    approval: &Approval,
    confirm: Option<&str>,
) -> Result<Option<String>, Error> {
    // A blank name could be confirmed by pressing Enter.
    let tool = approval.tool_name.as_deref();
    let tool = tool.filter(|tool| !tool.trim().is_empty());
    if let Some(confirm) = confirm {
        // The name as displayed, with escapes, is accepted too.
        let agreed = tool.filter(|tool| confirm == *tool || confirm == sanitize::cell(tool));
        if let Some(tool) = agreed {
            return Ok(Some(tool.to_owned()));
        }
        let tool = tool.unwrap_or("unknown");
        return Err(Error::usage(format!(
            "--confirm {confirm} does not match the tool, which is {tool}; nothing was approved"
        ))
        .next(
            "show it",
            format!("approvals show {}", command_line::id(id.as_str())),
        ));
    }
    if !needs_the_name(approval.risk.as_deref()) {
        return Ok(None);
    }
    let Some(tool) = tool else {
        return Err(Error::unavailable(
            "the router's response has no tool name, so the approval can't be confirmed",
        ));
    };
    let (place, call) = (session.place(), call(approval));
    let question = format!("Approve {id} in {place} ({call})?");
    let context = session.context;
    if !context.is_interactive() {
        return Err(context.cannot_prompt(&context.line.with("--confirm", tool)));
    }
    context.prompt_consent(&question, &Consent::Word(tool), "--confirm")?;
    Ok(Some(tool.to_owned()))
}

/// Takes the result of reading one of several approvals.
pub(super) fn take<T>(confirmed: &mut Vec<(&Id, Result<T, Error>)>, id: &Id) -> Result<T, Error> {
    let index = confirmed.iter().position(|(known, _)| *known == id);
    let found = index.map(|index| confirmed.swap_remove(index).1);
    found.unwrap_or_else(|| Err(Error::new(Exit::Failure, format!("{id} was not read"))))
}

/// Notes that a text may be lost. Documented: the router accepts it, but does not store it today.
pub(super) fn warn_unstored(session: &Session<'_>, what: &str, text: Option<&String>) {
    if text.is_some() && !session.is_dry() {
        session.ui().note(&format!(
            "the router accepted the {what}, but may not store it"
        ));
    }
}
