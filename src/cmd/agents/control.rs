//! Common parts of `pause-exec`, `resume-exec`, and `revoke-credentials`.

use serde_json::value::RawValue;

use super::selection::{self, SelectArgs};
use crate::api::Id;
use crate::api::agents::{Agent, Apply, Control};
use crate::cmd::bulk::{self, Target, counted};
use crate::cmd::values;
use crate::error::{Error, Exit};
use crate::sanitize;
use crate::session::{ActionLabels, BatchResult, Consent, Context, Session};

/// The agents, the workspace, and the number of parallel requests.
#[derive(clap::Args, Clone, Debug)]
pub struct Targets {
    #[command(flatten)]
    select: SelectArgs,
    /// Limit the action to one workspace [default: all that the agent serves]
    #[arg(long, value_name = "NAME", value_parser = values::text)]
    pub workspace: Option<String>,
    /// Number of parallel requests
    #[arg(long, hide_short_help = true, value_name = "N", default_value = "8", value_parser = values::concurrency)]
    pub concurrency: usize,
    /// Skip the confirmation prompt
    #[arg(long, short = 'y', visible_alias = "yes")]
    pub force: bool,
}

/// Where an agent is paused that runs nothing.
const EVERYWHERE: &str = "all workspaces";

impl Targets {
    /// Applies `control` to every agent.
    ///
    /// # Errors
    /// As [`crate::session::Session::apply_batch`]; exit 16 without consent to a revocation.
    pub async fn apply(self, context: &Context, control: Control) -> Result<Exit, Error> {
        let session = selection::open(&self.select, context)?;
        let place = match (control, &self.workspace) {
            // Its session ends, wherever it serves.
            (Control::Revoke, None) => String::new(),
            _ => self.place(),
        };
        let labels = labels(control, &place);
        let Some(ids) = self.agents(&session, control).await? else {
            return Ok(Exit::Success);
        };
        let endpoint = |id: &Id| {
            Ok(Apply {
                agent: id.clone(),
                control,
                workspace: self.workspace.clone(),
            })
        };
        let check = |id: &Id| super::command(id.as_str(), "--events");
        let batch = session
            .apply_batch(&ids, self.concurrency, &labels, endpoint, check)
            .await;
        let batch = match &ids[..] {
            [id] if self.select.names_ids() => super::explained(&session, batch, id).await?,
            _ => batch?,
        };
        if let Some(first) = batch.done.first().map(|id| id.as_str()) {
            match control {
                _ if !self.select.names_ids() => undo_selection(&session, control),
                // The sentence on a terminal already names the workspace.
                Control::Pause if session.render_options.is_aligned() && batch.done.len() == 1 => {
                    session.ui().next("undo it", &self.undo(&batch.done));
                }
                Control::Pause => session
                    .ui()
                    .next(&format!("paused{place}; undo it"), &self.undo(&batch.done)),
                Control::Resume if !self.was_resumed(&session, &batch) => {}
                Control::Resume => session
                    .ui()
                    .next("list its events", &super::command(first, "--events")),
                Control::Revoke => session.ui().next(
                    "create a join key to enroll it again",
                    "agents join-keys --create --help",
                ),
            }
        }
        Ok(batch.exit)
    }

    /// The agents, once there is consent; none if there are none.
    async fn agents(
        &self,
        session: &Session<'_>,
        control: Control,
    ) -> Result<Option<Vec<Id>>, Error> {
        let expected = self.select.bulk.expect_count;
        if self.select.names_ids() {
            let ids = bulk::distinct(self.select.ids.clone());
            bulk::check_count("agent", expected, ids.len())?;
            if control == Control::Revoke {
                self.ask_to_revoke(session, &ids).await?;
            }
            return Ok(Some(ids));
        }
        let Some(selected) = self.select.resolve(session).await? else {
            return Ok(None);
        };
        let targets: Vec<Target> = selected.into_iter().map(|(target, _)| target).collect();
        bulk::check_count("agent", expected, targets.len())?;
        if targets.is_empty() {
            session.show_no_match("agents")?;
            return Ok(None);
        }
        let agents = counted(targets.len(), "agent");
        let place = format!("{} in {}", self.workspace_place(), session.place());
        let question = match control {
            Control::Pause => format!("Pause execution on {agents}{place}?"),
            Control::Resume => format!("Resume execution on {agents}{place}?"),
            Control::Revoke => format!(
                "Revoke the credentials of {agents}{place}? They must enroll again to serve."
            ),
        };
        bulk::confirm(session, &targets, "agent", &question, self.force)?;
        Ok(Some(targets.into_iter().map(|target| target.id).collect()))
    }

    /// The workspace, as it follows a question.
    fn workspace_place(&self) -> String {
        let name = self.workspace.as_ref();
        name.map_or_else(String::new, |name| format!(" in workspace {name}"))
    }

    /// The scope of the action, to append to a sentence.
    fn place(&self) -> String {
        match &self.workspace {
            Some(name) => format!(" in {name}"),
            None => " in all workspaces".to_owned(),
        }
    }

    /// Whether all agents were resumed. Warns about those that are still paused, in all workspaces or in some that were to
    /// be resumed.
    fn was_resumed(&self, session: &Session<'_>, batch: &BatchResult<'_>) -> bool {
        let answered = batch.done.iter().zip(&batch.responses);
        let paused: Vec<(&Id, String)> = answered
            .filter_map(|(id, response)| Some((*id, self.still_paused(response)?)))
            .collect();
        for (id, place) in &paused {
            let resumed = self.place();
            session.ui().warn(&format!(
                "agent {id}: resumed{resumed}; still paused in {place}"
            ));
        }
        if let Some((id, place)) = paused.first() {
            // What was just done is not repeated.
            let (text, workspace) = match &self.workspace {
                Some(_) => ("resume it everywhere", None),
                None => (
                    "resume it there",
                    place.split(", ").next().map(str::to_owned),
                ),
            };
            let resume = Self {
                workspace: workspace.filter(|name| name != EVERYWHERE),
                ..self.clone()
            };
            session.ui().next(text, &resume.undo(&[*id]));
        }
        paused.is_empty()
    }

    /// Where an agent is still paused, if the response says so. Other workspaces than the one to be resumed do not count.
    fn still_paused(&self, response: &RawValue) -> Option<String> {
        let agent = serde_json::from_str::<Agent>(response.get()).ok()?;
        if agent.exec_paused() == Some(true) {
            return Some(EVERYWHERE.to_owned());
        }
        let mut workspaces = agent.exec_paused_workspaces();
        workspaces.retain(|paused| {
            self.workspace
                .as_ref()
                .is_none_or(|wanted| wanted == paused)
        });
        (!workspaces.is_empty()).then(|| workspaces.join(", "))
    }

    async fn ask_to_revoke(&self, session: &Session<'_>, distinct: &[Id]) -> Result<(), Error> {
        let place = format!("{} in {}", self.workspace_place(), session.place());
        if let [id] = distinct {
            let subject = super::subject(session, id, self.force).await?;
            let question = format!(
                "Revoke the credentials of {subject}{place}? It must enroll again to serve."
            );
            return session.confirm(&question, &Consent::Yes, self.force);
        }
        if session.will_prompt(self.force) {
            session.check_protection()?;
            for id in distinct {
                let subject = match super::subject(session, id, false).await {
                    // With several agents, a failure is only a row of the result.
                    Err(error) if error.exit() == Exit::NotFound => {
                        format!("agent {id}: {}", error.message())
                    }
                    subject => subject?,
                };
                session.ui().say(&format!("{}\n", sanitize::cell(&subject)));
            }
        }
        let count = distinct.len().to_string();
        let question = format!(
            "Revoke the credentials of {count} agents{place}? They must enroll again to serve."
        );
        session.confirm(&question, &Consent::Word(&count), self.force)
    }

    fn undo(&self, ids: &[&Id]) -> String {
        let mut words = vec!["agents resume-exec".to_owned()];
        if let Some(workspace) = &self.workspace {
            words.push(format!(
                "--workspace {}",
                crate::command_line::quote(workspace)
            ));
        }
        if ids.iter().any(|id| id.as_str().starts_with('-')) {
            words.push("--".to_owned());
        }
        words.extend(ids.iter().map(|id| crate::command_line::quote(id.as_str())));
        words.join(" ")
    }
}

/// Hints at the command that undoes a pause: a pause does not change what the filters match.
fn undo_selection(session: &Session<'_>, control: Control) {
    if control == Control::Pause {
        let line = &session.context.line;
        let undo = line.with_word("pause-exec", "resume-exec").command();
        session.ui().hint(&format!("undo it: {undo}"));
    }
}

fn labels(control: Control, place: &str) -> ActionLabels<'_> {
    let (done, sentence) = match control {
        Control::Pause => ("paused", "Paused execution on agent"),
        Control::Resume => ("resumed", "Resumed execution on agent"),
        Control::Revoke => ("revoked", "Revoked the credentials of agent"),
    };
    ActionLabels {
        done,
        sentence,
        place,
        noun: "agent",
    }
}
