//! `xeroctl sandbox reset`.

use serde_json::json;

use crate::error::{Error, Exit};
use crate::sandbox;
use crate::session::{Context, document_text};

/// Throw the sandbox's state away; the next command finds a fresh one
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl sandbox reset")]
pub struct Args {}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 1 when the state can't be removed.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let Some(state) = super::state(&context.env) else {
            context
                .ui
                .note("without a home directory the sandbox keeps no state");
            return Ok(Exit::Done);
        };
        if context.globals.dry_run {
            context
                .ui
                .print(&format!("would remove {}\n", state.display()))?;
            return Ok(Exit::Done);
        }
        let existed = sandbox::reset(&state).map_err(|error| {
            Error::new(
                Exit::Other,
                format!(
                    "the sandbox's state in {} can't be removed",
                    state.display()
                ),
            )
            .cause(error)
        })?;
        let look = context.look()?;
        if look.format.is_json() {
            let document = json!({ "path": state.display().to_string(), "reset": existed });
            context
                .ui
                .print(&document_text(&document.to_string(), &look))?;
        } else if look.on_terminal() {
            context.ui.print("The sandbox is fresh again.\n")?;
        } else {
            context.ui.print("sandbox\treset\n")?;
        }
        Ok(Exit::Done)
    }
}
