//! Responses sent piece by piece on request: event streams, and interrupted transfers.

use std::io::Write;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::router::Answer;

/// Longer than any test: a response of which nobody thinks any more ends then.
const FORGOTTEN: Duration = Duration::from_mins(1);

/// One piece of a body.
enum Piece {
    Bytes(Vec<u8>),
    /// The same bytes so many times.
    Repeated(Vec<u8>, usize),
    /// Tells that everything before it has been taken.
    Tell(Sender<()>),
    /// The body is complete.
    End,
    /// The connection ends, the body does not.
    Break,
}

/// The test's end of a response under way. The connection breaks when it is dropped.
#[derive(Clone)]
pub struct Live(Sender<Piece>);

/// The router's end of it.
#[derive(Clone, Debug)]
pub struct Pieces(Arc<Mutex<Receiver<Piece>>>);

impl Live {
    /// A live feed of events.
    pub fn feed() -> (Self, Answer) {
        Self::of("text/event-stream")
    }

    /// A body of this content type.
    pub fn of(kind: &str) -> (Self, Answer) {
        let (sender, receiver) = mpsc::channel();
        let pieces = Pieces(Arc::new(Mutex::new(receiver)));
        (Self(sender), Answer::pieces(kind, pieces))
    }

    /// A feed that sends this text and breaks off.
    pub fn broken(text: &str) -> Answer {
        let (live, answer) = Self::feed();
        live.sends(text).breaks();
        answer
    }

    fn piece(&self, piece: Piece) -> &Self {
        // The client may have disconnected.
        let _ = self.0.send(piece);
        self
    }

    /// Sends these bytes at once.
    pub fn sends(&self, bytes: impl Into<Vec<u8>>) -> &Self {
        self.piece(Piece::Bytes(bytes.into()))
    }

    /// Sends these bytes so many times.
    pub fn repeats(&self, bytes: impl Into<Vec<u8>>, times: usize) -> &Self {
        self.piece(Piece::Repeated(bytes.into(), times))
    }

    /// Sends an event with this ID about an invocation.
    pub fn event(&self, id: &str, name: &str, invocation: &str, status: &str) -> &Self {
        self.sends(event(id, name, invocation, status))
    }

    /// Waits until the client, or the buffers between, have taken everything so far.
    #[track_caller]
    pub fn is_taken(&self) -> &Self {
        let (sender, taken) = mpsc::channel();
        self.piece(Piece::Tell(sender));
        taken.recv_timeout(FORGOTTEN).expect("somebody takes it");
        self
    }

    /// Ends the body as it should.
    pub fn ends(&self) {
        self.piece(Piece::End);
    }

    /// Breaks the connection.
    pub fn breaks(&self) {
        self.piece(Piece::Break);
    }
}

/// The text of an event about an invocation.
pub fn event(id: &str, name: &str, invocation: &str, status: &str) -> String {
    format!(
        "id: {id}\nevent: {name}\ndata: {{\"invocation_id\":\"{invocation}\",\"tool_name\":\"t\",\"workspace_id\":\"ws_1\",\"status\":\"{status}\"}}\n\n"
    )
}

impl Pieces {
    /// Sends the pieces as they come, as the chunks of an HTTP/1.1 body.
    pub fn send(&self, stream: &mut impl Write) -> std::io::Result<()> {
        let pieces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut chunk = |bytes: &[u8]| {
            stream.write_all(format!("{:x}\r\n", bytes.len()).as_bytes())?;
            stream.write_all(bytes)?;
            stream.write_all(b"\r\n")?;
            stream.flush()
        };
        loop {
            match pieces.recv_timeout(FORGOTTEN) {
                Ok(Piece::Bytes(bytes)) => chunk(&bytes)?,
                Ok(Piece::Repeated(bytes, times)) => {
                    for _ in 0..times {
                        chunk(&bytes)?;
                    }
                }
                Ok(Piece::Tell(sender)) => drop(sender.send(())),
                Ok(Piece::End) => return chunk(b""),
                Ok(Piece::Break) | Err(_) => return Ok(()),
            }
        }
    }
}
