//! `xeroctl top`: one live screen of the fleet.

mod draw;
mod feed;
pub mod keys;
pub mod rows;
pub mod state;
mod text;

use std::time::Duration;

use self::feed::Reader;
use self::keys::Effect;
use self::state::State;
use super::approvals::interactive::{self, Choice};
use super::values;
use crate::api::page::ListEndpoint as _;
use crate::api::{agents, approvals, invocations};
use crate::error::{Error, Exit};
use crate::session::{Context, Session};
use crate::time::{self, WireTime};
use crate::ui::screen::Screen;
use crate::ui::stream::Size;
use crate::view::{Format, RenderOptions};

/// The default interval.
const INTERVAL: Duration = Duration::from_secs(2);
/// How often times are drawn again.
const SECOND: Duration = Duration::from_secs(1);

/// Show the fleet on one live screen
///
/// Agents by status, queued and running invocations, pending approvals with the time left, and events as they arrive.
/// The keys are listed with `?`. Approving and rejecting prompt as `approvals approve` does. Runs until `q` or Ctrl-C.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl top
  xeroctl top --interval 5s

Without a terminal:
  xeroctl status
  xeroctl agents --watch")]
pub struct Args {
    /// Polling interval, from 500ms to 60s [default: 2s; longer for large lists]
    #[arg(long, value_name = "DURATION", value_parser = values::interval)]
    interval: Option<Duration>,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 without a terminal that can be redrawn.
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let mut session = context.open()?;
        if session.is_dry() {
            let lists = [
                agents::List.request(),
                invocations::List.request(),
                approvals::List { risk: None }.request(),
            ];
            session.plan(&lists)?;
            return Ok(Exit::Success);
        }
        check_options(context)?;
        let Some(screen) = open(context) else {
            return Err(no_screen(context));
        };
        // The prompts of a decision show the approval, too.
        session.render_options.format = Format::Table;
        show(&session, screen, self.interval.unwrap_or(INTERVAL)).await
    }
}

/// Refuses options for the output, which is not a result.
fn check_options(context: &Context) -> Result<(), Error> {
    let globals = &context.globals;
    for (option, is_given) in [
        ("--jq", globals.jq.is_some()),
        ("--columns", globals.columns.is_some()),
        ("--output", globals.output.is_some()),
    ] {
        if is_given {
            let message = format!("`{option}` can't be used with `top`, which shows a live screen");
            return Err(Error::usage(message).next("list agents in any format", "agents"));
        }
    }
    Ok(())
}

fn open(context: &Context) -> Option<Screen> {
    let screen = context.ui.screen(&context.interrupt)?;
    screen.with_keys()
}

fn no_screen(context: &Context) -> Error {
    let terminals = context.ui.terminals();
    let why = if cfg!(not(unix)) {
        "it does not work on this system yet"
    } else if !terminals.output {
        "standard output is not a terminal"
    } else if !terminals.input {
        "standard input is not a terminal"
    } else if context.env.is_accessible() {
        "XEROCTL_ACCESSIBLE is set"
    } else if context.env.is_ci() {
        "CI is set"
    } else {
        "this terminal can't be redrawn (TERM)"
    };
    Error::usage(format!(
        "`top` needs a terminal that it can redraw, but {why}"
    ))
    .next("check the router", "status")
    .next("print changes of agents", "agents --watch")
}

/// Why the screen is left.
enum Left {
    /// By a key.
    Quit,
    /// For a decision, after which it comes back.
    Decide(String, Choice),
    Signal,
    Deadline(Duration),
}

async fn show(session: &Session<'_>, screen: Screen, interval: Duration) -> Result<Exit, Error> {
    let context = session.context;
    let mut reader = Reader::new(session, interval)?;
    let mut state = State::new(session.place());
    let mut screen = Some(screen);
    loop {
        let Some(shown) = screen.take().or_else(|| open(context)) else {
            return Err(no_screen(context));
        };
        let left;
        (state, left) = run(session, &shown, &mut reader, state).await?;
        drop(shown);
        match left {
            Left::Quit => return Ok(Exit::Success),
            Left::Decide(id, choice) => {
                if !decide(session, &id, choice).await? {
                    return Ok(Exit::Success);
                }
                reader.refresh();
            }
            Left::Signal => return Err(context.interrupt.error()),
            Left::Deadline(after) => {
                let after = time::show_duration(after);
                session
                    .ui()
                    .note(&format!("stopped after --timeout {after}"));
                return Ok(Exit::Deadline);
            }
        }
    }
}

/// Draws and handles keys until the screen is left.
async fn run(
    session: &Session<'_>,
    screen: &Screen,
    reader: &mut Reader<'_>,
    mut state: State,
) -> Result<(State, Left), Error> {
    let interrupt = &session.context.interrupt;
    let _hold = interrupt.hold(None);
    let deadline = session.deadline();
    let timeout = async {
        match deadline {
            Some(deadline) => {
                tokio::time::sleep_until(deadline.at.into()).await;
                deadline.after
            }
            None => std::future::pending().await,
        }
    };
    let mut timeout = std::pin::pin!(timeout);
    loop {
        let size = screen.size();
        let options = RenderOptions {
            now: session.ui().now(),
            ..session.render_options.clone()
        };
        screen.draw(draw::draw(&state, size, &options))?;
        let key = tokio::select! {
            biased;
            () = interrupt.wait() => return Ok((state, Left::Signal)),
            after = &mut timeout => return Ok((state, Left::Deadline(after))),
            key = screen.key() => key,
            news = reader.next() => {
                let now = WireTime::read(time::utc(session.server_now()));
                state.take(news?, &now);
                continue;
            }
            () = screen.changed() => continue,
            () = tokio::time::sleep(SECOND) => continue,
        };
        let effect;
        (state, effect) = keys::press(state, key, draw::page(size), &options);
        match effect {
            Effect::None => {}
            Effect::Quit => return Ok((state, Left::Quit)),
            Effect::Refresh => reader.refresh(),
            Effect::Open(panel, id) => reader.open(panel, id, &options, size.columns),
            Effect::Decide(..) if !session.context.is_interactive() => {
                state.remark = Some("prompts are disabled (--no-input)".to_owned());
            }
            Effect::Decide(id, choice) => return Ok((state, Left::Decide(id, choice))),
        }
    }
}

/// Leads to a decision at prompts on the ordinary terminal. Returns whether the screen comes back.
async fn decide(session: &Session<'_>, id: &str, choice: Choice) -> Result<bool, Error> {
    let ui = session.ui();
    match interactive::decide_on(session, id, choice).await {
        Err(error) if error.exit().is_by_signal() => return Err(error),
        Err(error) => ui.error(&error),
        Ok(()) => {}
    }
    let response = ui.ask("Press Enter to return to the screen: ")?;
    Ok(response.is_some())
}

/// The screen of a state, for tests.
pub fn screen(state: &State, size: Size, options: &RenderOptions) -> Vec<String> {
    draw::draw(state, size, options)
}
