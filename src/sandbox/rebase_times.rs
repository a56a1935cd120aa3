//! Shifts the times of demo data to the present.

use super::clock::Seconds;
use super::state::{Document, Invocation};

impl Document {
    /// Shifts the times of a new document, which are relative to its second 0, to the present.
    pub(super) fn rebase_times(&mut self, now: Seconds) {
        let shift = now - self.rebased_at;
        let is_demo: Vec<&str> = self
            .agents
            .iter()
            .filter(|agent| agent.is_demo)
            .map(|agent| agent.id.as_str())
            .collect();
        // A modified agent keeps its history in place; otherwise routine events would appear newer than the change.
        for event in self
            .events
            .iter_mut()
            .filter(|event| is_demo.contains(&event.agent_id.as_str()))
        {
            event.created_at += shift;
        }
        for agent in self.agents.iter_mut().filter(|agent| agent.is_demo) {
            agent.created_at += shift;
            agent.updated_at += shift;
            agent.lost_at = agent.lost_at.map(|at| at + shift);
        }
        for candidate in self
            .candidates
            .iter_mut()
            .filter(|candidate| candidate.is_demo)
        {
            candidate.created_at += shift;
            candidate.expires_at += shift;
        }
        for key in self.join_keys.iter_mut().filter(|key| key.is_demo) {
            key.created_at += shift;
            key.expires_at = key.expires_at.map(|at| at + shift);
        }
        for invocation in self
            .invocations
            .iter_mut()
            .filter(|invocation| invocation.is_demo)
        {
            invocation.shift(shift);
        }
        for learning in &mut self.learnings {
            learning.created_at += shift;
        }
        for context in self.contexts.iter_mut().filter(|context| context.is_demo) {
            context.updated_at += shift;
        }
        self.squads.rebase_times(shift);
        self.rebased_at = now;
    }
}

impl Invocation {
    fn shift(&mut self, by: Seconds) {
        self.created_at += by;
        self.cancelled_at = self.cancelled_at.map(|at| at + by);
        if let Some(approval) = &mut self.approval {
            approval.expires_at += by;
            if let Some(decision) = &mut approval.decision {
                decision.at += by;
            }
        }
        if let Some(execution) = &mut self.execution {
            execution.started_at += by;
            execution.ended_at += by;
        }
    }
}
