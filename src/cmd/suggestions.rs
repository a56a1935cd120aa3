//! Suggestions for words that xeroctl does not have: words of other programs, mistyped ones, and command groups that
//! only the wider product has.

use clap::CommandFactory as _;

use super::{Cli, aliases, global};
use crate::command_line;

/// A flag-selected group, for an ID that was meant as a subcommand.
pub struct Group {
    /// The group as typed after the program's name.
    pub command: &'static str,
    /// Words that other programs use for actions, with the documented form, in which `<id>` stands for the word that
    /// follows.
    pub words: &'static [(&'static str, &'static str)],
}

/// Groups of the wider product that the documents mention, with what to do instead. The `assumed` routes belong to a
/// documented family, but no document names the exact path.
const ELSEWHERE: &[(&str, &str)] = &[
    ("keys", "use xeroctl api GET /management/api-keys"),
    ("models", "use xeroctl api GET /models"),
    ("endpoints", "use xeroctl api GET /endpoints"),
    ("settings", "use xeroctl api GET /settings (assumed path)"),
    (
        "workspaces",
        "use xeroctl api GET /workspaces (assumed path)",
    ),
    (
        "project",
        "use xeroctl api GET /management/project (assumed path)",
    ),
    ("discovery", "use xeroctl agents candidates list AGENT"),
    (
        "learnings",
        "use xeroctl exec learnings list --workspace WORKSPACE",
    ),
    ("auth", "use xeroctl config show"),
    ("health", "use xeroctl status"),
    ("bootstrap", "use xeroctl config init"),
];

/// Further groups of the wider product, whose routes are below a path of the same name.
const OTHER_GROUPS: &[&str] = &[
    "chat",
    "chats",
    "conversations",
    "exports",
    "files",
    "license",
    "maintenance",
    "mcp",
    "preferences",
    "responses",
    "slos",
    "templates",
    "uploads",
    "usage",
    "webhooks",
];

/// Words that other programs use for the subcommands of a group, by the group as typed.
const VERBS: &[(&str, &[(&str, &str)])] = &[
    (
        "xeroctl exec",
        &[
            ("run", "invoke"),
            ("call", "invoke"),
            ("start", "invoke"),
            ("tool", "tool-show"),
            ("describe", "tool-show"),
            ("get", "show"),
            ("executions", "list"),
            ("status", "watch"),
            ("wait", "watch"),
            ("follow", "watch"),
            ("logs", "raw"),
            ("log", "raw"),
            ("output", "raw"),
            ("stop", "cancel"),
            ("kill", "cancel"),
            ("retry", "rerun"),
            ("events", "stream"),
            ("learning", "learnings"),
        ],
    ),
    (
        "xeroctl exec learnings",
        &[
            ("get", "show"),
            ("ls", "list"),
            ("rm", "delete"),
            ("remove", "delete"),
        ],
    ),
    (
        "xeroctl exec context",
        &[("get", "show"), ("put", "set"), ("update", "set")],
    ),
    (
        "xeroctl config",
        &[
            ("describe", "show"),
            ("edit", "path"),
            ("set-context", "set"),
            ("create", "add"),
            ("new", "add"),
            ("login", "init"),
        ],
    ),
    (
        "xeroctl approvals",
        &[
            ("get", "show"),
            ("describe", "show"),
            ("accept", "approve"),
            ("deny", "reject"),
            ("decline", "reject"),
            ("follow", "watch"),
        ],
    ),
];

/// Words that other programs use for commands of the first level.
const COMMANDS: &[(&str, &str)] = &[
    ("agent", "agents"),
    ("get", "agents"),
    ("list", "agents"),
    ("ls", "agents"),
    ("describe", "agents"),
    ("run", "exec invoke"),
    ("invoke", "exec invoke"),
    ("tools", "exec tools"),
    ("watch", "exec watch"),
    ("wait", "exec watch"),
    ("logs", "exec raw"),
    ("executions", "exec list"),
    ("approve", "approvals approve"),
    ("reject", "approvals reject"),
    ("approval", "approvals"),
    ("squad", "squads"),
    ("auth", "config add"),
    ("login", "config init"),
    ("init", "config init"),
    ("context", "config list"),
    ("contexts", "config list"),
    ("use", "config use"),
    ("whoami", "config current"),
    ("pause", "agents pause-exec"),
    ("resume", "agents resume-exec"),
    ("rotate", "agents curve-rotate"),
    ("fleet", "agents"),
    ("workers", "agents"),
    ("create", "agents --create"),
    ("enroll", "join-keys --create"),
    ("tokens", "join-keys"),
    ("events", "exec stream"),
    ("cancel", "exec cancel"),
    ("accept", "approvals approve"),
    ("deny", "approvals reject"),
    ("ping", "status"),
    ("check", "status"),
    ("test", "status"),
    ("diagnose", "doctor"),
    ("errors", "explain"),
    ("error", "explain"),
];

/// Options of other programs, with the options that do the same here.
const OPTIONS: &[(&str, &str)] = &[
    ("-c", "--context"),
    ("--ctx", "--context"),
    ("--profile", "--context"),
    ("--cluster", "--context"),
    ("--deployment", "--context"),
    ("-n", "--workspace"),
    ("--namespace", "--workspace"),
    ("--paginate", "--all"),
    ("--page-all", "--all"),
    ("-L", "--limit"),
    ("--max", "--limit"),
    ("--page-size", "--limit"),
    ("--per-page", "--limit"),
    ("--chunk-size", "--limit"),
    ("--cursor", "--after"),
    ("--page", "--after"),
    ("--state", "--status"),
    ("--format", "--output"),
    ("--json", "--output json"),
    ("--wide", "--output wide"),
    ("--server", "--base-url"),
    ("--url", "--base-url"),
    ("--host", "--base-url"),
    ("--token", "--api-key-file"),
    ("--key", "--api-key-file"),
    ("--key-file", "--api-key-file"),
    ("--silent", "--quiet"),
    ("--debug", "--verbose"),
    ("--no-color", "--color never"),
    ("--no-header", "--no-headers"),
    ("--non-interactive", "--no-input"),
    ("--batch", "--no-input"),
    ("--request-timeout", "--timeout"),
    ("--field", "--arg"),
    ("--raw-field", "--arg"),
    ("--input", "--args"),
    ("--role", "--agent-role"),
    ("--ttl-secs", "--ttl"),
];

/// Options that select items of a list.
const FILTERS: &[&str] = &[
    "--filter",
    "--selector",
    "--field-selector",
    "--query",
    "--search",
    "-l",
];

/// Options and subcommands that are never proposed for a mistyped word, because following a hint must not destroy
/// anything.
const DESTRUCTIVE: &[&str] = &[
    "allow-http",
    "delete",
    "force",
    "remove",
    "reset",
    "reset-session",
    "revoke",
    "revoke-credentials",
    "revoke-key",
    "rm",
    "show-secrets",
    "terminate",
    "unsafe-raw",
    "yes",
];

/// Whether a subcommand or an option, without dashes, destroys something or skips a prompt.
pub fn is_destructive(word: &str) -> bool {
    DESTRUCTIVE.contains(&word)
}

/// The word most similar to a mistyped one, if it is similar enough for its length. A destructive one is never
/// proposed.
fn nearest<'w>(typed: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let typed = typed.trim_start_matches('-');
    let near = words.filter_map(|word| {
        let edits = strsim::damerau_levenshtein(typed, word);
        let length = typed.chars().count().min(word.chars().count());
        (edits > 0 && edits * 3 <= length).then_some((edits, word))
    });
    let (_, word) = near.min()?;
    (!DESTRUCTIVE.contains(&word)).then_some(word)
}

/// The word that is most similar to a mistyped one, or starts with it.
pub fn nearest_of<'w>(
    typed: &str,
    words: impl Iterator<Item = &'w str> + Clone,
) -> Option<&'w str> {
    nearest(typed, words.clone()).or_else(|| {
        let mut starting = words.filter(|word| typed.len() > 2 && word.starts_with(typed));
        starting.next()
    })
}

/// The subcommand that was probably meant: by a word of other programs, else by a similar one. For a known word,
/// similar ones are not considered: `get` is not `set`.
pub fn subcommand(path: &str, group: &clap::Command, word: &str) -> Option<String> {
    let (_, name) = path.rsplit_once(' ').unwrap_or(("", path));
    let table = match path {
        "xeroctl" => COMMANDS,
        _ => VERBS
            .iter()
            .find(|(known, _)| *known == path)
            .map_or(&[][..], |(_, words)| words),
    };
    if let Some((_, subcommand)) = table.iter().find(|(known, _)| *known == word) {
        return Some((*subcommand).to_owned());
    }
    let own = group.get_subcommands().map(clap::Command::get_name);
    let aliases = aliases::of(name).iter().map(|(alias, _)| *alias);
    nearest(word, own.chain(aliases)).map(str::to_owned)
}

/// A hint for an option that a command does not have.
pub fn option(command: &clap::Command, typed: &str) -> Option<String> {
    let name = typed.split('=').next().unwrap_or(typed);
    let is_visible =
        |option: &&clap::Arg| !option.is_hide_set() || global::is_global(option.get_id().as_str());
    let visible = || command.get_arguments().filter(is_visible);
    let longs = || visible().filter_map(clap::Arg::get_long);
    if FILTERS.contains(&name) {
        return Some("filters are described in: xeroctl help filtering".to_owned());
    }
    let known = OPTIONS.iter().find(|(word, _)| *word == name);
    let known = known.and_then(|(_, option)| {
        let long = option.trim_start_matches('-').split(' ').next()?;
        longs().any(|own| own == long).then_some(*option)
    });
    if let Some(option) = known {
        return Some(format!("did you mean `{option}`?"));
    }
    if !name.starts_with("--") {
        return None;
    }
    nearest(name, longs()).map(|option| format!("did you mean `--{option}`?"))
}

/// The alternative to a group that this program does not have.
pub fn elsewhere(group: &str) -> Option<String> {
    if OTHER_GROUPS.contains(&group) {
        return Some(format!("use xeroctl api GET /{group} (assumed path)"));
    }
    let known = ELSEWHERE.iter().find(|(name, _)| *name == group);
    known.map(|(_, instead)| (*instead).to_owned())
}

/// The command that was probably meant by an ID of a flag-selected group; `next` is the word after the ID.
pub fn meant(group: &Group, id: &str, next: Option<&str>) -> Option<String> {
    let command = group.command;
    let name = command.rsplit(' ').next().unwrap_or(command);
    if let Some((_, form)) = group.words.iter().find(|(word, _)| *word == id) {
        let target = next.map_or_else(|| "ID".to_owned(), command_line::quote);
        let form = form.replace("<id>", &target);
        return Some(format!("xeroctl {command} {}", form.trim_end()));
    }
    let mut tree = &Cli::command();
    for word in command.split(' ') {
        tree = tree.find_subcommand(word)?;
    }
    let own = tree.get_subcommands().map(clap::Command::get_name);
    let aliases = aliases::of(name).iter().map(|(alias, _)| *alias);
    nearest(id, own.chain(aliases)).map(|word| format!("xeroctl {command} {word}"))
}

/// The hint for an ID that was probably meant as a subcommand.
pub fn not_an_id(group: &Group, id: &str) -> Option<String> {
    let meant = meant(group, id, None)?;
    Some(format!("`{id}` was taken for an ID; did you mean: {meant}"))
}
