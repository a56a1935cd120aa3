//! What was probably meant: words that other programs use for actions, mistyped verbs, and command groups that only
//! the wider product has.

use crate::line;

/// Words that look like actions of `agents` and `join-keys`, and are legal ids there; with the documented form, in
/// which `<id>` is the word behind.
const WORDS: &[(&str, &str)] = &[
    ("list", ""),
    ("ls", ""),
    ("get", "<id>"),
    ("show", "<id>"),
    ("describe", "<id>"),
    ("create", "--create"),
    ("add", "--create"),
    ("new", "--create"),
    ("update", "<id> --update"),
    ("edit", "<id> --update"),
    ("delete", "<id> --delete"),
    ("remove", "<id> --delete"),
    ("rm", "<id> --delete"),
    ("events", "<id> --events"),
    ("revoke", "<id> --revoke"),
    ("help", "--help"),
];

/// Groups of the wider product that the documents mention, with what to do instead.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "keys",
        "API keys are managed in the router's web console, or by whoever issued them",
    ),
    (
        "project",
        "projects and their members are managed in the router's web console",
    ),
    (
        "settings",
        "budget, billing and limits are in the router's web console",
    ),
    (
        "workspaces",
        "workspaces are managed in the router's web console; commands here take their ids with --workspace",
    ),
    (
        "models",
        "the catalogue is at GET /models below the base URL",
    ),
    (
        "endpoints",
        "endpoints are managed in the router's web console",
    ),
    (
        "discovery",
        "candidates of an agent are decided on here: xeroctl agents candidates list AGENT",
    ),
    (
        "templates",
        "templates are managed in the router's web console",
    ),
];

/// What to do in the place of a group that this program does not have.
#[must_use]
pub fn elsewhere(group: &str) -> Option<&'static str> {
    ELSEWHERE
        .iter()
        .find(|(name, _)| *name == group)
        .map(|(_, instead)| *instead)
}

/// What was probably meant by an id of a flag-selected group: `command` is the group (`agents`), `verbs` are its verbs
/// and `next` is the word behind the id.
#[must_use]
pub fn meant(command: &str, id: &str, verbs: &[&str], next: Option<&str>) -> Option<String> {
    if let Some((_, form)) = WORDS.iter().find(|(word, _)| *word == id) {
        let target = next.map_or_else(|| "ID".to_owned(), line::quote);
        let form = form.replace("<id>", &target);
        let form = format!("xeroctl {command} {form}");
        return Some(format!(
            "`{id}` stands where an id belongs; the documented form is: {} (an agent or key of that name: xeroctl {command} -- {id})",
            form.trim_end()
        ));
    }
    let verb = verbs
        .iter()
        .map(|verb| (strsim::damerau_levenshtein(id, verb), verb))
        .filter(|(edits, _)| (1..=2).contains(edits))
        .min();
    verb.map(|(_, verb)| {
        format!("`{id}` is taken for an id; the verb is: xeroctl {command} {verb}")
    })
}
