//! One documented example: the command line, its output, and the state afterwards.

use serde_json::Value;

use crate::support::process::{Ended, run};
use crate::support::pty::{ENTER, Terminal};
use crate::support::{Home, split};

/// The documented columns of the list of agents.
pub(crate) const AGENTS: &[&str] = &[
    "ID",
    "NAME",
    "WORKER_ID",
    "STATUS",
    "REGION",
    "LAST_HEARTBEAT",
];
/// Those of an agent's events.
pub(crate) const EVENTS: &[&str] = &["ID", "EVENT_TYPE", "DETAILS", "CREATED"];
/// Those of an agent's candidates.
pub(crate) const CANDIDATES: &[&str] = &["ID", "Status", "Agent", "Created"];
/// Those of the join keys.
pub(crate) const JOIN_KEYS: &[&str] = &[
    "ID",
    "NAME",
    "STATUS",
    "REGION",
    "ENROLLMENTS",
    "MAX",
    "EXPIRES",
];

/// Names and values.
pub(crate) type Members = &'static [(&'static str, &'static str)];

/// A documented line.
pub(crate) struct Example {
    /// As it is printed: comments, continued lines and placeholders included.
    pub line: &'static str,
    /// What it prints.
    pub shows: Shows,
    /// What other commands tell afterwards: a line, and members of the document that it prints as JSON.
    pub then: &'static [(&'static str, Members)],
}

/// What a line prints.
pub(crate) enum Shows {
    /// A list with these columns, of which something is in it.
    List(&'static [&'static str]),
    /// One object with these fields among others.
    Object(Members),
    /// One JSON document with these members.
    Document(Members),
    /// An ID and what was done to it.
    Done(&'static str, &'static str),
    /// A question, which is answered with yes, and then this sentence.
    Asks(&'static str),
    /// A request that is not sent.
    Request(&'static str),
}

/// The placeholders of the page, and what stands in their place here.
const PLACEHOLDERS: &[(&str, &str)] = &[
    (
        "<base64-curve25519-public-key>",
        "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=",
    ),
    ("<b64>", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="),
    ("join-keys <id>", "join-keys jk_abc123"),
    ("<id>", "agt_abc123"),
    ("<agent-id>", "agt_abc123"),
    ("<name>", "named"),
    ("<wid>", "w-1"),
    ("<r>", "eu-west"),
];

/// Runs each example in a new sandbox, and once more for its JSON document.
#[track_caller]
pub(crate) fn check(examples: &[Example]) {
    for example in examples {
        example.check();
        example.check_json();
    }
}

impl Example {
    /// The words after the program's name, quoted as on the page.
    fn words(&self) -> String {
        let line = PLACEHOLDERS
            .iter()
            .fold(self.line.to_owned(), |line, (name, value)| {
                line.replace(name, value)
            });
        let line = match line.split_once(" # ") {
            Some((line, _comment)) => line,
            None => &line,
        };
        let words = line.strip_prefix("xeroctl ");
        words.expect("a line of xeroctl").to_owned()
    }

    #[track_caller]
    fn check(&self) {
        let home = fresh();
        let words = self.words();
        if let Shows::Asks(sentence) = self.shows {
            let mut terminal = Terminal::run(&home, &words);
            terminal.wait_for("[y/N] ").types("y").types(ENTER);
            terminal.end().exits(0).shows(sentence);
        } else {
            let ended = run(&home, &words).exits(0);
            self.shows.check(&ended);
        }
        for (line, members) in self.then {
            let told = run(&home, &format!("{line} -o json")).exits(0).json();
            check_members(&told, members);
        }
    }

    /// In JSON the same line prints one document. Nobody is asked then, so those that ask are forced.
    #[track_caller]
    fn check_json(&self) {
        let mut words = self.words();
        if !words.contains("-o json") {
            words.push_str(" -o json");
        }
        if matches!(self.shows, Shows::Asks(_)) {
            words.push_str(" --force");
        }
        let document = run(&fresh(), &words).exits(0).json();
        assert!(document.is_object(), "{words}: {document}");
        match self.shows {
            // The router has no route to a single key, so the table is the list.
            Shows::List(_) if words.contains("join-keys jk_abc123") => {
                assert_eq!(document["id"], "jk_abc123", "{words}: the key alone");
            }
            Shows::List(_) => {
                let data = document["data"].as_array();
                assert!(data.is_some_and(|data| !data.is_empty()), "{words}");
            }
            Shows::Request(_) => assert_eq!(document["dry_run"], true, "{words}"),
            _ => {}
        }
    }
}

impl Shows {
    #[track_caller]
    fn check(&self, ended: &Ended) {
        let lines: Vec<&str> = ended.stdout.lines().collect();
        match self {
            Self::List(columns) => {
                let headings: Vec<&str> = lines[0].split('\t').collect();
                assert_eq!(headings, *columns, "{ended:#?}");
                assert!(lines.len() > 1, "{ended:#?}");
                for line in &lines[1..] {
                    assert_eq!(line.split('\t').count(), columns.len(), "{ended:#?}");
                }
            }
            Self::Object(fields) => {
                for (name, value) in *fields {
                    let line = format!("{name}\t{value}");
                    assert!(lines.contains(&line.as_str()), "{line:?} in {ended:#?}");
                }
            }
            Self::Done(id, done) => {
                assert_eq!(ended.stdout, format!("{id}\t{done}\n"), "{ended:#?}");
            }
            Self::Document(members) => check_members(&ended.json(), members),
            Self::Request(text) => {
                assert_eq!(ended.stdout, format!("{text}\n"), "{ended:#?}");
            }
            Self::Asks(_) => panic!("{}: it asks", ended.line),
        }
    }
}

/// A home whose current deployment is a new sandbox.
fn fresh() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}

#[track_caller]
fn check_members(document: &Value, members: &[(&str, &str)]) {
    for (path, value) in members {
        assert_eq!(member(document, path), *value, "{path} of {document}");
    }
}

/// What stands at a path such as `data/0/status`; of a list, `data/id=jk_abc123/status` means the item with that id.
fn member(document: &Value, path: &str) -> String {
    let mut at = document;
    for step in path.split('/') {
        let found = match step.split_once('=') {
            Some((name, value)) => at
                .as_array()
                .and_then(|items| items.iter().find(|item| item[name] == value)),
            None => match step.parse::<usize>() {
                Ok(index) => at.get(index),
                Err(_) => at.get(step),
            },
        };
        let Some(found) = found else {
            return "absent".to_owned();
        };
        at = found;
    }
    match at {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[test]
fn splits_lines_like_a_shell() {
    let example = Example {
        line: "xeroctl agents --create --name \"a b\" \\\n--region <r> # Create an agent",
        shows: Shows::List(AGENTS),
        then: &[],
    };
    let words = split(&example.words());
    assert_eq!(
        words,
        ["agents", "--create", "--name", "a b", "--region", "eu-west"]
    );
}
