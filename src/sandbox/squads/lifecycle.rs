//! Pausing, resuming and terminating.

use serde_json::Value;

use super::super::reply::{Answer, Refusal};
use super::serve::{Turn, done};
use super::world::{set, touch};

pub(super) fn pause(turn: &mut Turn<'_>) -> Answer {
    change(turn, "paused")
}

/// The server lets an agent be idle until it has work.
pub(super) fn resume(turn: &mut Turn<'_>) -> Answer {
    let status = if turn.dialect.is_page() {
        "active"
    } else {
        "idle"
    };
    change(turn, status)
}

/// An agent that is terminated comes never back, and its keys open nothing any more.
pub(super) fn terminate(turn: &mut Turn<'_>) -> Answer {
    change(turn, "terminated")
}

fn change(turn: &mut Turn<'_>, status: &str) -> Answer {
    let place = turn.agent()?;
    turn.become_status(place, status)?;
    if turn.dialect.is_page() {
        Ok(done())
    } else {
        Ok(turn.reply("agent", turn.show(&turn.world.agents[place])))
    }
}

impl Turn<'_> {
    /// Sets the status of an agent, unless that is terminated; on the server one that waits for its approval cannot
    /// be set going either.
    pub(super) fn become_status(&mut self, place: usize, status: &str) -> Result<(), Refusal> {
        let agent = &mut self.world.agents[place];
        let ended = agent["status"] == "terminated";
        let waits = !self.dialect.is_page() && agent["status"] == "pending_approval";
        if ended {
            let message = "The agent is terminated";
            return Err(self.dialect.conflict("agent_terminated", message));
        }
        if waits && matches!(status, "active" | "idle" | "running") {
            let message = "The agent waits for its approval";
            return Err(self.dialect.conflict("approval_pending", message));
        }
        let paused = status == "paused";
        set(agent, "status", status);
        let reason = if paused { "manual".into() } else { Value::Null };
        set(agent, "pauseReason", reason);
        let at = if paused { self.now.into() } else { Value::Null };
        set(agent, "pausedAt", at);
        touch(agent, self.now);
        if status == "terminated" {
            let id = agent["id"].clone();
            self.world.revoke_all(&id, self.now);
        }
        Ok(())
    }
}
