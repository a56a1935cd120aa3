//! One run of the program: from the words on the command line to the exit code.

use std::ffi::OsString;
use std::time::Instant;

use futures_util::FutureExt as _;

use crate::cmd::grammar::{self, Parsed};
use crate::cmd::sandbox::local;
use crate::cmd::{Cli, alias, complete, next_command};
use crate::command_line::{self, CommandLine};
use crate::config::GlobalArgs;
use crate::env::Env;
use crate::error::{Error, Exit};
use crate::interrupt::{self, Interrupt};
use crate::redact::Typed;
use crate::session::Context;
use crate::tone;
use crate::ui::{OutputMode, Ui};
use crate::view::Format;

/// Variables whose values an error may repeat.
const VARIABLES: [&str; 7] = [
    "SLAW_API_URL",
    "XEROCTL_ALLOW_HTTP",
    "XEROCTL_API_KEY_FILE",
    "XEROCTL_BASE_URL",
    "XEROCTL_CONFIG",
    "XEROCTL_CONTEXT",
    "XEROCTL_OUTPUT",
];

/// Runs the program with the arguments after its name.
pub fn run(words: &[OsString], env: &Env, ui: &Ui, interrupt: &Interrupt) -> u8 {
    if let Some((command, rest)) = words.split_first()
        && command == complete::COMMAND
    {
        complete_line(rest, env, ui, interrupt);
        return Exit::Success.code();
    }
    let (expanded, refused) = match alias::expand(words, env) {
        Ok(expanded) => (expanded, None),
        Err(error) => (None, Some(error)),
    };
    let words = expanded.as_deref().unwrap_or(words);
    let line = CommandLine::new(words);
    let program = line.clone();
    ui.set_program(move || program.program());
    let parsed = match refused {
        Some(error) => Err(error),
        None => grammar::parse(words),
    };
    ui.set_output_mode(output_mode(&parsed, words, env, ui));
    set_pager(env, ui);
    let result = parsed.and_then(|parsed| match parsed {
        Parsed::Text(text) => {
            let is_coloured = ui.output_mode().color_output;
            let mut text = grammar::text(&text, is_coloured);
            if alias::asks_for_all_help(words) {
                text.push_str(&alias::section(env));
            }
            ui.print(&text)?;
            Ok(Exit::Success)
        }
        Parsed::Command(cli, globals) => execute(*cli, *globals, line.clone(), env, ui, interrupt),
    });
    ui.stop_paging();
    let exit = match result {
        Ok(exit) => exit,
        Err(error) => {
            let error = if matches!(error.exit(), Exit::Usage | Exit::Config) {
                let typed = typed(words, env);
                error.with_texts(|text| typed.redact(text))
            } else {
                error
            };
            let error = next_command::complete(error, words);
            ui.error(&error);
            error.exit()
        }
    };
    match interrupt.raised() {
        Some(signal) => interrupt::exit(signal).code(),
        None => exit.code(),
    }
}

/// The texts that a usage error may repeat: the arguments, and the variables that the parser reads.
fn typed(words: &[OsString], env: &Env) -> Typed {
    let variables = VARIABLES.iter().filter_map(|name| env.text(name));
    let words = words.iter().map(|word| word.to_string_lossy().into_owned());
    Typed::new(words.chain(variables))
}

fn execute(
    cli: Cli,
    mut globals: GlobalArgs,
    line: CommandLine,
    env: &Env,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Result<Exit, Error> {
    let Some(command) = cli.command else {
        return Err(Error::usage("missing command").hint("list commands: xeroctl --help"));
    };
    if globals.api_key.is_some() && ui.terminals().error {
        ui.warn("the key on the command line is visible to other users and stays in the shell history; use --api-key-file instead");
    }
    let secrets = globals.api_key.iter().map(|key| key.expose().to_owned());
    let variables = ["XEROCTL_API_KEY", "SLAW_API_KEY"];
    let variables = variables.into_iter().filter_map(|name| env.text(name));
    for secret in secrets.chain(variables) {
        ui.register_secret(&secret.into());
    }
    if let Some(limit) = command.time_limit() {
        globals.timeout = Some(globals.timeout.map_or(limit, |given| given.min(limit)));
    }
    let context = context(globals, line, env, ui, interrupt);
    if command.is_immediate() {
        let result = command.run(&context).now_or_never();
        let unfinished = || Error::new(Exit::Failure, "the command did not finish");
        return result.unwrap_or_else(|| Err(unfinished()));
    }
    block_on(command.run(&context))?
}

fn context(
    globals: GlobalArgs,
    line: CommandLine,
    env: &Env,
    ui: &Ui,
    interrupt: &Interrupt,
) -> Context {
    Context {
        ui: ui.clone(),
        env: env.clone(),
        interrupt: interrupt.clone(),
        started: Instant::now(),
        line,
        globals,
        is_command: alias::is_command,
        start_local: local::start,
        local_base_url: local::base_url(),
        local_squads_url: local::squads_url(),
        local_squad: local::SQUAD,
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        // A server that floods the connection keeps its task busy. Check timers and signals after each turn.
        .event_interval(1)
        .build()
        .map_err(|error| {
            Error::new(Exit::Failure, "the runtime could not be started").cause(error)
        })?;
    let result = runtime.block_on(work);
    // Dropping the runtime would wait for system calls that can't be interrupted.
    runtime.shutdown_background();
    Ok(result)
}

/// Prints what may follow on a command line, which comes on standard input. Whatever fails, there is less of it.
fn complete_line(words: &[OsString], env: &Env, ui: &Ui, interrupt: &Interrupt) {
    let started = Instant::now();
    ui.set_output_mode(OutputMode {
        quiet: true,
        ..OutputMode::default()
    });
    let left = || complete::LIMIT.checked_sub(started.elapsed());
    let late = || "the command line did not come in time".to_owned();
    let Ok(bytes) = ui.read_input::<String>(complete::LONGEST, || left().ok_or_else(late)) else {
        return;
    };
    let shell = words.first().map(|word| word.to_string_lossy());
    let line = String::from_utf8_lossy(&bytes);
    let mut completion = complete::find(&shell.unwrap_or_default(), &line);
    if let Some(source) = completion.live.take() {
        let globals = completion.globals.clone();
        let mut context = context(globals, CommandLine::default(), env, ui, interrupt);
        context.started = started;
        if let Ok(values) = block_on(complete::live::values(source, &context)) {
            completion.add(values);
        }
    }
    // The shell may have lost interest.
    let _ = ui.print(&completion.text());
}

/// Sets the pager, if the environment names one.
fn set_pager(env: &Env, ui: &Ui) {
    let Some(text) = env.text("XEROCTL_PAGER") else {
        return;
    };
    match command_line::split(&text) {
        Some(words) => ui.set_pager(&words, env),
        None if ui.terminals().output => {
            ui.warn("no pager is used: XEROCTL_PAGER has a quote that is not closed");
        }
        None => {}
    }
}

/// The output mode, which usage errors also follow.
fn output_mode(
    parsed: &Result<Parsed, Error>,
    words: &[OsString],
    env: &Env,
    ui: &Ui,
) -> OutputMode {
    let terminals = ui.terminals();
    let (output, color, quiet, verbose) = match parsed {
        Ok(Parsed::Command(_, given)) => {
            let output = given.output.map(|format| format.word().to_owned());
            (output, given.color, given.quiet, given.verbose)
        }
        Ok(Parsed::Text(_)) | Err(_) => {
            let (output, color) = grammar::early(words);
            (output, color, false, 0)
        }
    };
    let wants = |terminal| tone::wants_color(color, |name| env.text(name), terminal);
    let format = output
        .or_else(|| env.text("XEROCTL_OUTPUT"))
        .and_then(|word| Format::read(&word));
    let redraws =
        !env.is_ci() && !env.is_accessible() && tone::can_rewrite(env.text("TERM").as_deref());
    OutputMode {
        machine: format.is_some_and(Format::is_machine) && !terminals.output,
        ascii: env.is_ascii(),
        color_output: wants(terminals.output),
        color_error: wants(terminals.error),
        redraws,
        accessible: env.is_accessible(),
        live: redraws && !env.is_ascii(),
        json_errors: format.is_some_and(Format::is_json),
        quiet,
        verbose,
    }
}
