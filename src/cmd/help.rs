//! `xeroctl help`: the help of any command, and the topics.

use std::ffi::OsString;

use super::grammar::{self, Parsed};
use super::{alias, aliases, global, topics};
use crate::error::{Error, Exit};
use crate::session::Context;

/// Show the help of a command or topic
///
/// Topics: options, contexts, environment, formats, filtering, exit-codes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl help agents join-keys
  xeroctl help options
  xeroctl help exit-codes")]
pub struct Args {
    /// Command (one or more words) or topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

impl Args {
    /// Prints the help.
    ///
    /// # Errors
    /// Exit 2 if the command or topic does not exist.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let is_colored = context.ui.output_mode().color_output;
        if let [topic, rest @ ..] = &self.words[..] {
            let options = || grammar::text(&global::page(), is_colored);
            if let Some(text) = topics::text(topic, options) {
                if !rest.is_empty() {
                    return Err(Error::usage(format!("the topic {topic} has no subtopics")));
                }
                context.ui.print(&text)?;
                return Ok(Exit::Success);
            }
        }
        let tree = grammar::tree();
        let mut command = tree;
        for word in &self.words {
            if aliases::of(command.get_name())
                .iter()
                .any(|(alias, _)| alias == word)
            {
                break;
            }
            command = command.find_subcommand(word).ok_or_else(|| {
                let topics: Vec<&str> = topics::TOPICS.iter().map(|(topic, _)| *topic).collect();
                Error::usage(format!("unknown command or topic `{word}`"))
                    .hint("list commands: xeroctl --help")
                    .hint(format!("topics: {}", topics.join(", ")))
            })?;
        }
        let words = self.words.iter().map(String::as_str).chain(["--help"]);
        let words: Vec<OsString> = words.map(OsString::from).collect();
        if let Parsed::Text(text) = grammar::parse(&words)? {
            let mut text = grammar::text(&text, is_colored);
            if self.words.is_empty() {
                text.push_str(&alias::section(&context.env));
            }
            context.ui.print(&text)?;
        }
        Ok(Exit::Success)
    }
}
