//! Tests that need direct access to the client: names that do not resolve or point elsewhere, and short limits.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::AtomicU32;

use super::*;
use crate::api::proxy::ProxySettings;
use crate::api::service::Service;
use crate::api::transport::KeyUse;
use crate::base_url::BaseUrl;
use crate::error::Exit;
use crate::files::WaitLimit;

/// Far longer than any of these tests may take.
const HANG: Duration = Duration::from_secs(20);

struct Deaf;

impl Observer for Deaf {
    fn event(&self, _: Event<'_>) {}
}

fn hanging(_: &str) -> io::Result<Vec<SocketAddr>> {
    std::thread::sleep(HANG);
    Err(io::ErrorKind::TimedOut.into())
}

const ELSEWHERE: ([u8; 4], u16) = ([192, 0, 2, 1], 0);
const HERE: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

fn client(base_url: &str, lookup: fn(&str) -> io::Result<Vec<SocketAddr>>) -> Client {
    let base = BaseUrl::parse(base_url).expect("a base URL");
    let key = KeyUse {
        is_sent: true,
        is_exposed: false,
    };
    let way = Transport::to(
        &base,
        None,
        &ProxySettings::default(),
        key,
        &WaitLimit::new(None, |_| ()),
    )
    .expect("a way");
    let target = ServerConfig {
        base_url: base_url.to_owned(),
        service: Service::ROUTER,
        key: Some(Secret::new("xero_test_key".to_owned())),
        change_headers: Vec::new(),
        via: way.via(),
    };
    let way = way.with_lookup(lookup);
    Client::new(&way, target, Arc::new(Deaf), None, SystemTime::now).expect("a client")
}

impl Client {
    fn within(mut self, after: Duration) -> Self {
        self.deadline = Some(Deadline {
            after,
            at: Instant::now() + after,
        });
        self
    }
}

fn get() -> Request {
    Request::new("list agents", Method::Get, ["management", "agents"])
}

fn delete() -> Request {
    Request::new(
        "delete the agent",
        Method::Delete,
        ["management", "agents", "agt_1"],
    )
}

/// The error of a request, in a runtime that ends with it, as a command's does.
fn error_of(
    client: &Client,
    request: &Request,
    stop: impl Future<Output = ()>,
) -> (Error, Duration) {
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let result = runtime.block_on(client.send(request, stop));
    drop(runtime);
    let Err(error) = result else {
        panic!("a response arrived")
    };
    (error, began.elapsed())
}

/// A server that takes requests on `127.0.0.1` and writes `first`, then `response` again and again; its port, and how
/// many connections it saw.
fn endless(first: &'static [u8], response: &'static [u8]) -> (u16, Arc<AtomicU32>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port");
    let port = listener.local_addr().expect("its address").port();
    let count = Arc::new(AtomicU32::new(0));
    let seen = count.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            seen.fetch_add(1, Ordering::SeqCst);
            std::thread::spawn(move || {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request);
                let _ = stream.write_all(first);
                while stream.write_all(response).is_ok() {
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
        }
    });
    (port, count)
}

#[test]
fn unresolved_host_obeys_time_limit() {
    let client = client("https://router.example/p/v1", hanging).within(Duration::from_millis(100));
    let (error, took) = error_of(&client, &get(), std::future::pending());
    assert!(took < HANG / 2, "{took:?}");
    assert!(
        error.message().contains("no connection within"),
        "{}",
        error.message()
    );
    let (error, took) = error_of(&client, &delete(), std::future::pending());
    assert!(took < HANG / 2, "{took:?}");
    assert_eq!(error.exit(), Exit::Unavailable);
    assert!(!error.is_outcome_unknown(), "nothing was sent");
}

#[test]
fn silent_port_differs_from_unreachable_port() {
    // The system accepts the connection, but nothing reads from it.
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port");
    let port = listener.local_addr().expect("its address").port();
    let base_url = format!("https://127.0.0.1:{port}/p/v1");
    let client = client(&base_url, hanging);
    let (error, _) = error_of(&client, &delete(), std::future::pending());
    let why = "did not respond to the TLS handshake within 10 s";
    assert!(error.message().contains(why), "{}", error.message());
    assert!(!error.is_outcome_unknown(), "nothing was sent");
    let client = client.within(Duration::from_millis(500));
    let (error, _) = error_of(&client, &delete(), std::future::pending());
    let why = "no response to the TLS handshake within --timeout";
    assert!(error.message().contains(why), "{}", error.message());
    assert!(!error.is_outcome_unknown(), "nothing was sent");
}

#[test]
fn unsent_change_ends_at_first_signal() {
    let client = client("https://router.example/p/v1", hanging);
    let soon = || tokio::time::sleep(Duration::from_millis(100));
    let (error, took) = error_of(&client, &delete(), async { soon().await });
    assert!(took < HANG / 2, "{took:?}");
    assert_eq!(error.exit(), Exit::Interrupted);
    assert!(!error.is_outcome_unknown(), "nothing was sent");
}

#[test]
fn sent_change_is_awaited_after_signal() {
    let (port, _) = endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n");
    let client = client(&format!("http://127.0.0.1:{port}/p/v1"), hanging);
    let client = client.within(Duration::from_millis(800));
    let (error, _) = error_of(&client, &delete(), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
    });
    assert!(error.is_outcome_unknown(), "{}", error.message());
    assert!(error.message().contains("--timeout"), "{}", error.message());
}

#[test]
fn key_is_not_sent_to_loopback_name_of_another_host() {
    let client = client("http://router.localhost:9/p/v1", |_| {
        Ok(vec![ELSEWHERE.into()])
    });
    for request in [get(), delete()] {
        let (error, _) = error_of(&client, &request, std::future::pending());
        assert_eq!(error.exit(), Exit::Config, "{}", error.message());
        assert!(error.message().contains("192.0.2.1"), "{}", error.message());
        assert!(!error.is_retryable() && !error.is_outcome_unknown());
    }
}

#[test]
fn loopback_name_uses_loopback_addresses() {
    let (port, seen) = endless(b"", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    let client = client(&format!("http://router.localhost:{port}/p/v1"), |_| {
        Ok(vec![ELSEWHERE.into(), HERE.into()])
    });
    let (error, _) = error_of(&client, &get(), std::future::pending());
    assert_eq!(
        error.api_error().http_status,
        Some(404),
        "{}",
        error.message()
    );
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[test]
fn endless_interim_responses_time_out_without_retry() {
    for (first, response) in [
        (&b""[..], &b"HTTP/1.1 100 Continue\r\n\r\n"[..]),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Drip: y\r\n"),
    ] {
        let (port, seen) = endless(first, response);
        let mut client = client(&format!("http://127.0.0.1:{port}/p/v1"), hanging);
        client.idle = Duration::from_millis(400);
        let (error, took) = error_of(&client, &get(), std::future::pending());
        assert_eq!(error.exit(), Exit::Unavailable, "{}", error.message());
        assert_eq!(seen.load(Ordering::SeqCst), 1, "{}", error.message());
        assert!(
            took >= client.idle && error.is_retryable(),
            "{}",
            error.message()
        );
    }
}

#[test]
fn key_header_is_sensitive() {
    let value = bearer(&Secret::new("xero_test_key".to_owned()));
    assert!(value.is_sensitive());
    assert_eq!(value.to_str().ok(), Some("Bearer xero_test_key"));
}
