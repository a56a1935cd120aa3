//! Aliases of documented flags and subcommands: `agents create` means `agents --create`, `exec ls` means `exec list`,
//! and `exec help` means `exec --help`.

use std::ffi::OsString;

/// The aliases of the flags of `agents`.
const AGENTS: &[(&str, &str)] = &[
    ("list", "--list"),
    ("ls", "--list"),
    ("get", "--get"),
    ("show", "--get"),
    ("create", "--create"),
    ("update", "--update"),
    ("edit", "--update"),
    ("delete", "--delete"),
    ("rm", "--delete"),
    ("events", "--events"),
];

/// The aliases of the flags of `join-keys`. There is no route to a single key, so `get` lists too, but needs the ID.
const JOIN_KEYS: &[(&str, &str)] = &[
    ("list", "--list"),
    ("ls", "--list"),
    ("get", "--get"),
    ("show", "--get"),
    ("create", "--create"),
    ("wait", "--wait"),
    ("revoke", "--revoke"),
    ("rm", "--revoke"),
    ("delete", "--revoke"),
];

/// Aliases of subcommands, from other programs. (clap would list its own aliases in errors.)
const LISTS: &[(&str, &str)] = &[("ls", "list")];
const CONFIG: &[(&str, &str)] = &[
    ("ls", "list"),
    ("get-contexts", "list"),
    ("view", "show"),
    ("get", "show"),
    ("current-context", "current"),
    ("use-context", "use"),
    ("rename-context", "rename"),
    ("rm", "remove"),
    ("delete", "remove"),
    ("delete-context", "remove"),
];
const SQUADS: &[(&str, &str)] = &[("list", "agents"), ("ls", "agents")];

/// The aliases of a flag-selected group with their flags, or those of a group's subcommands.
pub fn of(group: &str) -> &'static [(&'static str, &'static str)] {
    match group {
        "agents" => AGENTS,
        "join-keys" => JOIN_KEYS,
        "exec" | "approvals" | "candidates" | "learnings" => LISTS,
        "config" => CONFIG,
        "squads" => SQUADS,
        _ => &[],
    }
}

/// Whether a word after this group is an alias, so that an object with such an ID needs a `--` before it.
pub fn is_alias(group: &str, word: &str) -> bool {
    word == "help" || of(group).iter().any(|(alias, _)| *alias == word)
}

/// The words of a command line with aliases replaced by their documented form. A word after `--` is always an ID.
pub fn as_documented(words: &[OsString], tree: &clap::Command) -> Vec<OsString> {
    let mut words = words.to_vec();
    let mut command = tree;
    let mut at = 0;
    while let Some(word) = words.get(at).and_then(|word| word.to_str()) {
        if word == "--" {
            break;
        }
        if word.len() > 1 && word.starts_with('-') {
            at += 1 + usize::from(takes_next_word(command, word));
            continue;
        }
        if let Some((_, documented)) = alias_of(command, tree, word) {
            words[at] = documented.into();
            break;
        }
        // The first level has a command of this name.
        let is_group = command.has_subcommands() || !of(command.get_name()).is_empty();
        if word == "help" && is_group && command.get_name() != tree.get_name() {
            words.remove(at);
            let end = words.iter().position(|word| word == "--");
            words.insert(end.unwrap_or(words.len()), "--help".into());
            continue;
        }
        let Some(below) = command.find_subcommand(word) else {
            break;
        };
        command = below;
        at += 1;
    }
    words
}

/// The alias in a group. The squads have their own `agents` command, without aliases.
fn alias_of(
    command: &clap::Command,
    tree: &clap::Command,
    word: &str,
) -> Option<&'static (&'static str, &'static str)> {
    let is_group = command.get_name() != "agents"
        || tree
            .find_subcommand("agents")
            .is_some_and(|agents| std::ptr::eq(agents, command));
    let mut aliases = of(command.get_name()).iter().filter(|_| is_group);
    aliases.find(|(alias, _)| *alias == word)
}

/// Whether the next word is the value of this option, or of the last of these short options.
fn takes_next_word(command: &clap::Command, word: &str) -> bool {
    if word.starts_with("--") {
        return !word.contains('=') && takes_value(command, word);
    }
    let letters = word.char_indices().skip(1);
    let first = letters
        .into_iter()
        .find(|(_, letter)| takes_value(command, &format!("-{letter}")));
    first.is_some_and(|(at, letter)| at + letter.len_utf8() == word.len())
}

/// Whether an option as typed takes the next word as its value, in this command or one below it.
pub fn takes_value(command: &clap::Command, option: &str) -> bool {
    let is_it = |argument: &clap::Arg| {
        let long = argument.get_long().map(|long| format!("--{long}"));
        let short = argument.get_short().map(|short| format!("-{short}"));
        let is_named = [long, short].iter().flatten().any(|name| name == option);
        // `--delete` may be followed by IDs, but does without them.
        let needs_value = argument
            .get_num_args()
            .is_none_or(|range| range.min_values() > 0);
        is_named
            && needs_value
            && argument.get_action().takes_values()
            && !argument.is_require_equals_set()
    };
    command.get_arguments().any(is_it)
        || command
            .get_subcommands()
            .any(|below| takes_value(below, option))
}
