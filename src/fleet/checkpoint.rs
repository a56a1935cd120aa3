//! What a checkpoint says. It is a file of JSON lines: the first says what it belongs to, each other one what became of one
//! object. The last line about an object counts.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// The version of the format.
const VERSION: u32 = 1;

/// The first line: what the file belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format.
    pub xeroctl_checkpoint: u32,
    /// The change.
    pub action: String,
    /// The base URL of the server.
    pub base_url: String,
    /// How the objects were selected.
    pub selection: String,
    /// The objects, in order. A second run continues with them, whatever the selection would give by then.
    pub plan: Vec<String>,
    /// The objects that were selected and skipped, each with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<(String, String)>,
}

impl Header {
    /// The header of a new checkpoint.
    pub fn new(action: &str, base_url: &str, selection: &str, plan: Vec<String>) -> Self {
        Self {
            xeroctl_checkpoint: VERSION,
            action: action.to_owned(),
            base_url: base_url.to_owned(),
            selection: selection.to_owned(),
            plan,
            skipped: Vec::new(),
        }
    }
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Written before the request is sent. If nothing follows, the outcome is unknown.
    Started,
    /// The router accepted the request.
    Dispatched,
    /// The object acknowledged it.
    Acknowledged,
    /// The object refused it.
    Refused,
    /// The request failed, and nothing was done.
    Failed,
    /// It is unknown whether something was done.
    Unknown,
}

/// A line about an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The object.
    pub id: String,
    /// What became of it.
    pub state: State,
    /// When, by the server's clock.
    pub at: String,
    /// The ID of the request that the server gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Where it can be monitored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitor_url: Option<String>,
}

/// What is to be done with an object that a checkpoint knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Todo {
    /// Nothing.
    Skip,
    /// The request.
    Send,
    /// Find out what became of an earlier request; then nothing, or the request.
    Resolve,
}

/// The contents of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// What it belongs to.
    pub header: Header,
    /// The last entry about each object.
    entries: HashMap<String, Entry>,
}

impl Checkpoint {
    /// A new checkpoint.
    pub fn new(header: Header) -> Self {
        Self {
            header,
            entries: HashMap::new(),
        }
    }

    /// Reads the complete lines of a file. A last line without an end was being written when the program was killed, and
    /// counts as not written.
    ///
    /// # Errors
    /// A sentence, if it is not a checkpoint.
    pub fn read(text: &str) -> Result<Self, String> {
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        let mut lines = complete.lines();
        let head: serde_json::Value = lines
            .next()
            .and_then(|line| serde_json::from_str(line).ok())
            .ok_or("is not a checkpoint")?;
        match head["xeroctl_checkpoint"].as_u64() {
            Some(version) if version == u64::from(VERSION) => {}
            Some(version) => {
                return Err(format!(
                    "is a checkpoint of version {version}, which this program does not read"
                ));
            }
            None => return Err("is not a checkpoint".to_owned()),
        }
        let header = serde_json::from_value(head).map_err(|_| "is a damaged checkpoint")?;
        let mut entries = HashMap::new();
        for (number, line) in lines.enumerate() {
            let entry: Entry = serde_json::from_str(line).map_err(|_| {
                let number = number + 2;
                format!("is a damaged checkpoint (line {number})")
            })?;
            entries.insert(entry.id.clone(), entry);
        }
        Ok(Self { header, entries })
    }

    /// The last entry about an object.
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: Entry) {
        self.entries.insert(entry.id.clone(), entry);
    }

    /// What is to be done with an object.
    pub fn todo(&self, id: &str) -> Todo {
        match self.entry(id).map(|entry| entry.state) {
            None | Some(State::Failed | State::Refused) => Todo::Send,
            Some(State::Dispatched | State::Acknowledged) => Todo::Skip,
            Some(State::Started | State::Unknown) => Todo::Resolve,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header::new("rotate", "http://h/p/v1", "--all", vec!["a".to_owned()])
    }

    fn line(value: &impl Serialize) -> String {
        serde_json::to_string(value).expect("JSON") + "\n"
    }

    fn entry(id: &str, state: State) -> Entry {
        Entry {
            id: id.to_owned(),
            state,
            at: "2026-11-22T12:00:00Z".to_owned(),
            request_id: None,
            monitor_url: None,
        }
    }

    #[test]
    fn the_last_entry_counts() {
        let text = [
            line(&header()),
            line(&entry("a", State::Started)),
            line(&entry("b", State::Started)),
            line(&entry("b", State::Failed)),
            line(&entry("c", State::Started)),
            line(&entry("c", State::Dispatched)),
            line(&entry("d", State::Unknown)),
            line(&entry("e", State::Refused)),
        ];
        let checkpoint = Checkpoint::read(&text.concat()).expect("a checkpoint");
        assert_eq!(checkpoint.header, header());
        let todo = ["a", "b", "c", "d", "e", "f"].map(|id| checkpoint.todo(id));
        let expected = [
            Todo::Resolve,
            Todo::Send,
            Todo::Skip,
            Todo::Resolve,
            Todo::Send,
            Todo::Send,
        ];
        assert_eq!(todo, expected);
    }

    #[test]
    fn a_line_that_was_cut_off_at_any_byte_counts_as_not_written() {
        let start = line(&header()) + &line(&entry("a", State::Started));
        let last = line(&entry("a", State::Dispatched));
        for cut in 0..last.len() {
            let text = format!("{start}{}", &last[..cut]);
            let checkpoint = Checkpoint::read(&text).expect("a checkpoint");
            assert_eq!(checkpoint.todo("a"), Todo::Resolve, "{cut}");
        }
    }

    #[test]
    fn refuses_what_is_no_checkpoint() {
        let newer = line(&header()).replace(":1,", ":2,");
        let damaged = line(&header()) + "{\"id\":\n";
        for (text, why) in [
            ("", "is not a checkpoint"),
            ("{}\n", "is not a checkpoint"),
            ("agt_1\nagt_2\n", "is not a checkpoint"),
            (
                &newer,
                "is a checkpoint of version 2, which this program does not read",
            ),
            (&damaged, "is a damaged checkpoint (line 2)"),
        ] {
            assert_eq!(Checkpoint::read(text), Err(why.to_owned()), "{text}");
        }
    }
}
