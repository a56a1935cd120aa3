//! Consent: when to ask before a destructive change, and which input counts as consent.

use super::{Context, Session};
use crate::api::Id;
use crate::api::request::Endpoint;
use crate::base_url::BaseUrl;
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

/// An object as a prompt names it: `gpu-worker-4 (agt_1, active, us-east)`. `noun` stands in for a missing name.
pub fn described<S: AsRef<str>>(
    noun: &str,
    id: &Id,
    name: Option<S>,
    facts: &[Option<S>],
) -> String {
    let facts = facts.iter().flatten().map(AsRef::as_ref);
    let facts: Vec<&str> = facts.filter(|fact: &&str| !fact.is_empty()).collect();
    let facts = facts.join(", ");
    let name = name.filter(|name| !name.as_ref().trim().is_empty());
    match name.as_ref().map(AsRef::as_ref) {
        Some(name) if facts.is_empty() => format!("{name} ({id})"),
        Some(name) => format!("{name} ({id}, {facts})"),
        None if facts.is_empty() => format!("{noun} {id}"),
        None => format!("{noun} {id} ({facts})"),
    }
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
            Err(Error::new(Exit::Declined, "canceled; nothing was changed"))
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
    /// Where a change happens, for prompts: `lab (acme-prod at api.example)`. The sandbox in this process has only its
    /// name, because its port differs each time.
    pub fn place(&self) -> String {
        let name = self.deployment.as_deref();
        if self.is_local() {
            return name.unwrap_or("the sandbox").to_owned();
        }
        let server = match BaseUrl::parse(self.base_url()) {
            Ok(url) => format!("{} at {}", url.project(), url.authority()),
            Err(_) => match BaseUrl::parse_root(self.base_url()) {
                Ok(url) => url.authority(),
                Err(_) => self.base_url().to_owned(),
            },
        };
        match name {
            Some(name) => format!("{name} ({server})"),
            None => server,
        }
    }

    /// Whether [`Session::confirm`] will show a prompt.
    pub fn will_prompt(&self, forced: bool) -> bool {
        !forced && !self.is_dry() && self.context.is_interactive()
    }

    /// Reads the object of a prompt, so that the prompt can show more than its ID. None without a prompt, and if the read
    /// fails: then a note says why.
    ///
    /// # Errors
    /// Exit 5 if the object does not exist, exit 3 as [`Session::check_protection`], and signals.
    pub async fn read_for_prompt<E: Endpoint>(
        &self,
        endpoint: &E,
        id: &Id,
        forced: bool,
    ) -> Result<Option<E::Reply>, Error> {
        self.check_protection()?;
        if !self.will_prompt(forced) {
            return Ok(None);
        }
        match self.get(endpoint).await {
            Ok(reply) => Ok(reply.map(|reply| reply.value)),
            Err(error) => self.skip_read(id, error).map(|()| None),
        }
    }

    /// Continues with the ID only after a failed read, unless there is nothing left to ask about.
    ///
    /// # Errors
    /// The error itself for an object that does not exist, and for signals.
    pub fn skip_read(&self, id: &Id, error: Error) -> Result<(), Error> {
        if error.exit() == Exit::NotFound || error.exit().is_by_signal() {
            return Err(error);
        }
        let why = error.message();
        self.ui().note(&format!("could not read {id}: {why}"));
        Ok(())
    }

    /// Asks for consent to a change of the router's state. A dry run asks nothing, nor does `forced`.
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
