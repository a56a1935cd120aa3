//! Connections: which requests share one, notices during long waits, and delays requested by the server.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::support::router::{Answer, KEY, Router};
use crate::support::{Home, noon};

/// The methods that came on each connection.
type Connections = Arc<Mutex<Vec<Vec<String>>>>;

/// A server that keeps its connections open.
fn keeping() -> (Home, Connections) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port");
    let base_url = format!(
        "http://{}/p/v1",
        listener.local_addr().expect("its address")
    );
    let connections = Connections::default();
    let seen = connections.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut seen_now = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let number = seen_now.len();
            seen_now.push(Vec::new());
            drop(seen_now);
            let seen = seen.clone();
            std::thread::spawn(move || serve(&stream, number, &seen));
        }
    });
    let home = Home::new()
        .with("XEROCTL_BASE_URL", &base_url)
        .with("XEROCTL_API_KEY", KEY);
    (home, connections)
}

fn serve(stream: &TcpStream, number: usize, seen: &Connections) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut method = String::new();
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            if method.is_empty() {
                line.split(' ').next()?.clone_into(&mut method);
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length]).ok()?;
        let mut connections = seen.lock().unwrap_or_else(PoisonError::into_inner);
        connections[number].push(method);
        let count: usize = connections.iter().map(Vec::len).sum();
        drop(connections);
        // What every route needs of its response; a list has two pages of one item.
        let page = format!(
            r#"{{"id":"inv_1","name":"t","risk":"read","status":"queued","data":[{{"id":"agt_{count}"}}],"last_id":"agt_{count}","has_more":{}}}"#,
            count == 1
        );
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
        write!(
            &*stream,
            "{head}\r\nContent-Length: {}\r\n\r\n{page}",
            page.len()
        )
        .ok()?;
    }
}

#[test]
fn write_uses_its_own_connection() {
    for line in [
        "exec invoke --workspace ws --tool t --args {} -o name",
        "agents pause-exec agt_1 agt_2 agt_3 --concurrency 1",
        "api POST /exec/x",
    ] {
        let (home, connections) = keeping();
        let output = home.run(line);
        let connections = connections.lock().unwrap_or_else(PoisonError::into_inner);
        let with_writes = connections
            .iter()
            .filter(|methods| methods.iter().any(|m| m != "GET"));
        let with_writes: Vec<_> = with_writes.collect();
        assert!(!with_writes.is_empty(), "{line}: {}", output.stderr);
        for methods in with_writes {
            assert_eq!(methods.len(), 1, "{line}: {methods:?}");
        }
    }
}

#[test]
fn reads_share_a_connection() {
    let (home, connections) = keeping();
    let output = home.run("agents --all -o name");
    assert_eq!(output.stdout, "agt_1\nagt_2\n", "{}", output.stderr);
    let one = connections
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .len();
    assert_eq!(one, 1, "{}", output.stderr);
}

#[test]
fn long_wait_is_announced_once_unless_quiet() {
    let router = Router::rules(|_| Answer::silence());
    let output = router.home().run("agents --timeout 2500ms");
    assert_eq!(output.code, 17);
    let note = "no response from the router yet; still waiting\n";
    assert_eq!(output.stderr.matches(note).count(), 1, "{}", output.stderr);
    let quiet = router.home().run("-q agents --timeout 2500ms");
    assert!(!quiet.stderr.contains("waiting"), "{}", quiet.stderr);
}

fn http_date(after_noon: u64) -> String {
    httpdate::fmt_http_date(noon() + std::time::Duration::from_secs(after_noon))
}

fn busy(retry_after: &str) -> Answer {
    Answer::json(429, r#"{"error":{"message":"busy"}}"#).header("Retry-After", retry_after)
}

#[test]
fn retry_after_date_uses_the_server_clock() {
    // The server's clock is an hour ahead of ours.
    let router = Router::script([
        busy(&http_date(3_601)).header("Date", &http_date(3_600)),
        Answer::json(200, r#"{"id":"agt_1"}"#),
    ]);
    let output = router.home().run("agents agt_1 -o name");
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (0, "agt_1\n"),
        "{}",
        output.stderr
    );
    // And an hour behind: it does ask for a wait that is too long.
    let router = Router::script([busy(&http_date(600)).header("Date", &http_date(0))]);
    let output = router.home().run("agents agt_1 -o json");
    assert_eq!(output.code, 9, "{}", output.stderr);
    assert!(
        output.stderr.contains("\"retry_after_ms\":600000"),
        "{}",
        output.stderr
    );
}

#[test]
fn excessive_wait_is_limited_to_a_day() {
    for (header, member) in [
        ("99999999999999999999", "null"),
        ("0", "1e300"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "0"),
    ] {
        let body = format!(r#"{{"error":{{"message":"busy","retry_after":{member}}}}}"#);
        let answer = || Answer::json(429, body.as_str()).header("Retry-After", header);
        for line in ["agents -o json", "agents agt_1 --delete --force -o json"] {
            let output = Router::script([answer()]).home().run(line);
            assert_eq!(output.code, 9, "{header}: {}", output.stderr);
            let whole = &output.stderr;
            assert!(
                whole.contains("\"retry_after_ms\":86400000"),
                "{header}: {whole}"
            );
            assert!(!whole.contains("1970"), "{header}: {whole}");
        }
    }
}

#[test]
fn watch_survives_excessive_wait() {
    let looks = Arc::new(Mutex::new(0));
    let router = Router::rules(move |asked| {
        if asked.target.contains("stream") {
            return Answer::fault(404, "not_found");
        }
        let mut looks = looks.lock().unwrap_or_else(PoisonError::into_inner);
        *looks += 1;
        if *looks == 1 {
            Answer::json(200, r#"{"data":[],"has_more":false}"#)
        } else {
            busy("99999999999999999999")
        }
    });
    let output = router
        .home()
        .run("approvals watch --interval 500ms --timeout 1500ms");
    assert_eq!(output.code, 14, "{}", output.stderr);
    assert!(output.stderr.contains("still trying"), "{}", output.stderr);
}

#[test]
fn redirect_query_is_masked() {
    let to = format!(
        "https://sso.example/login?state=SECRET&{}",
        "x".repeat(9_000)
    );
    let router = Router::rules(move |_| Answer::empty(302).header("Location", &to));
    for line in ["agents", "agents -vv", "agents -o json"] {
        let output = router.home().run(line);
        assert_eq!(output.code, 17);
        let whole = &output.stderr;
        assert!(
            whole.contains("https://sso.example/login?state=***"),
            "{whole}"
        );
        assert!(!whole.contains("SECRET") && whole.len() < 5_000, "{whole}");
    }
}

#[test]
fn delays_are_random() {
    let delays: std::collections::BTreeSet<String> = (0..4)
        .map(|_| {
            let router = Router::script([Answer::empty(503), Answer::json(200, r#"{"id":"a"}"#)]);
            let output = router.home().run("-v agents a");
            let delay = output
                .stderr
                .split("trying again in ")
                .nth(1)
                .map(str::to_owned);
            let delay = delay.and_then(|rest| rest.lines().next().map(str::to_owned));
            delay.expect("a delay in the trace")
        })
        .collect();
    assert!(delays.len() > 1, "{delays:?}");
}

#[test]
fn flood_of_interim_responses_obeys_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            std::thread::spawn(move || {
                // No faster than an unoptimized client on a busy machine can read.
                let flood = "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n".repeat(20);
                // Whatever comes before the request is no response to it.
                let _ = stream.read(&mut [0; 4096]);
                while stream.write_all(flood.as_bytes()).is_ok() {
                    std::thread::sleep(Duration::from_millis(2));
                }
            });
        }
    });
    let home = Home::new();
    let line = format!(
        "agents --base-url http://127.0.0.1:{port}/p/v1 --api-key xero_key_12345678 --timeout 1s"
    );
    let began = Instant::now();
    let output = home.run(&line);
    assert_eq!(output.code, 17, "{}", output.whole());
    assert!(output.stderr.contains("--timeout 1s"), "{}", output.whole());
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn reads_a_folded_header_line_as_one() {
    let head = "HTTP/1.1 200 OK\r\nX-Note: one\r\n two\r\nContent-Type: application/json\r\n";
    let text = format!("{head}Content-Length: 14\r\nConnection: close\r\n\r\n{{\"id\":\"agt_1\"}}");
    let router = Router::script([Answer::raw(text)]);
    let output = router.home().run("api GET /x -i");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert!(output.stdout.contains("agt_1"), "{}", output.whole());
}
