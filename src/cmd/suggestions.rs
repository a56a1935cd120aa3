//! What was probably meant: words that other programs use for actions, mistyped verbs, and command groups that only
//! the wider product has.

use clap::CommandFactory as _;

use super::Cli;
use crate::command_line;

/// A flag-selected group, for an id that was meant as one of its words or verbs.
pub struct Group {
    /// The group as typed behind the program's name.
    pub command: &'static str,
    /// Words that other programs use for actions, with the documented form behind the group, in which `<id>` stands
    /// for the word that follows.
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
    ("bootstrap", "use xeroctl config init"),
];

/// Further groups of the wider product, whose routes are below a path of the same name.
const OTHER_GROUPS: &[&str] = &[
    "chat",
    "chats",
    "conversations",
    "exports",
    "files",
    "health",
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

/// Words that other programs use for the verbs of a group, by the group as typed.
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
            ("ls", "list"),
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
        "xeroctl approvals",
        &[
            ("get", "show"),
            ("describe", "show"),
            ("ls", "list"),
            ("accept", "approve"),
            ("deny", "reject"),
            ("decline", "reject"),
            ("follow", "watch"),
        ],
    ),
];

/// The verb of a group that is meant by a word of other programs. Where it is known, no verb is proposed because it looks
/// alike: `get` is not `set`.
pub fn verb(group: &str, word: &str) -> Option<&'static str> {
    let (_, words) = VERBS.iter().find(|(known, _)| *known == group)?;
    let (_, verb) = words.iter().find(|(known, _)| *known == word)?;
    Some(verb)
}

/// What to do in the place of a group that this program does not have.
pub fn elsewhere(group: &str) -> Option<String> {
    if OTHER_GROUPS.contains(&group) {
        return Some(format!("use xeroctl api GET /{group} (assumed path)"));
    }
    let known = ELSEWHERE.iter().find(|(name, _)| *name == group);
    known.map(|(_, instead)| (*instead).to_owned())
}

/// What was probably meant by an id of a flag-selected group; `next` is the word behind the id.
pub fn meant(group: &Group, id: &str, next: Option<&str>) -> Option<String> {
    let command = group.command;
    let near = |word: &str| strsim::damerau_levenshtein(id, word) <= usize::from(word.len() > 3);
    if let Some((_, form)) = group.words.iter().find(|(word, _)| near(word)) {
        let target = next.map_or_else(|| "ID".to_owned(), command_line::quote);
        let form = format!("xeroctl {command} {}", form.replace("<id>", &target));
        return Some(format!(
            "`{id}` stands where an id belongs; the documented form is: {} (for the id {id}: xeroctl {command} -- {id})",
            form.trim_end()
        ));
    }
    let mut tree = &Cli::command();
    for word in command.split(' ') {
        tree = tree.find_subcommand(word)?;
    }
    let verbs = tree.get_subcommands().map(clap::Command::get_name);
    let verb = verbs
        .map(|verb| (strsim::damerau_levenshtein(id, verb), verb))
        .filter(|(edits, _)| (1..=2).contains(edits))
        .min();
    verb.map(|(_, verb)| {
        format!("`{id}` is taken for an id; the verb is: xeroctl {command} {verb}")
    })
}
