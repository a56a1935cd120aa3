//! Below the responses: failing connections, timeouts, compression, redirects, sizes, and headers.

use std::time::{Duration, Instant};

use crate::support::router::{Answer, KEY, Router, nobody};
use crate::support::{Home, Output};

fn agent() -> Answer {
    Answer::json(200, r#"{"id":"agt_1"}"#)
}

/// Runs a command line against a port without a listener.
fn refused(line: &str) -> (Output, String) {
    let base_url = nobody();
    let home = Home::new()
        .with("XEROCTL_BASE_URL", &base_url)
        .with("XEROCTL_API_KEY", KEY);
    (home.run(line), base_url)
}

#[test]
fn refused_connection_is_tried_three_times() {
    let began = Instant::now();
    let (output, base_url) = refused("agents -v");
    assert!(began.elapsed() < Duration::from_secs(3));
    assert_eq!((output.code, output.stdout.as_str()), (17, ""));
    assert_eq!(
        output.stderr.matches("trace: GET ").count(),
        3,
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains(&base_url),
        "the address is named: {}",
        output.stderr
    );
}

#[test]
fn unsent_write_has_known_outcome() {
    let (output, _) = refused("agents agt_1 --delete --force -o json");
    assert_eq!((output.code, output.stdout.as_str()), (17, ""));
    assert!(
        output.stderr.contains("nothing was sent"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("\"outcome\":null"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("\"retryable\":true"),
        "{}",
        output.stderr
    );
}

#[test]
fn unknown_host_exits_17() {
    // `.invalid` never resolves (RFC 6761), with a resolver or without.
    let home = Home::new()
        .with("XEROCTL_BASE_URL", "http://router.invalid/p/v1")
        .with("XEROCTL_API_KEY", KEY);
    let output = home.run("agents --allow-http --timeout 2s");
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (17, ""),
        "{}",
        output.stderr
    );
}

#[test]
fn timeout_ends_the_whole_command() {
    let router = Router::rules(|_| Answer::silence());
    let began = Instant::now();
    let read = router.home().run("agents --timeout 300ms");
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!((read.code, read.stdout.as_str()), (17, ""));
    assert!(read.stderr.contains("--timeout 300ms"), "{}", read.stderr);
    assert!(
        !read.stderr.contains("unknown"),
        "a read has no outcome: {}",
        read.stderr
    );
    let write = router
        .home()
        .run("agents agt_1 --delete --force --timeout 300ms");
    assert_eq!(write.code, 17);
    assert!(
        write.stderr.contains("outcome: unknown"),
        "{}",
        write.stderr
    );
    assert!(
        write
            .stderr
            .contains("check the result: xeroctl agents agt_1\n"),
        "{}",
        write.stderr
    );
}

#[test]
fn timeout_covers_all_pages_and_attempts() {
    let page = r#"{"data":[{"id":"agt_1"}],"has_more":true,"last_id":"agt_1"}"#;
    let router = Router::rules(move |asked| {
        if asked.target.contains("after") {
            Answer::silence()
        } else {
            Answer::json(200, page)
        }
    });
    let output = router.home().run("agents --all -o name --timeout 400ms");
    assert_eq!((output.code, output.stdout.as_str()), (17, "agt_1\n"));
    assert!(
        output.stderr.contains("--after agt_1"),
        "and how to go on: {}",
        output.stderr
    );
}

#[test]
fn redirects_are_not_followed() {
    let elsewhere = Router::unasked();
    for status in [301, 302, 303, 307, 308] {
        let target = format!("{}/management/agents", elsewhere.base_url());
        let router = Router::script([Answer::empty(status).header("Location", &target)]);
        let output = router.home().run("agents");
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (17, ""),
            "{status}: {}",
            output.stderr
        );
        assert!(output.stderr.contains(&target), "{}", output.stderr);
    }
    assert_eq!(elsewhere.lines(), [""; 0], "nor does the key go there");
}

#[test]
fn requests_have_user_agent_and_key() {
    let router = Router::rules(|_| agent());
    let home = router.home();
    assert_eq!(home.run("agents agt_1").code, 0);
    assert_eq!(home.run("agents agt_1 --update --status active").code, 0);
    assert_eq!(home.run("agents agt_1 --delete --force").code, 0);
    let asked = router.asked();
    let agent = format!(
        "xeroctl/{} ({}; {})",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    for request in &asked {
        assert_eq!(request.header("user-agent"), Some(agent.as_str()));
        assert_eq!(
            request.header("authorization"),
            Some(&*format!("Bearer {KEY}"))
        );
        assert_eq!(request.header("accept"), Some("application/json"));
    }
    let bodies: Vec<_> = asked
        .iter()
        .map(|request| {
            (
                request.line(),
                request.header("content-type"),
                request.body.as_str(),
            )
        })
        .collect();
    assert_eq!(
        bodies,
        [
            (
                "GET /proj_1/v1/management/agents/agt_1".to_owned(),
                None,
                ""
            ),
            (
                "PATCH /proj_1/v1/management/agents/agt_1".to_owned(),
                Some("application/json"),
                r#"{"status":"active"}"#
            ),
            (
                "DELETE /proj_1/v1/management/agents/agt_1".to_owned(),
                None,
                ""
            ),
        ]
    );
}

#[test]
fn id_is_percent_encoded() {
    let router = Router::script([Answer::json(200, r#"{"name":"n"}"#)]);
    assert_eq!(router.home().run("agents 'ü ?#%&+'").code, 0);
    assert_eq!(
        router.lines(),
        ["GET /management/agents/%C3%BC%20%3F%23%25%26%2B"]
    );
}

#[test]
fn loopback_hosts_are_never_proxied() {
    let proxy = Router::unasked();
    let router = Router::rules(|_| agent());
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "https_proxy",
    ] {
        let home = router.home().with(name, &proxy.base_url());
        assert_eq!(home.run("agents agt_1").code, 0, "{name}");
    }
    assert_eq!(proxy.lines(), [""; 0]);
}

#[test]
fn offers_and_accepts_compression() {
    let body = br#"{"id":"agt_zipped"}"#;
    let router =
        Router::script([Answer::json(200, stored(body)).header("Content-Encoding", "gzip")]);
    let output = router.home().run("agents agt_zipped -o json");
    assert_eq!(
        (output.code, output.stdout.as_bytes()),
        (0, &[&body[..], b"\n"].concat()[..])
    );
    let asked = router.asked();
    let offered = asked[0].header("accept-encoding").unwrap_or_default();
    assert!(
        offered.contains("gzip") && offered.contains("zstd"),
        "{offered}"
    );
}

#[test]
fn undecodable_response_exits_17_without_retry() {
    let mut body = stored(br#"{"id":"agt_zipped"}"#);
    // Block type 3 is reserved (RFC 1951, section 3.2.3).
    body[10] = 0b111;
    let router = Router::script([Answer::json(200, body).header("Content-Encoding", "gzip")]);
    let output = router.home().run("agents agt_1");
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (17, ""),
        "{}",
        output.stderr
    );
}

#[test]
fn rejects_response_over_64_mib() {
    // What counts is the size after decompression: this one is some 400 KiB on the wire.
    let bomb = Answer::json(200, zeros(65 * 1024 * 1024)).header("Content-Encoding", "gzip");
    let plain = Answer::json(200, vec![b' '; 64 * 1024 * 1024 + 1]);
    for answer in [bomb, plain] {
        let router = Router::script([answer]);
        let output = router.home().run("agents");
        assert_eq!((output.code, output.stdout.as_str()), (17, ""));
        assert!(output.stderr.contains("64 MiB"), "{}", output.stderr);
    }
}

#[test]
fn write_with_oversized_response_has_unknown_outcome() {
    let router = Router::script([Answer::json(200, vec![b' '; 64 * 1024 * 1024 + 1])]);
    let output = router.home().run("agents agt_1 --delete --force");
    assert_eq!(output.code, 17);
    assert!(
        output.stderr.contains("outcome: unknown"),
        "{}",
        output.stderr
    );
}

/// A gzip member (RFC 1952) with the header of an unknown system.
const GZIP: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// `bytes` as gzip, in one stored block (RFC 1951, section 3.2.4).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("a short text");
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    let mut out = GZIP.to_vec();
    out.push(1);
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(bytes);
    out.extend((!crc).to_le_bytes());
    out.extend(u32::from(length).to_le_bytes());
    out
}

/// At least `length` zero bytes as gzip without a check sum: one literal, then copies of 258 bytes from one byte back,
/// in the fixed Huffman codes (RFC 1951, section 3.2.6).
fn zeros(length: usize) -> Vec<u8> {
    let mut out = GZIP.to_vec();
    let (mut byte, mut filled) = (0_u8, 0);
    let mut push = |bits: &str| {
        for bit in bits.bytes() {
            byte |= (bit - b'0') << filled;
            filled += 1;
            if filled == 8 {
                out.push(byte);
                (byte, filled) = (0, 0);
            }
        }
    };
    // The last block, fixed codes; the literal 0.
    push("1");
    push("10");
    push("00110000");
    for _ in 0..length / 258 {
        // Length 258, distance 1.
        push("1100010100000");
    }
    out
}

#[test]
fn post_without_body_has_a_length() {
    let router = Router::script([Answer::empty(204), Answer::json(200, r#"{"id":"agt_1"}"#)]);
    let home = router.home();
    home.run("agents candidates approve agt_1 cand_1");
    home.run("agents agt_1");
    let lengths: Vec<_> = router
        .asked()
        .iter()
        .map(|asked| asked.header("content-length").map(str::to_owned))
        .collect();
    assert_eq!(lengths, [Some("0".to_owned()), None]);
}
