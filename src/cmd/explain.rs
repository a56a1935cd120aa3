//! `xeroctl explain`.

use serde::Serialize;

use super::{suggestions, values};
use crate::api::advice::{self, Advice, Next};
use crate::api::request::Method;
use crate::error::{EXITS, Error, Exit, ExitInfo};
use crate::session::Context;
use crate::view::column::{Cell, Column};

/// Explain an error code of the router or an exit code
///
/// Shows what the code means, what to do, the command that shows more, and
/// whether xeroctl retries a request that fails with it. Uses no network.
/// Without CODE, all codes are listed.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl explain
  xeroctl explain scope_insufficient
  xeroctl explain 17
  xeroctl explain -o name
  xeroctl agents || xeroctl explain $?")]
pub struct Args {
    /// Error code of the router, or exit code [default: list all]
    #[arg(value_name = "CODE", value_parser = values::text)]
    code: Option<String>,
}

/// A code of either kind.
#[derive(Serialize)]
struct Explanation {
    code: String,
    kind: &'static str,
    exit_code: u8,
    http_status: Option<u16>,
    meaning: &'static str,
    action: &'static str,
    /// The meaning and the action as they are shown on a terminal.
    #[serde(skip)]
    lines: [Vec<String>; 2],
    command: Option<String>,
    remark: Option<&'static str>,
    retried: &'static str,
}

const COLUMNS: &[Column<Explanation>] = &[
    Column::id("CODE", |code| Cell::from(code.code.as_str())),
    Column::text("EXIT", |code| code.exit_code.to_string().into()),
    Column::text("MEANING", |code| Cell::Lines(&code.lines[0])),
    Column::extra("ACTION", |code| Cell::Lines(&code.lines[1])),
    Column::extra("COMMAND", |code| Cell::from(&code.command)),
    Column::extra("REMARK", |code| {
        code.remark.map_or(Cell::Absent, Cell::from)
    }),
    Column::extra("RETRIED", |code| code.retried.into()),
    Column::extra("HTTP", |code| {
        let status = code.http_status.map(|status| status.to_string());
        status.map_or(Cell::Absent, Cell::from)
    }),
    Column::extra("KIND", |code| code.kind.into()),
];

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 if there is no such code.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let Some(word) = self.code else {
            let codes: Vec<Explanation> = all().collect();
            context
                .renderer_of(COLUMNS)?
                .computed_list(COLUMNS, &codes)?;
            return Ok(Exit::Success);
        };
        let code = find(&word).ok_or_else(|| unknown(&word))?;
        context.renderer_of(COLUMNS)?.computed(COLUMNS, &code)?;
        Ok(Exit::Success)
    }
}

fn all() -> impl Iterator<Item = Explanation> {
    let router = advice::TABLE.iter().chain(advice::GENERAL).map(of_router);
    router.chain(EXITS.iter().map(of_exit))
}

/// The code that a word names: the router's in any spelling, an exit code, or the word for one in JSON errors.
fn find(word: &str) -> Option<Explanation> {
    let code = spelled(word);
    let number = EXITS
        .iter()
        .find(|info| code.parse() == Ok(info.exit.code()));
    let has_word = |info: &&ExitInfo| info.exit.word() == Some(code.as_str());
    // Of the signals, the one that is meant by far the most often.
    let word = || {
        let exits = EXITS.iter().filter(has_word);
        exits.max_by_key(|info| info.exit == Exit::Interrupted)
    };
    match number.or_else(word) {
        Some(exit) => Some(of_exit(exit)),
        None => all().find(|known| known.code == code),
    }
}

fn spelled(word: &str) -> String {
    word.trim().to_ascii_lowercase().replace(['-', ' '], "_")
}

fn unknown(word: &str) -> Error {
    let codes: Vec<Explanation> = all().collect();
    let words = codes.iter().map(|code| code.code.as_str());
    let error = Error::usage(format!("unknown code `{word}`"));
    let error = match suggestions::nearest_of(&spelled(word), words) {
        Some(code) => error.hint(format!("did you mean: xeroctl explain {code}")),
        None => error,
    };
    error.hint("list the codes: xeroctl explain")
}

fn of_router(advice: &Advice) -> Explanation {
    let command = |words: &str| Some(format!("xeroctl {words}"));
    let (command, remark) = match advice.next {
        Next::Run(words) => (command(words), None),
        Next::Assumed(words) => (command(words), Some("the path of the command is assumed")),
        Next::Instead(why) => (None, Some(why)),
    };
    Explanation {
        code: advice.code.to_owned(),
        kind: "router",
        exit_code: advice.exit().code(),
        http_status: advice.status(),
        meaning: advice.meaning,
        action: advice.action,
        lines: [advice.meaning, advice.action].map(wrapped),
        command,
        remark,
        retried: match [Method::Get, Method::Post].map(|method| advice.is_retried(method)) {
            [true, true] => "yes",
            [true, false] => "reads only",
            _ => "no",
        },
    }
}

fn of_exit(info: &ExitInfo) -> Explanation {
    Explanation {
        code: info.exit.code().to_string(),
        kind: "exit",
        exit_code: info.exit.code(),
        http_status: None,
        meaning: info.meaning,
        action: info.action,
        lines: [info.meaning, info.action].map(wrapped),
        command: Some(format!("xeroctl {}", info.next)),
        remark: None,
        retried: info.retried,
    }
}

/// So wide is a text beside the name of its field on a narrow terminal.
const WIDTH: usize = 68;

/// The lines of a text.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
