//! Writes an agent's prompt to its instructions file, for servers that keep prompts only in files.

use super::squad_session::Squads;
use super::verify;
use crate::api::Id;
use crate::api::squads::instructions::{FILE, ReadFile, WriteFile};
use crate::error::{Error, Exit};

/// The action completed before the prompt is written.
const DONE: &str = "the agent was updated";

/// Writes the prompt into the agent's instructions file and reads it back.
///
/// # Errors
/// Exit 1 if the file does not hold the prompt afterwards, or the server has no such file; exit 17 if that is unknown.
pub(super) async fn write(squads: &Squads<'_>, agent: &Id, prompt: &str) -> Result<(), Error> {
    let lost = |error: Error| {
        let exit = if error.is_outcome_unknown() {
            error.exit()
        } else {
            Exit::Failure
        };
        error
            .because_of(format!("{DONE}, but its prompt could not be written"))
            .with_exit(exit)
    };
    let file = WriteFile {
        agent: agent.as_str(),
        content: prompt,
    };
    let show = squads.about("show", agent);
    // Without the hints of other commands, because the agent exists.
    let written = squads.session.change(&file, &show).await;
    written.map_err(lost)?;
    let read = squads.session.get(&ReadFile(agent.as_str())).await;
    let kept = read.map_err(lost)?.and_then(|reply| reply.value.content);
    // The server may end a file with a newline.
    if kept.is_some_and(|kept| kept == prompt || kept.trim_end() == prompt.trim_end()) {
        squads.session.ui().note(&format!(
            "the server keeps prompts in files: the prompt is in the agent's {FILE}"
        ));
        Ok(())
    } else {
        Err(verify::lost_prompt(squads, DONE, None))
    }
}
