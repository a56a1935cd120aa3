//! A scripted router: a listener on a loopback port that records requests and answers with given bytes. It shares no
//! code with the client.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Home;
use super::live::Pieces;

/// The key that [`Router::home`] sends.
pub const KEY: &str = "xero_test_0123456789";

/// One request as it arrived.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it is text.
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Asked {
    /// `GET /proj_1/v1/management/agents`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// One answer, byte by byte.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    fate: Fate,
}

/// What becomes of the connection.
#[derive(Clone, Debug)]
enum Fate {
    /// The whole response is sent.
    Answered,
    /// The connection ends before the response does.
    Broken,
    /// Nothing comes until the client gives up.
    Silent,
    /// The body comes piece by piece.
    Pieces(Pieces),
    /// The body comes without a head.
    Raw,
}

impl Answer {
    pub fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), kind.to_owned())],
            body: body.into(),
            fate: Fate::Answered,
        }
    }

    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "application/json", body)
    }

    /// A response that does not say what its body is.
    pub fn bare(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            body: body.into(),
            ..Self::empty(status)
        }
    }

    /// A response without body and content type.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            fate: Fate::Answered,
        }
    }

    /// The documented envelope with this `code`.
    pub fn fault(status: u16, code: &str) -> Self {
        let body = format!(
            r#"{{"error":{{"message":"the router says no","type":"some_type","code":"{code}","param":null}}}}"#
        );
        Self::json(status, body).header("X-Request-ID", "req_42")
    }

    /// The connection ends after the request was read, before a byte of the response.
    pub fn dropped() -> Self {
        Self {
            fate: Fate::Broken,
            ..Self::empty(0)
        }
    }

    /// No answer comes.
    pub fn silence() -> Self {
        Self {
            fate: Fate::Silent,
            ..Self::empty(0)
        }
    }

    /// These bytes come in place of a response.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            fate: Fate::Raw,
            ..Self::bare(0, bytes)
        }
    }

    /// A body that comes piece by piece; see [`super::live::Live`].
    pub fn pieces(kind: &str, pieces: Pieces) -> Self {
        Self {
            fate: Fate::Pieces(pieces),
            ..Self::new(200, kind, "")
        }
    }

    /// The same answer, of which only the first half of the body is sent.
    pub fn cut(self) -> Self {
        Self {
            fate: Fate::Broken,
            ..self
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn send(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let Self {
            status,
            headers,
            body,
            fate,
        } = self;
        match fate {
            Fate::Broken if *status == 0 => return Ok(()),
            Fate::Silent => {
                // Until the client closes its end.
                return stream.read(&mut [0]).map(|_| ());
            }
            Fate::Raw => return stream.write_all(body),
            Fate::Broken | Fate::Answered | Fate::Pieces(_) => {}
        }
        let mut head = format!("HTTP/1.1 {status} Scripted\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Fate::Pieces(pieces) = fate {
            head.push_str("Transfer-Encoding: chunked\r\n\r\n");
            stream.write_all(head.as_bytes())?;
            return pieces.send(stream);
        }
        if *status != 204 {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        let end = match fate {
            Fate::Broken => body.len() / 2,
            _ => body.len(),
        };
        stream.write_all(&body[..end])
    }
}

/// The server; it ends with the test.
pub struct Router {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    left: Arc<Mutex<VecDeque<Answer>>>,
    ended: Arc<AtomicBool>,
}

impl Router {
    /// Gives these responses, one per request and in this order. Further requests get a 418; an
    /// answer without a request fails the test.
    pub fn script(answers: impl IntoIterator<Item = Answer>) -> Self {
        let left: Arc<Mutex<VecDeque<_>>> = Arc::new(Mutex::new(answers.into_iter().collect()));
        let mine = left.clone();
        Self::start(left, move |_| {
            let next = lock(&mine).pop_front();
            next.unwrap_or_else(|| Answer::new(418, "text/plain", "not in the script"))
        })
    }

    /// Answers each request by what it asks.
    pub fn rules(rules: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::start(Arc::default(), rules)
    }

    /// Expects no requests: see [`Router::asked`].
    pub fn unasked() -> Self {
        Self::script([])
    }

    fn start(
        left: Arc<Mutex<VecDeque<Answer>>>,
        rules: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port");
        let router = Self {
            address: listener.local_addr().expect("its address"),
            asked: Arc::default(),
            left,
            ended: Arc::default(),
        };
        let (asked, ended, rules) = (router.asked.clone(), router.ended.clone(), Arc::new(rules));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let (asked, rules) = (asked.clone(), rules.clone());
                std::thread::spawn(move || serve(stream, &asked, rules.as_ref()));
            }
        });
        router
    }

    /// `http://127.0.0.1:PORT/proj_1/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/proj_1/v1", self.address)
    }

    /// `http://127.0.0.1:PORT`, the root of a squads API.
    pub fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A home whose environment selects this router and [`KEY`].
    pub fn home(&self) -> Home {
        Home::new()
            .with("XEROCTL_BASE_URL", &self.base_url())
            .with("XEROCTL_API_KEY", KEY)
    }

    /// What was asked so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.asked).clone()
    }

    /// Method and target of what was asked so far, without the mount and the project.
    pub fn lines(&self) -> Vec<String> {
        let asked = self.asked();
        asked
            .iter()
            .map(|asked| asked.line().replace("/proj_1/v1", ""))
            .collect()
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the listener, so that its thread ends.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        let left = lock(&self.left).len();
        assert!(
            left == 0 || std::thread::panicking(),
            "{left} scripted answers were never asked for"
        );
    }
}

fn serve(mut stream: TcpStream, asked: &Mutex<Vec<Asked>>, rules: &dyn Fn(&Asked) -> Answer) {
    let Some(request) = read(&stream) else { return };
    lock(asked).push(request.clone());
    // The client may have disconnected already.
    let _ = rules(&request).send(&mut stream);
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split(' ');
    let mut request = Asked {
        method: words.next()?.to_owned(),
        target: words.next()?.to_owned(),
        ..Asked::default()
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let value = value.trim_matches([' ', '\t', '\r', '\n']);
        request
            .headers
            .push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = request.header("content-length").unwrap_or("0");
    let mut body = vec![0; length.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    request.bytes = body;
    Some(request)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An address of this machine without a listener.
pub fn nobody() -> String {
    // A free port may be taken by another test; to this one only an administrator may bind.
    "http://127.0.0.1:1/proj_1/v1".to_owned()
}
