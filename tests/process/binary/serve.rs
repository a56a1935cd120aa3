//! `xeroctl sandbox serve`: a server for other programs.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::binary::sandbox;
use crate::support::process::{LIMIT, Running, SIGINT, SIGTERM, Served, command, run};

/// What a program without any library gets: the response as it comes over the line.
fn raw(served: &Served, path: &str, key: Option<&str>) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", served.port)).expect("it listens");
    stream.set_read_timeout(Some(LIMIT)).expect("a time limit");
    let bearer = key.map_or_else(String::new, |key| {
        format!("Authorization: Bearer {key}\r\n")
    });
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{bearer}Connection: close\r\n\r\n",
        served.port
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn any_client_can_connect() {
    let home = sandbox();
    let served = Served::start(&home, "");
    let path = "/proj_sandbox/v1/management/agents/agt_abc123";
    assert!(
        format!("{}/management/agents/agt_abc123", served.base_url).ends_with(path),
        "{}",
        served.base_url
    );
    let answer = raw(&served, path, Some(&served.key));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    let agent: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(agent["id"], "agt_abc123");
    for key in [None, Some("another")] {
        let answer = raw(&served, path, key);
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }
}

#[test]
fn prints_address_and_key() {
    let home = sandbox();
    let served = Served::start(&home, "");
    let said = served.into_running().end_by("INT");
    assert_eq!(said.stdout.lines().count(), 1, "{said:#?}");
    let running = Running::start(&mut command(&home, "sandbox serve"));
    running.wait_for_output("KEY\t");
    let ended = running.end_by("INT");
    let names: Vec<&str> = ended
        .stdout
        .lines()
        .filter_map(|line| Some(line.split_once('\t')?.0))
        .collect();
    assert_eq!(
        names,
        [
            "BASE_URL",
            "KEY",
            "SQUADS_URL",
            "SQUADS_OPERATOR_KEY",
            "SQUADS_AGENT_KEY",
            "SQUAD_ID"
        ]
    );
}

#[test]
fn signal_ends_it_immediately() {
    for (signal, number) in [("INT", SIGINT), ("TERM", SIGTERM)] {
        let home = sandbox();
        let served = Served::start(&home, "");
        let port = served.port;
        served.into_running().end_by(signal).dies_by(number);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}

#[test]
fn signal_ends_it_despite_hanging_requests() {
    let home = sandbox();
    let served = Served::start(&home, "--fail 'GET /*=hang'");
    let mut stream = TcpStream::connect(("127.0.0.1", served.port)).expect("it listens");
    stream
        .write_all(b"GET /proj_sandbox/v1/management/agents HTTP/1.1\r\nHost: x\r\n\r\n")
        .expect("a request");
    served.into_running().end_by("INT").dies_by(SIGINT);
}

#[test]
fn uses_the_requested_port() {
    let home = sandbox();
    let any = Served::start(&home, "");
    let port = any.port;
    any.into_running().end_by("INT");
    let served = Served::start(&home, &format!("--port {port}"));
    assert_eq!(served.port, port);
    assert!(served.base_url.contains(&format!(":{port}/")));
}

#[test]
fn port_in_use_exits_17() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("its number").port();
    for format in ["table", "json"] {
        let line = format!("sandbox serve --port {port} -o {format}");
        let ended = run(&sandbox(), &line);
        let ended = ended.exits(17).says("error: ");
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn invalid_options_exit_2() {
    for options in [
        "--port 65536",
        "--port -1",
        "--port ''",
        "--latency 0",
        "--page-size 0",
        "--fail ''",
        "--fail 'GET /x'",
        "--fail 'GET x=503'",
        "--fail 'GET /x=200'",
        "--fail 'GET /x=503:0'",
    ] {
        let line = format!("sandbox serve {options}");
        let ended = run(&sandbox(), &line);
        assert_eq!(ended.exits(2).stdout, "", "{options}");
    }
}

#[test]
fn timeout_ends_it() {
    run(&sandbox(), "sandbox serve --timeout 300ms")
        .exits(14)
        .says("stopped serving after --timeout 300ms");
}
