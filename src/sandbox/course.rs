//! The course of a call in time: what it waits for, when it runs, how it ends, and what is told of it meanwhile.
//!
//! A call's times are all settled when it is made or approved; where it stands follows from them and the clock.

use serde_json::Value;

use super::clock::Seconds;
use super::state::{Gate, Invocation, Run};
use super::{id, tools};

/// Seconds from letting a run go to its start, and from there to its end where the tool does not say.
const START: Seconds = 1;
const RUN: Seconds = 1;

/// Seconds that an approval waits, by risk.
const DESTRUCTIVE: Seconds = 900;
const IRREVERSIBLE: Seconds = 3600;

/// Who the sandbox's key stands for.
pub(super) const CALLER: &str = "sandbox-key";

/// Where a call or an approval stands.
pub(super) struct Standing<'a> {
    pub(super) status: &'a str,
    /// Since when it has been over.
    pub(super) ended_at: Option<Seconds>,
}

/// Something that happens to a call, as the stream tells it.
pub(super) struct Moment<'a> {
    pub(super) at: Seconds,
    /// The write that settled it, and its step among those which that write settled.
    pub(super) sequence: u64,
    pub(super) step: u8,
    pub(super) name: &'static str,
    /// The call's status from then on.
    pub(super) status: &'a str,
}

fn still(status: &str) -> Standing<'_> {
    Standing {
        status,
        ended_at: None,
    }
}

fn over(status: &str, at: Seconds) -> Standing<'_> {
    Standing {
        status,
        ended_at: Some(at),
    }
}

/// What a call of this tool has to wait for; `None` where it may run at once.
pub(super) fn gate(tool: &str, args: &Value, now: Seconds) -> Option<Gate> {
    let patience = match tools::risk(tool) {
        "destructive" => DESTRUCTIVE,
        "irreversible" => IRREVERSIBLE,
        _ => return None,
    };
    let asked = integer(args, "deadline_seconds").filter(|_| tool == "sandbox_gate");
    Some(Gate {
        approval_id: id::fresh("apr_"),
        requested_by: CALLER.to_owned(),
        expires_at: now + asked.unwrap_or(patience),
        decision: None,
    })
}

/// The run of a call that nothing stands in the way of from `now` on.
pub(super) fn run(tool: &str, args: &Value, now: Seconds) -> Run {
    let mut run = Run {
        execution_id: id::uuid(),
        started_at: now + START,
        ended_at: now + START + RUN,
        outcome: "completed".to_owned(),
        exit_code: Some(0),
        error: None,
    };
    match tool {
        "kubectl_get" if args["namespace"] == "missing" => {
            "failed".clone_into(&mut run.outcome);
            run.exit_code = Some(1);
            run.error = Some("namespaces \"missing\" not found".to_owned());
        }
        "sandbox_run" => as_asked(&mut run, args, now),
        _ => {}
    }
    run
}

/// `sandbox_run` ends as its arguments say.
fn as_asked(run: &mut Run, args: &Value, now: Seconds) {
    let seconds = integer(args, "seconds").unwrap_or(RUN);
    if seconds == 0 {
        run.started_at = now;
    }
    run.ended_at = run.started_at + seconds;
    let code = integer(args, "exit_code");
    match args["ending"].as_str() {
        Some("failed") => {
            let code = code.unwrap_or(1);
            "failed".clone_into(&mut run.outcome);
            run.exit_code = Some(code);
            run.error = Some(format!("the tool ended with exit code {code}"));
        }
        Some("timeout") => {
            "timeout".clone_into(&mut run.outcome);
            run.exit_code = None;
            run.error = Some(format!("no answer within {} ms", seconds * 1000));
        }
        _ => run.exit_code = Some(code.unwrap_or(0)),
    }
}

/// An integer among checked arguments: JSON Schema takes `5.0` for one.
pub(super) fn integer(args: &Value, name: &str) -> Option<i64> {
    let value = &args[name];
    value
        .as_i64()
        .or_else(|| format!("{:.0}", value.as_f64()?).parse().ok())
}

impl Invocation {
    /// Where the call stands.
    pub(super) fn standing(&self, now: Seconds) -> Standing<'_> {
        if let Some(at) = self.cancelled_at {
            return over("cancelled", at);
        }
        match (&self.gate, &self.run) {
            (_, Some(run)) if now < run.started_at => still("queued"),
            (_, Some(run)) if now < run.ended_at => still("running"),
            (_, Some(run)) => over(&run.outcome, run.ended_at),
            (None, None) => still("queued"),
            (Some(gate), None) => match &gate.decision {
                Some(decision) => over("rejected", decision.at),
                None if now < gate.expires_at => still("pending_approval"),
                None => over("timeout", gate.expires_at),
            },
        }
    }

    /// Why it ended, where that was not as it should.
    pub(super) fn error(&self, now: Seconds) -> Option<String> {
        let standing = self.standing(now);
        let ended_at = standing.ended_at?;
        match (standing.status, &self.gate, &self.run) {
            ("rejected", ..) => Some("the approval was rejected".to_owned()),
            ("timeout", Some(_), None) => {
                let waited = ended_at - self.created_at;
                Some(format!("nobody decided on the approval within {waited} s"))
            }
            ("failed" | "timeout", _, Some(run)) => run.error.clone(),
            _ => None,
        }
    }

    /// The run, if it has begun.
    pub(super) fn begun(&self, now: Seconds) -> Option<&Run> {
        let latest = self.cancelled_at.unwrap_or(now);
        self.run.as_ref().filter(|run| run.started_at <= latest)
    }

    /// What happens to it, in its order. There is no word for being cancelled: it just goes no further.
    pub(super) fn moments(&self) -> Vec<Moment<'_>> {
        let mut moments = Vec::new();
        let mut sequence = self.sequence;
        let mut add = |at, sequence, step, name, status| {
            moments.push(Moment {
                at,
                sequence,
                step,
                name,
                status,
            });
        };
        if let Some(gate) = &self.gate {
            let requested = "exec.approval_requested";
            add(self.created_at, sequence, 0, requested, "pending_approval");
            match &gate.decision {
                None => add(gate.expires_at, sequence, 1, "exec.timeout", "timeout"),
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
        if let Some(run) = &self.run {
            add(run.started_at, sequence, 3, "exec.dispatched", "running");
            let name = match run.outcome.as_str() {
                "failed" => "exec.failed",
                "timeout" => "exec.timeout",
                _ => "exec.completed",
            };
            add(run.ended_at, sequence, 4, name, &run.outcome);
        }
        moments.retain(|moment| self.cancelled_at.is_none_or(|at| moment.at <= at));
        moments
    }
}

impl Gate {
    /// Where the approval stands, given when its call was cancelled.
    pub(super) fn standing(&self, cancelled_at: Option<Seconds>, now: Seconds) -> Standing<'_> {
        match (&self.decision, cancelled_at) {
            (Some(decision), _) if decision.approved => over("approved", decision.at),
            (Some(decision), _) => over("rejected", decision.at),
            (None, Some(at)) => over("cancelled", at),
            (None, None) if now < self.expires_at => still("pending"),
            (None, None) => over("timed_out", self.expires_at),
        }
    }
}
