//! One run of the program: from the words on the line to the exit code.

use std::ffi::OsString;

use crate::cmd::Cli;
use crate::cmd::global::Given;
use crate::cmd::grammar::{self, Parsed};
use crate::cmd::sandbox::local;
use crate::env::Env;
use crate::error::{Error, Exit};
use crate::interrupt::{Interrupt, SIGTERM};
use crate::line::Line;
use crate::session::Context;
use crate::tone;
use crate::ui::{Manner, Ui};
use crate::view::Format;

/// Runs the words after the program's name.
#[must_use]
pub fn run(words: &[OsString], env: &Env, ui: &Ui, interrupt: &Interrupt) -> u8 {
    let line = Line::new(words);
    ui.set_manner(early_manner(&line, env, ui));
    ui.set_program(line.program());
    let result = parse_and_run(words, line.clone(), env, ui, interrupt);
    let exit = match result {
        Ok(exit) => exit,
        Err(error) => {
            let error = if error.has_no_hint() && error.router().http_status.is_some() {
                let asked = line.with_flag("--dry-run").command();
                error.hint(format!("to see the request: {asked}"))
            } else {
                error
            };
            ui.error(&error);
            error.exit()
        }
    };
    match interrupt.raised() {
        Some(SIGTERM) => Exit::Terminated.code(),
        Some(_) => Exit::Interrupted.code(),
        None => exit.code(),
    }
}

fn parse_and_run(
    words: &[OsString],
    line: Line,
    env: &Env,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<Exit, Error> {
    let colour_output = ui.manner().colour_output;
    let (cli, given) = match grammar::parse(words, colour_output)? {
        Parsed::Text(text) => {
            ui.print(&text)?;
            return Ok(Exit::Done);
        }
        Parsed::Command(cli, given) => (cli, given),
    };
    ui.set_manner(Manner {
        quiet: given.quiet,
        verbose: given.verbose,
        ..ui.manner()
    });
    execute(*cli, given, line, env, ui, interrupt)
}

fn execute(
    cli: Cli,
    given: Given,
    line: Line,
    env: &Env,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<Exit, Error> {
    let Some(command) = cli.command else {
        return Err(Error::usage("a command is missing").hint("what there is: xeroctl --help"));
    };
    let flags = &given.globals.flags;
    if flags.api_key.is_some() && ui.terminals().error {
        ui.warn("a key on the line is visible to everybody on this machine and stays in the shell's history: prefer --api-key-file");
    }
    let secrets = flags.api_key.iter().map(|key| key.expose().to_owned());
    let variables = ["XEROCTL_API_KEY", "SLAW_API_KEY"];
    let variables = variables.into_iter().filter_map(|name| env.text(name));
    for secret in secrets.chain(variables) {
        ui.keep_secret(&secret.into());
    }
    let context = Context {
        ui: ui.clone(),
        env: env.clone(),
        interrupt: interrupt.clone(),
        line,
        globals: given.globals,
        start_local: local::start,
        local_base_url: local::base_url(),
        local_squads_url: local::squads_url(),
        local_squad: local::SQUAD,
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(Exit::Other, "the runtime could not be started").cause(error))?
        .block_on(command.run(&context))
}

/// How to write before the line is parsed: errors of the line itself are written in this way too.
fn early_manner(line: &Line, env: &Env, ui: &Ui) -> Manner {
    let terminals = ui.terminals();
    let colour = match line.value_of("--color", None).as_deref() {
        Some("always") => Some(true),
        Some("never") => Some(false),
        _ => None,
    };
    let wants = |terminal| tone::wants_colour(colour, |name| env.text(name), terminal);
    let output = line
        .value_of("--output", Some('o'))
        .or_else(|| env.text("XEROCTL_OUTPUT"));
    Manner {
        colour_output: wants(terminals.output),
        colour_error: wants(terminals.error),
        json_errors: output
            .and_then(|word| Format::read(&word))
            .is_some_and(Format::is_json),
        ..Manner::default()
    }
}
