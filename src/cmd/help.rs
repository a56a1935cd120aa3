//! `xeroctl help`: the help of any command, and the topics.

use crate::error::{Error, Exit};
use crate::session::Context;

/// Show the help of a command, or of a topic: exit-codes
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl help agents join-keys
  xeroctl help exit-codes")]
pub struct Args {
    /// The command, word by word, or a topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

impl Args {
    /// Prints the help.
    ///
    /// # Errors
    /// Exit 2 when there is no such command or topic.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        if self.words == ["exit-codes"] {
            context.ui.print(&exit_codes())?;
            return Ok(Exit::Success);
        }
        if self.words.first().is_some_and(|word| word == "exit-codes") {
            return Err(Error::usage("there is nothing below the topic exit-codes"));
        }
        let mut command = super::grammar::tree();
        for word in &self.words {
            command = command.find_subcommand(word).cloned().ok_or_else(|| {
                Error::usage(format!("there is no command or topic `{word}`"))
                    .hint("what there is: xeroctl --help, xeroctl help exit-codes")
            })?;
        }
        let is_coloured = context.ui.output_mode().color_output;
        let text = super::grammar::text(&command.render_long_help(), is_coloured);
        context.ui.print(&text)?;
        Ok(Exit::Success)
    }
}

fn exit_codes() -> String {
    let codes = Exit::MEANINGS
        .iter()
        .map(|(exit, meaning)| format!("{:>5}  {meaning}\n", exit.code()));
    std::iter::once("Exit codes, the same in every output format:\n\n".to_owned())
        .chain(codes)
        .collect()
}
