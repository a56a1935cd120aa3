//! What `approve`, `reject` and `watch --interactive` have in common: reading what is decided on, and the consent that
//! its risk asks for.

use super::digest::{self, Digest};
use crate::api::Id;
use crate::api::approvals::{Approval, Get, needs_the_name};
use crate::api::reply::Reply;
use crate::error::{Error, Exit};
use crate::line;
use crate::sanitise;
use crate::session::{Consent, Session};

/// Reads an approval. A dry run has none to read.
pub(super) async fn read(session: &Session<'_>, id: &Id) -> Result<Reply<Approval>, Error> {
    let reply = session.fetch(&Get(id)).await?;
    let reply = reply.ok_or_else(|| Error::new(Exit::Other, "a dry run reads nothing"))?;
    digest::check(reply.document.get())?;
    Ok(reply)
}

/// The consent to one approval, and after it a last look: what would run must still be what was agreed to. Where nobody
/// was asked, the first look is the last.
pub(super) async fn settle(
    session: &Session<'_>,
    id: &Id,
    seen: &Reply<Approval>,
    confirm: Option<&str>,
    expected: Option<&Digest>,
) -> Result<Option<String>, Error> {
    if let Some(expected) = expected {
        check_digest(seen, id, expected)?;
    }
    let agreed = consent(session, id, &seen.value, confirm)?;
    let was_asked = agreed.is_some() && confirm.is_none();
    if was_asked {
        let now = read(session, id).await?;
        let before = digest::of(seen.document.get())?;
        check_digest(&now, id, expected.unwrap_or(&before))?;
    }
    Ok(agreed)
}

/// Refuses when what would run is no longer what was seen. Between this and the approval the router could still be
/// made to change it: it offers no way to compare and approve at once.
fn check_digest(reply: &Reply<Approval>, id: &Id, expected: &Digest) -> Result<(), Error> {
    let found = digest::of(reply.document.get())?;
    if found == *expected {
        return Ok(());
    }
    let id = line::id(id.as_str());
    Err(Error::new(
        Exit::Conflict,
        "what would run is not what was seen: nothing was approved",
    )
    .detail(format!("expected {expected}"))
    .detail(format!("found {found}"))
    .next("what would run now", format!("approvals show {id}")))
}

/// The consent to one approval: the tool's name where the risk asks for it, typed or with `--confirm`. What is to be
/// sent as `confirm`.
fn consent(
    session: &Session<'_>,
    id: &Id,
    approval: &Approval,
    confirm: Option<&str>,
) -> Result<Option<String>, Error> {
    // A name of blanks would be confirmed by an answer that says nothing.
    let tool = approval.tool_name.as_deref();
    let tool = tool.filter(|tool| !tool.trim().is_empty());
    if let Some(confirm) = confirm {
        // A name is also told as it can be seen: that is the line to repeat.
        let agreed = tool.filter(|tool| confirm == *tool || confirm == sanitise::cell(tool));
        if let Some(tool) = agreed {
            return Ok(Some(tool.to_owned()));
        }
        let tool = tool.unwrap_or("not named by the router");
        return Err(Error::usage(format!(
            "--confirm {confirm} is not the tool: that is {tool}; nothing was approved"
        ))
        .next(
            "what would run",
            format!("approvals show {}", line::id(id.as_str())),
        ));
    }
    if !needs_the_name(approval.risk.as_deref()) {
        return Ok(None);
    }
    if let Some(status) = approval.decided() {
        let id = line::id(id.as_str());
        let message = format!("nothing is left to approve: {id} is {status}");
        return Err(Error::new(Exit::Conflict, message)
            .next("how it was decided", format!("approvals show {id}")));
    }
    let Some(tool) = tool else {
        return Err(Error::unavailable(
            "the router names no tool, so nobody can confirm what would run",
        ));
    };
    let risk = match &approval.risk {
        Some(risk) => format!("has the risk {risk}"),
        None => "has an unknown risk".to_owned(),
    };
    let place = approval.workspace_id.as_deref();
    let place = place.map_or_else(String::new, |place| format!(" in workspace {place}"));
    let question = format!("Approve {id}? The tool {tool}{place} {risk}.");
    let context = session.context;
    if !context.may_ask() {
        return Err(context.unasked(&context.line.with("--confirm", tool)));
    }
    context.ask_consent(&question, &Consent::Word(tool), "--confirm")?;
    Ok(Some(tool.to_owned()))
}

/// The distinct ids, in their order.
pub(super) fn distinct(ids: &[Id]) -> Vec<Id> {
    let mut distinct: Vec<Id> = Vec::new();
    for id in ids {
        if !distinct.contains(id) {
            distinct.push(id.clone());
        }
    }
    distinct
}

/// Says that what was noted may be nowhere. Documented: the router accepts it, but does not store it today.
pub(super) fn tell_unstored(session: &Session<'_>, what: &str, given: Option<&String>) {
    if given.is_some() && !session.is_dry() {
        session
            .ui()
            .note(&format!("the router took the {what}, but may not store it"));
    }
}
