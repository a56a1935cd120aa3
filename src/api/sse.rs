//! An incremental parser for server-sent events: the `text/event-stream` format (WHATWG HTML, section 9.2).

use std::time::Duration;

/// The maximum size of a line or an event in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

/// Longer IDs are not kept, because they are sent with every new connection.
const LONGEST_ID: usize = 1024;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The ID to continue from after a disconnect: this event's, or the last one before it.
    pub id: Option<String>,
    /// The name, or `message` by default.
    pub name: String,
    /// The data lines, joined by newlines.
    pub data: String,
}

/// The parser.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the bytes so far"
)]
pub struct Parser {
    line: Vec<u8>,
    /// Whether the last byte was a carriage return, so that a following newline belongs to it.
    returned: bool,
    began: bool,
    /// The ID of the event being read. It takes effect when the event is complete; an incomplete event is sent again.
    next_id: Option<String>,
    id: Option<String>,
    name: String,
    data: String,
    has_data: bool,
    retry: Option<Duration>,
    broken: bool,
}

impl Parser {
    /// A parser for a new connection, which continues after the last complete event and keeps the reconnection time.
    pub fn again(&self) -> Self {
        Self {
            next_id: self.id.clone(),
            id: self.id.clone(),
            retry: self.retry,
            ..Self::default()
        }
    }

    /// Consumes bytes and returns the completed events.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for &byte in bytes {
            let after_return = std::mem::take(&mut self.returned);
            match byte {
                b'\n' if after_return => {}
                b'\n' => events.extend(self.end_of_line()),
                b'\r' => {
                    self.returned = true;
                    events.extend(self.end_of_line());
                }
                _ if self.line.len() >= LARGEST => self.broken = true,
                _ => self.line.push(byte),
            }
        }
        events
    }

    /// The ID of the last complete event, from which a new connection continues.
    pub fn last_id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The reconnection time requested by the router.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Whether the stream exceeded the maximum size and is unusable.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    fn end_of_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = if std::mem::replace(&mut self.began, true) {
            &*line
        } else {
            line.trim_start_matches('\u{feff}')
        };
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" if self.data.len() + value.len() > LARGEST => self.broken = true,
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            "id" if !value.contains('\0') && value.len() <= LONGEST_ID => {
                self.next_id = Some(value.to_owned()).filter(|id| !id.is_empty());
            }
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis);
            }
            // A comment or an unknown field.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Event> {
        let name = std::mem::take(&mut self.name);
        let data = std::mem::take(&mut self.data);
        self.id.clone_from(&self.next_id);
        std::mem::take(&mut self.has_data).then(|| Event {
            id: self.id.clone(),
            name: if name.is_empty() {
                "message".to_owned()
            } else {
                name
            },
            data,
        })
    }
}

#[cfg(test)]
mod tests;
