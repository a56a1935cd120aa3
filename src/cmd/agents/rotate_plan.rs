//! From a selection to a rotation: what an earlier run did, who is skipped, the consent, and the dry run.

use std::path::Path;

use super::rotate_fleet::{Run, Settings};
use super::rotation::{OWNER_ONLY, RESULT, RotationResult, Status, cannot_rotate};
use super::selection::SelectArgs;
use crate::api::Id;
use crate::api::agents::Rotate;
use crate::api::request::Endpoint as _;
use crate::cmd::bulk::{self, Target, counted};
use crate::error::{Error, Exit};
use crate::fleet::checkpoint::{Checkpoint, Header, State, Todo};
use crate::fleet::checkpoint_file::CheckpointFile;
use crate::session::Session;

/// The change, as a checkpoint calls it.
const ACTION: &str = "curve-rotate";

/// The rotation of a fleet.
pub(super) struct Fleet<'a> {
    pub(super) select: &'a SelectArgs,
    pub(super) settings: Settings,
    pub(super) checkpoint: Option<&'a Path>,
    pub(super) retries_unknown: bool,
    pub(super) force: bool,
}

/// The agents to rotate, and the results of those that are skipped.
struct Plan {
    targets: Vec<Target>,
    skipped: Vec<RotationResult>,
    checkpoint: Option<CheckpointFile>,
    /// What it says, in a dry run.
    peeked: Option<Checkpoint>,
}

/// What is to be done with the agents of a plan, by index.
#[derive(Default)]
struct Work {
    send: Vec<usize>,
    /// Rotations that an earlier run may have started.
    resolve: Vec<usize>,
    /// Rotations that an earlier run started, and whose answer is waited for.
    follow: Vec<usize>,
    done: Vec<usize>,
}

impl Fleet<'_> {
    /// Rotates.
    ///
    /// # Errors
    /// Exit 2 for a checkpoint of something else, exit 6 for a selection of another size than expected, exit 16 without
    /// consent. Failures of single agents are results.
    pub(super) async fn rotate(self, session: &Session<'_>) -> Result<Exit, Error> {
        session.declare(RESULT)?;
        session.check_protection()?;
        let Some(plan) = self.plan(session).await? else {
            return Ok(Exit::Success);
        };
        let Plan {
            targets,
            skipped,
            mut checkpoint,
            peeked,
        } = plan;
        let expected = self.select.bulk.expect_count;
        bulk::check_count("agent", expected, targets.len())?;
        let contents = checkpoint.as_ref().map(|it| &it.contents);
        let work = self.work(&targets, contents.or(peeked.as_ref()));
        if session.is_dry() {
            return self.plan_requests(session, &targets, &skipped, &work);
        }
        if targets.is_empty() {
            return nothing(session, &skipped);
        }
        self.confirm(session, &targets, &work)?;
        if let (Some(path), None) = (self.checkpoint, &checkpoint) {
            let header = self.header(session, &targets, &skipped);
            checkpoint = Some(CheckpointFile::create(path, header)?);
        }
        let is_single = self.select.only_id().is_some();
        let mut run = Run::new(session, self.settings, &targets, checkpoint);
        run.is_single = is_single;
        for result in &skipped {
            run.show(result)?;
        }
        let ids: Vec<&Id> = targets.iter().map(|target| &target.id).collect();
        let word = session.ui().last_word(run.last_word(&ids));
        let _hold = session.context.interrupt.hold(Some(word));
        let retries = self.retries_unknown;
        let error = run.work_off(work, retries).await.err();
        let count = skipped.len();
        let is_refused = run.is_refused();
        let ended = run.end(count);
        match error {
            Some(error) => Err(error),
            None if is_refused => ended
                .inspect(|_| session.ui().hint(OWNER_ONLY))
                .map_err(|error| error.hint(OWNER_ONLY)),
            None => ended,
        }
    }

    /// The agents: those of the checkpoint, if it exists, or else those selected now; none in a dry run that can't know.
    async fn plan(&self, session: &Session<'_>) -> Result<Option<Plan>, Error> {
        let (mut checkpoint, mut peeked) = (None, None);
        match self.checkpoint {
            Some(path) if session.is_dry() => peeked = CheckpointFile::peek(path)?,
            Some(path) => checkpoint = CheckpointFile::open(path)?,
            None => {}
        }
        let contents = checkpoint.as_ref().map(|it: &CheckpointFile| &it.contents);
        if let Some(contents) = contents.or(peeked.as_ref()) {
            self.check_header(session, contents).await?;
            let plan = contents.header.plan.iter();
            let ids: Result<Vec<Id>, String> = plan.map(|id| id.parse()).collect();
            let ids = ids.map_err(|_| Error::usage("the checkpoint file holds an invalid ID"))?;
            let named = |id: Id| Target {
                subject: format!("agent {id}"),
                id,
            };
            let skipped = contents.header.skipped.iter().map(|(id, reason)| {
                RotationResult::new(id, Status::Skipped).because(reason.as_str())
            });
            return Ok(Some(Plan {
                targets: ids.into_iter().map(named).collect(),
                skipped: skipped.collect(),
                checkpoint,
                peeked,
            }));
        }
        let (mut targets, mut skipped) = (Vec::new(), Vec::new());
        let Some(all) = self.select.resolve(session).await? else {
            return Ok(None);
        };
        for (target, agent) in all {
            match agent.as_ref().and_then(cannot_rotate) {
                Some(reason) => {
                    let id = target.id.as_str();
                    skipped.push(RotationResult::new(id, Status::Skipped).because(reason));
                }
                None => targets.push(target),
            }
        }
        Ok(Some(Plan {
            targets,
            skipped,
            checkpoint: None,
            peeked: None,
        }))
    }

    fn header(
        &self,
        session: &Session<'_>,
        targets: &[Target],
        skipped: &[RotationResult],
    ) -> Header {
        let plan = targets.iter().map(|target| target.id.to_string());
        let selection = self.select.text();
        let skipped = skipped.iter().map(|result| {
            let reason = result.message.clone().unwrap_or_default();
            (result.agent.clone(), reason)
        });
        Header {
            skipped: skipped.collect(),
            ..Header::new(ACTION, &server(session), &selection, plan.collect())
        }
    }

    /// Refuses the checkpoint of another command.
    async fn check_header(
        &self,
        session: &Session<'_>,
        checkpoint: &Checkpoint,
    ) -> Result<(), Error> {
        let header = &checkpoint.header;
        let selection = self.select.text();
        let wrong = |what: &str, is: &str, now: &str| {
            Error::usage(format!(
                "the checkpoint file belongs to another {what}: {is}, not {now}"
            ))
            .hint("use another file, or the command that this one belongs to")
        };
        if header.action != ACTION {
            return Err(wrong("command", &header.action, ACTION));
        }
        let server = server(session);
        if header.base_url != server {
            return Err(wrong("deployment", &header.base_url, &server));
        }
        if header.selection != selection {
            return Err(wrong("selection", &header.selection, &selection));
        }
        if selection == "ids" {
            let ids = self.select.resolve(session).await?.unwrap_or_default();
            let mut now: Vec<&str> = ids.iter().map(|(target, _)| target.id.as_str()).collect();
            let mut then: Vec<&str> = header.plan.iter().map(String::as_str).collect();
            now.sort_unstable();
            then.sort_unstable();
            if now != then {
                let count = |ids: &[&str]| counted(ids.len(), "agent");
                return Err(wrong(
                    "selection",
                    &count(&then),
                    &format!("these {}", count(&now)),
                ));
            }
        }
        Ok(())
    }

    fn work(&self, targets: &[Target], checkpoint: Option<&Checkpoint>) -> Work {
        let mut work = Work::default();
        let Some(checkpoint) = checkpoint else {
            work.send = (0..targets.len()).collect();
            return work;
        };
        for (index, target) in targets.iter().enumerate() {
            let id = target.id.as_str();
            let entry = checkpoint.entry(id);
            let is_waiting =
                entry.is_some_and(|it| it.state == State::Dispatched && it.request_id.is_some());
            match checkpoint.todo(id) {
                Todo::Send => work.send.push(index),
                Todo::Resolve => work.resolve.push(index),
                Todo::Skip if self.settings.waits && is_waiting => work.follow.push(index),
                Todo::Skip => work.done.push(index),
            }
        }
        work
    }

    fn confirm(&self, session: &Session<'_>, targets: &[Target], work: &Work) -> Result<(), Error> {
        let mut indexes = work.send.clone();
        if self.retries_unknown {
            indexes.extend(&work.resolve);
        }
        // One agent named by its ID is never asked about.
        let is_named = self.select.only_id().is_some();
        if indexes.is_empty() || is_named {
            return session.check_protection();
        }
        let rotated: Vec<Target> = indexes
            .iter()
            .map(|index| targets[*index].clone())
            .collect();
        let question = format!(
            "Rotate the CURVE keys of {} in {}?",
            counted(rotated.len(), "agent"),
            session.place()
        );
        bulk::confirm(session, &rotated, "agent", &question, self.force)
    }

    /// Prints every request that would be sent.
    fn plan_requests(
        &self,
        session: &Session<'_>,
        targets: &[Target],
        skipped: &[RotationResult],
        work: &Work,
    ) -> Result<Exit, Error> {
        let repeated = work.resolve.iter().filter(|_| self.retries_unknown);
        let requests = work.send.iter().chain(repeated).map(|index| {
            let rotate = Rotate {
                agent: &targets[*index].id,
                reason: &self.settings.reason,
            };
            rotate.request()
        });
        session.plan(&requests.collect::<Vec<_>>())?;
        if !skipped.is_empty() {
            let count = skipped.len();
            let note = format!("{} would be skipped", counted(count, "agent"));
            session.ui().note(&note);
        }
        let done = work.done.len() + work.follow.len();
        if done > 0 {
            let count = counted(done, "agent");
            let note = format!("done before, according to --checkpoint: {count}");
            session.ui().note(&note);
        }
        if !work.resolve.is_empty() {
            let count = counted(work.resolve.len(), "agent");
            let note = format!("unknown outcome, so their events would be read first: {count}");
            session.ui().note(&note);
        }
        Ok(Exit::Success)
    }
}

/// The server that a checkpoint belongs to. The port of the sandbox in this process differs each time.
fn server(session: &Session<'_>) -> String {
    // In a dry run, no sandbox runs.
    let is_dry_sandbox = session.is_dry() && session.base_url() == session.context.local_base_url;
    if session.is_local() || is_dry_sandbox {
        "the sandbox".to_owned()
    } else {
        session.base_url().to_owned()
    }
}

/// The result if no agent is to be rotated.
fn nothing(session: &Session<'_>, skipped: &[RotationResult]) -> Result<Exit, Error> {
    if skipped.is_empty() {
        session.ui().note("no agents match");
    } else {
        let count = counted(skipped.len(), "agent");
        session
            .ui()
            .note(&format!("nothing to rotate: {count} skipped"));
    }
    let renderer = session.renderer();
    renderer.computed_list(super::rotation::RESULT, skipped)?;
    Ok(Exit::Success)
}

impl Run<'_> {
    /// Does the work, as far as nothing stops it.
    async fn work_off(&mut self, work: Work, retries: bool) -> Result<(), Error> {
        for index in work.done {
            let result = self.recorded(index, Status::Done);
            self.show(&result)?;
            self.results[index] = Some(result);
        }
        for index in &work.follow {
            self.results[*index] = Some(self.recorded(*index, Status::Dispatched));
        }
        let again = self.resolve(work.resolve, retries).await?;
        let todo = work.send.into_iter().chain(again);
        self.rotate(todo.collect()).await?;
        self.follow(&work.follow).await
    }

    fn recorded(&self, index: usize, status: Status) -> RotationResult {
        let id = self.targets[index].id.as_str();
        let entry = self.checkpoint.as_ref();
        let entry = entry.and_then(|checkpoint| checkpoint.contents.entry(id));
        entry.map_or_else(
            || RotationResult::new(id, status),
            |entry| RotationResult::from_entry(entry, status),
        )
    }
}
