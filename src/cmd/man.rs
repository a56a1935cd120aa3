//! `xeroctl man`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_mangen::Man;

use super::{grammar, values};
use crate::error::{Error, Exit};
use crate::session::Context;

/// Print the manual page of a command
///
/// Prints roff, the source of a manual page, and starts no pager. With
/// --directory, all pages are written as files, whose names man looks for:
/// xeroctl.1, xeroctl-agents.1, and so on. Existing pages are replaced.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl man agents | man -l -
  xeroctl man exec invoke > xeroctl-exec-invoke.1
  xeroctl man --directory ~/.local/share/man/man1")]
pub struct Args {
    /// Command (one or more words) [default: xeroctl itself]
    #[arg(value_name = "COMMAND")]
    words: Vec<String>,
    /// Write all pages to this directory
    #[arg(long, value_name = "DIRECTORY", value_parser = values::path, conflicts_with = "words")]
    directory: Option<PathBuf>,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 if the command does not exist, or if the directory can't be written.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let tree = grammar::tree();
        if let Some(directory) = &self.directory {
            let directory = context.env.absolute(directory);
            let count = write_all(tree, &directory).map_err(|error| {
                let place = directory.display();
                Error::usage(format!("can't write the pages to {place}")).cause(error)
            })?;
            let place = directory.display();
            context
                .ui
                .note(&format!("{count} pages written to {place}"));
            return Ok(Exit::Success);
        }
        let mut command = tree;
        for word in &self.words {
            command = command.find_subcommand(word).ok_or_else(|| {
                Error::usage(format!("unknown command `{word}`"))
                    .hint("list commands: xeroctl --help")
            })?;
        }
        context.ui.print(&page(command))?;
        Ok(Exit::Success)
    }
}

/// Every page with the name of its file.
pub fn pages(tree: &Command) -> Vec<(String, String)> {
    let mut all = vec![(format!("{}.1", name(tree)), page(tree))];
    all.extend(tree.get_subcommands().flat_map(pages));
    all
}

fn write_all(tree: &Command, directory: &Path) -> std::io::Result<usize> {
    fs::create_dir_all(directory)?;
    let pages = pages(tree);
    for (name, page) in &pages {
        fs::write(directory.join(name), page)?;
    }
    Ok(pages.len())
}

/// `xeroctl-agents-join-keys`.
fn name(command: &Command) -> String {
    let path = command.get_bin_name().unwrap_or_else(|| command.get_name());
    path.replace(' ', "-")
}

/// The quotation mark of clap's texts, which it defines before each section.
const QUOTE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

/// The page of a command. The options are clap's; the rest is laid out as the help is.
fn page(command: &Command) -> String {
    let title = name(command);
    let about = command.get_about().map(ToString::to_string);
    let about = escaped(&about.unwrap_or_default());
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").lines().map(str::trim);
    let usage = usage.collect::<Vec<_>>().join("\n");
    let mut page = format!(
        "{QUOTE}.TH {} 1 \"\" \"xeroctl {}\" \"xeroctl manual\"\n.SH NAME\n{} \\- {about}\n.SH SYNOPSIS\n{}",
        title.to_uppercase(),
        env!("CARGO_PKG_VERSION"),
        escaped(&title),
        as_typed(&usage),
    );
    // It would leave out the descriptions that the short help leaves out.
    let full = command
        .clone()
        .mut_args(|option| option.hide_short_help(false));
    let man = Man::new(full);
    let mut bytes = Vec::new();
    // Writing to memory can't fail.
    let _ = man.render_description_section(&mut bytes);
    let _ = man.render_options_section(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).replace(QUOTE, "");
    page.push_str(&coded(&text));
    commands(command, &mut page);
    if let Some(text) = command.get_after_help() {
        after(&text.to_string(), &mut page);
    }
    page
}

/// The pages of the subcommands.
fn commands(command: &Command, page: &mut String) {
    let mut below = command.get_subcommands().peekable();
    if below.peek().is_some() {
        page.push_str(".SH COMMANDS\n");
    }
    for below in below {
        let about = below.get_about().map(ToString::to_string);
        let (name, about) = (escaped(&name(below)), escaped(&about.unwrap_or_default()));
        page.push_str(&format!(".TP\n\\fB{name}\\fR(1)\n{about}\n"));
    }
}

/// `Output and files`.
const LONGEST_HEADING: usize = 24;

/// What follows the options in the help: examples and notes, a section each.
fn after(text: &str, page: &mut String) {
    for paragraph in text.split("\n\n") {
        let (first, rest) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
        // A longer line is a sentence.
        let is_heading = |line: &&str| line.len() <= LONGEST_HEADING && rest.starts_with(' ');
        let heading = first.strip_suffix(':').filter(is_heading);
        match heading {
            Some(heading) => {
                let heading = escaped(&heading.to_uppercase());
                page.push_str(&format!(".SH \"{heading}\"\n{}", as_typed(rest)));
            }
            None => page.push_str(&format!(".PP\n{}", as_typed(paragraph))),
        }
    }
}

/// Lines that are not filled.
fn as_typed(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(escaped).collect();
    format!(".nf\n{}\n.fi\n", lines.join("\n"))
}

/// A line of text without a meaning to roff.
fn escaped(line: &str) -> String {
    let line = coded(&line.replace('\\', "\\e").replace('-', "\\-"));
    if line.starts_with(['.', '\'']) {
        format!("\\&{line}")
    } else {
        line
    }
}

/// The text in ASCII: not every roff reads UTF-8.
fn coded(text: &str) -> String {
    let mut coded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            coded.push(c);
        } else {
            coded.push_str(&format!("\\[u{:04X}]", u32::from(c)));
        }
    }
    coded
}
