//! Invocation timeline: approval, execution, outcome, and events.
//!
//! All times are fixed when the invocation is created or approved; its status follows from them and the clock.

use serde_json::Value;

use super::clock::Seconds;
use super::state::{Approval, Execution, Invocation};
use super::{id, tools};

/// Seconds from scheduling an execution to its start, and its default duration.
const START_DELAY: Seconds = 1;
const DEFAULT_DURATION: Seconds = 1;

/// Seconds until an approval expires, by risk.
const DESTRUCTIVE_LIMIT: Seconds = 900;
const IRREVERSIBLE_LIMIT: Seconds = 3600;

/// The identity behind the sandbox's API key.
pub(super) const CALLER: &str = "sandbox-key";

/// Status of an invocation or an approval.
pub(super) struct Progress<'a> {
    pub(super) status: &'a str,
    /// When it reached a final status.
    pub(super) ended_at: Option<Seconds>,
}

/// An event of an invocation, as sent on the event stream.
pub(super) struct TimelineEvent<'a> {
    pub(super) at: Seconds,
    /// Sequence number of the write that scheduled the event, and its order among that write's events.
    pub(super) sequence: u64,
    pub(super) step: u8,
    pub(super) name: &'static str,
    /// The invocation's status from this event on.
    pub(super) status: &'a str,
}

fn in_progress(status: &str) -> Progress<'_> {
    Progress {
        status,
        ended_at: None,
    }
}

fn finished(status: &str, at: Seconds) -> Progress<'_> {
    Progress {
        status,
        ended_at: Some(at),
    }
}

/// Returns the approval that a call of this tool requires; `None` if it may run immediately.
pub(super) fn required_approval(tool: &str, args: &Value, now: Seconds) -> Option<Approval> {
    let limit = match tools::risk(tool) {
        "destructive" => DESTRUCTIVE_LIMIT,
        "irreversible" => IRREVERSIBLE_LIMIT,
        _ => return None,
    };
    let asked = integer(args, "deadline_seconds").filter(|_| tool == "sandbox_gate");
    Some(Approval {
        approval_id: id::random("apr_"),
        requested_by: CALLER.to_owned(),
        expires_at: now + asked.unwrap_or(limit),
        decision: None,
    })
}

/// Schedules the execution of an invocation that may run from `now` on.
pub(super) fn schedule_execution(tool: &str, args: &Value, now: Seconds) -> Execution {
    let mut execution = Execution {
        execution_id: id::uuid(),
        started_at: now + START_DELAY,
        ended_at: now + START_DELAY + DEFAULT_DURATION,
        outcome: "completed".to_owned(),
        exit_code: Some(0),
        error: None,
    };
    match tool {
        "kubectl_get" if args["namespace"] == "missing" => {
            "failed".clone_into(&mut execution.outcome);
            execution.exit_code = Some(1);
            execution.error = Some("namespaces \"missing\" not found".to_owned());
        }
        "sandbox_run" => apply_arguments(&mut execution, args, now),
        _ => {}
    }
    execution
}

/// The arguments of `sandbox_run` determine its outcome.
fn apply_arguments(execution: &mut Execution, args: &Value, now: Seconds) {
    let seconds = integer(args, "seconds").unwrap_or(DEFAULT_DURATION);
    if seconds == 0 {
        execution.started_at = now;
    }
    execution.ended_at = execution.started_at + seconds;
    let code = integer(args, "exit_code");
    match args["ending"].as_str() {
        Some("failed") => {
            let code = code.unwrap_or(1);
            "failed".clone_into(&mut execution.outcome);
            execution.exit_code = Some(code);
            execution.error = Some(format!("the tool exited with code {code}"));
        }
        Some("timeout") => {
            "timeout".clone_into(&mut execution.outcome);
            execution.exit_code = None;
            execution.error = Some(format!("no response within {} ms", seconds * 1000));
        }
        _ => execution.exit_code = Some(code.unwrap_or(0)),
    }
}

/// Reads an integer from validated arguments. JSON Schema also accepts `5.0`.
pub(super) fn integer(args: &Value, name: &str) -> Option<i64> {
    let value = &args[name];
    value
        .as_i64()
        .or_else(|| format!("{:.0}", value.as_f64()?).parse().ok())
}

impl Invocation {
    /// Returns the invocation's status.
    pub(super) fn progress(&self, now: Seconds) -> Progress<'_> {
        if let Some(at) = self.cancelled_at {
            return finished("cancelled", at);
        }
        match (&self.approval, &self.execution) {
            (_, Some(execution)) if now < execution.started_at => in_progress("queued"),
            (_, Some(execution)) if now < execution.ended_at => in_progress("running"),
            (_, Some(execution)) => finished(&execution.outcome, execution.ended_at),
            (None, None) => in_progress("queued"),
            (Some(approval), None) => match &approval.decision {
                Some(decision) => finished("rejected", decision.at),
                None if now < approval.expires_at => in_progress("pending_approval"),
                None => finished("timeout", approval.expires_at),
            },
        }
    }

    /// Returns why the invocation failed, if it did.
    pub(super) fn error(&self, now: Seconds) -> Option<String> {
        let progress = self.progress(now);
        let ended_at = progress.ended_at?;
        match (progress.status, &self.approval, &self.execution) {
            ("rejected", ..) => Some("the approval was rejected".to_owned()),
            ("timeout", Some(_), None) => {
                let waited = ended_at - self.created_at;
                Some(format!("the approval expired after {waited} s"))
            }
            ("failed" | "timeout", _, Some(execution)) => execution.error.clone(),
            _ => None,
        }
    }

    /// Returns the execution if it has started.
    pub(super) fn started_execution(&self, now: Seconds) -> Option<&Execution> {
        let latest = self.cancelled_at.unwrap_or(now);
        self.execution
            .as_ref()
            .filter(|execution| execution.started_at <= latest)
    }

    /// Returns all events in order. Cancellation has no event; it only ends the list.
    pub(super) fn events(&self) -> Vec<TimelineEvent<'_>> {
        let mut events = Vec::new();
        let mut sequence = self.sequence;
        let mut add = |at, sequence, step, name, status| {
            events.push(TimelineEvent {
                at,
                sequence,
                step,
                name,
                status,
            });
        };
        if let Some(approval) = &self.approval {
            let requested = "exec.approval_requested";
            add(self.created_at, sequence, 0, requested, "pending_approval");
            match &approval.decision {
                None => add(approval.expires_at, sequence, 1, "exec.timeout", "timeout"),
                Some(decision) => {
                    sequence = decision.sequence;
                    let (name, status) = if decision.approved {
                        ("exec.approved", "queued")
                    } else {
                        ("exec.rejected", "rejected")
                    };
                    add(decision.at, sequence, 2, name, status);
                }
            }
        }
        if let Some(execution) = &self.execution {
            add(
                execution.started_at,
                sequence,
                3,
                "exec.dispatched",
                "running",
            );
            let name = match execution.outcome.as_str() {
                "failed" => "exec.failed",
                "timeout" => "exec.timeout",
                _ => "exec.completed",
            };
            add(execution.ended_at, sequence, 4, name, &execution.outcome);
        }
        events.retain(|event| self.cancelled_at.is_none_or(|at| event.at <= at));
        events
    }
}

impl Approval {
    /// Returns the approval's status, given when its invocation was canceled.
    pub(super) fn progress(&self, cancelled_at: Option<Seconds>, now: Seconds) -> Progress<'_> {
        match (&self.decision, cancelled_at) {
            (Some(decision), _) if decision.approved => finished("approved", decision.at),
            (Some(decision), _) => finished("rejected", decision.at),
            (None, Some(at)) => finished("cancelled", at),
            (None, None) if now < self.expires_at => in_progress("pending"),
            (None, None) => finished("timed_out", self.expires_at),
        }
    }
}
