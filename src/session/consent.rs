//! Consent: when to ask before a destructive change, and which input counts as consent.

use super::{Context, Session};
use crate::command_line::CommandLine;
use crate::error::{Error, Exit};
use crate::sanitize::cell;

/// The input that counts as consent.
pub enum Consent<'a> {
    /// `y` or `yes`.
    Yes,
    /// Exactly this word.
    Word(&'a str),
}

impl Context {
    /// Whether prompts are possible: standard input and standard error are terminals, and prompts are not disabled.
    pub fn is_interactive(&self) -> bool {
        let terminals = self.ui.terminals();
        let machine = self
            .globals
            .output
            .is_some_and(crate::view::Format::is_machine);
        terminals.input
            && terminals.error
            && !self.globals.no_input
            && !self.env.is_ci()
            && !machine
    }

    /// Prompts before a change that can't be undone. `flag` is the option that skips the prompt.
    ///
    /// # Errors
    /// Exit 16 for any input other than the consent. Exit 2, with the command that would work, if no prompt is possible.
    pub fn prompt_consent(
        &self,
        question: &str,
        consent: &Consent<'_>,
        flag: &str,
    ) -> Result<(), Error> {
        if !self.is_interactive() {
            return Err(self.cannot_prompt(&self.line.with_flag(flag)));
        }
        let prompt = match consent {
            Consent::Yes => format!("{question} [y/N] "),
            Consent::Word(word) => format!("{question} Type {word} to continue: "),
        };
        let answer = self.ui.ask(&prompt)?.unwrap_or_default();
        let agreed = match consent {
            Consent::Yes => ["y", "yes"]
                .iter()
                .any(|yes| answer.eq_ignore_ascii_case(yes)),
            // The prompt shows the word sanitized, so that form is accepted.
            Consent::Word(word) => {
                !word.trim().is_empty() && (answer == *word || answer == cell(word))
            }
        };
        if agreed {
            Ok(())
        } else {
            Err(Error::new(
                Exit::Declined,
                "not confirmed: nothing was changed",
            ))
        }
    }

    /// The error if a prompt is required but not possible; `line` is the command without one.
    pub fn cannot_prompt(&self, line: &CommandLine) -> Error {
        Error::usage(format!("confirmation required, but {}", self.why_not_ask()))
            .hint(format!("skip the prompt: {}", line.command()))
    }

    fn why_not_ask(&self) -> &'static str {
        let terminals = self.ui.terminals();
        if self.globals.no_input {
            "--no-input is given"
        } else if self.env.is_ci() {
            "CI is set"
        } else if !terminals.input {
            "standard input is not a terminal"
        } else if !terminals.error {
            "standard error is not a terminal"
        } else {
            "the output format is machine-readable"
        }
    }
}

impl Session<'_> {
    /// Asks for consent to a change. A dry run and `forced` skip the prompt.
    ///
    /// # Errors
    /// As [`Context::prompt_consent`]; exit 3 if a protected deployment was not named on the command line.
    pub fn confirm(
        &self,
        question: &str,
        consent: &Consent<'_>,
        forced: bool,
    ) -> Result<(), Error> {
        self.check_protection()?;
        if forced || self.is_dry() {
            return Ok(());
        }
        self.context.prompt_consent(question, consent, "--force")
    }

    /// Refuses a change to a protected deployment unless the command line names it, no matter where the base URL came from.
    ///
    /// # Errors
    /// Exit 3 if the deployment is protected and not named.
    pub fn check_protection(&self) -> Result<(), Error> {
        match &self.protection {
            Some(protection) if !protection.is_named && !self.is_dry() => {
                let name = &protection.deployment;
                Err(Error::config(format!(
                    "the deployment {name} is protected: changes need its name on the command line"
                ))
                .hint(self.context.line.with("--context", name).command()))
            }
            _ => Ok(()),
        }
    }
}
