//! Dating the demonstration anew.

use super::clock::Seconds;
use super::state::{Document, Invocation};

impl Document {
    /// Moves what is untouched to the present: what was live when it was set up is live again.
    pub(super) fn redate(&mut self, now: Seconds) {
        let shift = now - self.dated_at;
        let untouched: Vec<&str> = self
            .agents
            .iter()
            .filter(|agent| agent.untouched)
            .map(|agent| agent.id.as_str())
            .collect();
        // An agent that was changed keeps its history where it is, or routine events would overtake the change's.
        for event in self
            .events
            .iter_mut()
            .filter(|event| untouched.contains(&event.agent_id.as_str()))
        {
            event.created_at += shift;
        }
        for agent in self.agents.iter_mut().filter(|agent| agent.untouched) {
            agent.created_at += shift;
            agent.updated_at += shift;
            agent.lost_at = agent.lost_at.map(|at| at + shift);
        }
        for candidate in self
            .candidates
            .iter_mut()
            .filter(|candidate| candidate.untouched)
        {
            candidate.created_at += shift;
            candidate.expires_at += shift;
        }
        for key in self.join_keys.iter_mut().filter(|key| key.untouched) {
            key.created_at += shift;
            key.expires_at = key.expires_at.map(|at| at + shift);
        }
        for invocation in self
            .invocations
            .iter_mut()
            .filter(|invocation| invocation.untouched)
        {
            invocation.shift(shift);
        }
        for learning in &mut self.learnings {
            learning.created_at += shift;
        }
        for context in self.contexts.iter_mut().filter(|context| context.untouched) {
            context.updated_at += shift;
        }
        self.squads.redate(shift);
        self.dated_at = now;
    }
}

impl Invocation {
    fn shift(&mut self, by: Seconds) {
        self.created_at += by;
        self.cancelled_at = self.cancelled_at.map(|at| at + by);
        if let Some(gate) = &mut self.gate {
            gate.expires_at += by;
            if let Some(decision) = &mut gate.decision {
                decision.at += by;
            }
        }
        if let Some(run) = &mut self.run {
            run.started_at += by;
            run.ended_at += by;
        }
    }
}
