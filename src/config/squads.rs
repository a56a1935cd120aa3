//! The squads API: which server, which key, which squad.

use super::file::Config;
use super::pair;
use super::resolve::{Resolved, Sources};
use super::source::{Flags, Origin, Sourced};
use crate::env::Env;
use crate::error::Error;

/// The variable that names the squad.
const SQUAD: &str = "SLAW_SQUAD_ID";

/// What the line of a command of the squads API says besides the global options.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// `--squads-url`.
    pub url: Option<&'a str>,
    /// `--squad`.
    pub squad: Option<&'a str>,
}

/// What the line, the environment and the file come to.
pub struct Squads {
    /// Server, key and settings.
    pub resolved: Resolved,
    /// The squad; none where nothing names one, and in the sandbox, which knows its own.
    pub squad: Option<Sourced<String>>,
}

/// Resolves everything about the squads API.
///
/// # Errors
/// Exit 3 when the sources are wrong or contradict each other; exit 2 when the line does.
pub fn resolve(
    wanted: Wanted<'_>,
    flags: &Flags,
    env: &Env,
    config: &Config,
) -> Result<Squads, Error> {
    if flags.base_url.is_some() {
        return Err(Error::usage(
            "--base-url is the router's: the squads API is named with --squads-url",
        ));
    }
    let sources = Sources {
        pair: &pair::SQUADS,
        url: wanted.url,
        flags,
        env,
        config,
    };
    let mut resolved = sources.resolve()?;
    let chosen = sources.choose()?;
    let stored = chosen.stored.and_then(|stored| stored.squad_id.clone());
    let stored = stored.map(|squad| Sourced::new(squad, chosen.origin()));
    let variable = env
        .text(SQUAD)
        .map(|squad| Sourced::new(squad, Origin::Variable(SQUAD)));
    let squad = match wanted.squad {
        Some(squad) => Some(Sourced::new(squad.to_owned(), Origin::Flag("--squad"))),
        // As with the key: a deployment that is named on the line is taken whole.
        None if chosen.is_sandbox() || chosen.on_line() && stored.is_some() => {
            resolved.ignored.extend(variable.map(|_| SQUAD));
            stored
        }
        None => variable.or(stored),
    };
    Ok(Squads { resolved, squad })
}
