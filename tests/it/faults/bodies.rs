//! Bodies as servers and middleboxes send them: every content coding is decoded or rejected in responses, raw output,
//! event streams, and errors; wrong lengths and too many headers.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use crate::support::exec::{INVOCATION, Routes, STREAM, document, invocation};
use crate::support::live::{Live, event};
use crate::support::router::{Answer, Router};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("memory")
}

fn raw(encoding: &str, body: Vec<u8>) -> Answer {
    Answer::new(200, "text/plain", body).header("Content-Encoding", encoding)
}

/// Half a megabyte that is not one repeated byte.
fn long() -> Vec<u8> {
    let lines = (0..20_000).map(|line| format!("line {line:06} of the output\n"));
    lines.collect::<String>().into_bytes()
}

/// Each supported way to send `data`: what it is, the header, and the bytes.
fn sent(data: &[u8]) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let (head, tail) = data.split_at(data.len() / 2);
    let followed = |mut bytes: Vec<u8>, by: &[u8]| {
        bytes.extend_from_slice(by);
        bytes
    };
    vec![
        ("gzip", "gzip", gzip(data)),
        ("capitals", "GZIP", gzip(data)),
        ("the old name", "x-gzip", gzip(data)),
        ("two members", "gzip", followed(gzip(head), &gzip(tail))),
        (
            "an empty member between",
            "gzip",
            [gzip(head), gzip(b""), gzip(tail)].concat(),
        ),
        ("padding", "gzip", followed(gzip(data), &[0; 512])),
        ("garbage after it", "gzip", followed(gzip(data), b"garbage")),
        (
            "half a magic after it",
            "gzip",
            followed(gzip(data), &[0x1f]),
        ),
        ("zlib", "deflate", zlib(data)),
        ("bare deflate", "Deflate", deflate(data)),
        ("zstd", "zstd", zstd(data)),
        ("two frames", "zstd", followed(zstd(head), &zstd(tail))),
        ("identity", "identity", data.to_vec()),
        ("none", "", data.to_vec()),
        ("gzip and identity", "gzip, identity", gzip(data)),
    ]
}

#[test]
fn decodes_every_supported_coding() {
    let data = long();
    for (name, encoding, body) in sent(&data) {
        let router = Router::rules(move |_| raw(encoding, body.clone()));
        let home = router.home();
        for line in ["exec raw ex_1", "api GET /exec/executions/ex_1/raw"] {
            let output = home.run(line);
            assert_eq!(output.code, 0, "{name}: {}", output.stderr);
            assert!(output.stdout.as_bytes() == data, "{name}: {line}");
        }
    }
}

#[test]
fn chunk_boundaries_do_not_matter() {
    let data = br#"{"id":"agt_1"}"#;
    for (name, encoding, body) in sent(data) {
        let (live, answer) = Live::of("application/json");
        for byte in &body {
            live.sends([*byte]);
        }
        live.ends();
        let router = Router::script([answer.header("Content-Encoding", encoding)]);
        let output = router.home().run("agents agt_1 -o json");
        assert_eq!(output.code, 0, "{name}: {}", output.stderr);
        assert_eq!(output.stdout.trim_end().as_bytes(), data, "{name}");
    }
}

#[test]
fn unsupported_coding_is_named() {
    for encoding in ["br", "compress", "gzip, gzip", "zstd, gzip", "aws-chunked"] {
        let router =
            Router::rules(move |_| raw(encoding, "{\"id\":\"agt_1\"}".as_bytes().to_vec()));
        let home = router.home();
        for line in [
            "exec raw ex_1",
            "api GET /x",
            "agents agt_1",
            "agents agt_1 -o json",
        ] {
            let output = home.run(line);
            assert_eq!((output.code, output.stdout.as_str()), (17, ""), "{line}");
            assert!(
                output
                    .stderr
                    .contains(&format!("not supported: {encoding}\n")),
                "{}",
                output.stderr
            );
        }
        assert_eq!(router.asked().len(), 4, "asking again would not help");
        let write = home.run("agents agt_1 --delete --force");
        assert_eq!(write.code, 17, "{}", write.stderr);
        assert!(
            write.stderr.contains("outcome: unknown"),
            "{}",
            write.stderr
        );
    }
}

#[test]
fn empty_body_is_empty_in_every_coding() {
    for encoding in ["gzip", "deflate", "zstd", "br"] {
        let router =
            Router::rules(move |_| Answer::empty(204).header("Content-Encoding", encoding));
        let output = router.home().run("agents agt_1 --delete --force");
        assert_eq!(output.code, 0, "{encoding}: {}", output.stderr);
    }
}

#[test]
fn corrupt_coding_is_rejected() {
    let data = long();
    let mut wrong_sum = gzip(&data);
    let sum = wrong_sum.len() - 8;
    wrong_sum[sum] ^= 1;
    let mut wrong_adler = zlib(&data);
    *wrong_adler.last_mut().expect("bytes") ^= 1;
    let mut second = gzip(&data);
    second.extend([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 0b111, 0, 0, 0]);
    for (name, encoding, body) in [
        ("a wrong check sum", "gzip", wrong_sum),
        ("a wrong check sum of zlib", "deflate", wrong_adler),
        ("a broken second member", "gzip", second),
        ("no gzip", "gzip", data.clone()),
        ("no deflate", "deflate", vec![0xff; 100]),
        ("no zstd", "zstd", data.clone()),
        (
            "garbage after a frame",
            "zstd",
            [zstd(&data), b"garbage".to_vec()].concat(),
        ),
    ] {
        let router = Router::script([raw(encoding, body)]);
        let output = router.home().run("exec raw ex_1");
        assert_eq!(output.code, 17, "{name}");
        assert!(
            output.stderr.contains("can't be decompressed"),
            "{name}: {}",
            output.stderr
        );
    }
}

#[test]
fn truncated_coding_is_retried() {
    let data = br#"{"id":"agt_1", "name": "zipped"}"#;
    for (encoding, body) in [
        ("gzip", gzip(data)),
        ("deflate", zlib(data)),
        ("deflate", deflate(data)),
        ("zstd", zstd(data)),
    ] {
        for missing in [1, 4, 8, body.len() - 1] {
            let end = body.len().saturating_sub(missing).max(1);
            let cut = raw(encoding, body[..end].to_vec());
            let whole = raw(encoding, body.clone());
            let router = Router::script([cut, whole]);
            let output = router.home().run("agents agt_1 -o json");
            assert_eq!(output.code, 0, "{encoding} -{missing}: {}", output.stderr);
            assert_eq!(output.stdout.trim_end().as_bytes(), data);
        }
    }
}

#[test]
fn error_bodies_are_decoded() {
    let error = br#"{"error":{"message":"no such agent","type":"t","code":"agent_not_found","param":null}}"#;
    for (name, encoding, body) in sent(error) {
        let answer = Answer::json(404, body).header("Content-Encoding", encoding);
        let router = Router::script([answer]);
        let output = router.home().run("agents agt_1");
        assert_eq!(output.code, 5, "{name}: {}", output.stderr);
        assert!(output.stderr.contains("no such agent"), "{}", output.stderr);
    }
}

#[test]
fn error_with_unreadable_body_keeps_its_status() {
    for (status, code) in [(401, 4), (409, 6), (422, 7)] {
        for (encoding, body, why) in [
            ("br", b"x".to_vec(), "not supported: br"),
            ("gzip", b"no gzip at all".to_vec(), "can't be decompressed"),
        ] {
            let answer = Answer::json(status, body).header("Content-Encoding", encoding);
            let router = Router::script([answer]);
            let output = router.home().run("agents agt_1 --delete --force");
            assert_eq!(output.code, code, "{}", output.stderr);
            assert!(output.stderr.contains(why), "{}", output.stderr);
            assert!(!output.stderr.contains("unknown"), "{}", output.stderr);
        }
    }
}

#[test]
fn compressed_stream_is_read_as_it_arrives() {
    let (live, feed) = Live::feed();
    let feed = feed.header("Content-Encoding", "gzip");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let text = event("1", "invocation.completed", "inv_1", "completed");
    encoder.write_all(text.as_bytes()).expect("memory");
    // As a server does after each event. The body goes on.
    encoder.flush().expect("memory");
    let bytes = encoder.get_ref().clone();
    let router = Routes::new()
        .on(STREAM, [feed])
        .on(
            INVOCATION,
            [
                invocation("executing"),
                Answer::json(200, document("completed")),
            ],
        )
        .at(INVOCATION, 1, move || {
            live.sends(bytes.clone());
        })
        .start();
    let output = router
        .home()
        .run("exec watch inv_1 --timeout 20s --interval 60s");
    assert_eq!(output.code, 0, "{}", output.stderr);
}

#[test]
fn accepts_many_headers() {
    let answer = (0..1000).fold(Answer::json(200, r#"{"id":"agt_1"}"#), |answer, number| {
        answer.header(&format!("X-Header-{number}"), "v")
    });
    let router = Router::script([answer]);
    let output = router.home().run("agents agt_1 -o name");
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (0, "agt_1\n"),
        "{}",
        output.stderr
    );
}

#[test]
fn rejects_endless_headers() {
    let answer = (0..20_000).fold(Answer::json(200, "{}"), |answer, number| {
        answer.header(&format!("X-Header-{number}"), "some value of some length")
    });
    let router = Router::rules(move |_| answer.clone());
    let output = router.home().run("agents agt_1 --delete --force");
    assert_eq!(output.code, 17);
    assert!(
        output
            .stderr
            .contains("headers of the response are too large"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("outcome: unknown"),
        "{}",
        output.stderr
    );
}

#[test]
fn wrong_content_length_truncates_or_fails() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let body = r#"{"id":"agt_1"}"#;
    // What comes after the announced length is not part of the response.
    let router = Router::script([Answer::raw(format!(
        "{head}Content-Length: 14\r\n\r\n{body}and more"
    ))]);
    let output = router.home().run("agents agt_1 -o name");
    assert_eq!((output.code, output.stdout.as_str()), (0, "agt_1\n"));

    for cut in [
        format!("{head}Content-Length: 500\r\n\r\n{body}"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n20\r\n{body}"),
        // The last chunk is missing.
        format!("{head}Transfer-Encoding: chunked\r\n\r\ne\r\n{body}\r\n"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\nnone\r\n{body}\r\n0\r\n\r\n"),
    ] {
        let whole = Answer::json(200, body);
        let router = Router::script([Answer::raw(cut.clone()), whole]);
        let output = router.home().run("agents agt_1 -o name");
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (0, "agt_1\n"),
            "a read is sent again: {cut} {}",
            output.stderr
        );
    }
}

#[test]
fn rejects_two_content_lengths() {
    let two = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ";
    let router = Router::rules(move |_| Answer::raw(two));
    let output = router.home().run("agents agt_1 --delete --force");
    assert_eq!(output.code, 17);
    assert!(
        output.stderr.contains("the response is not valid HTTP\n"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("outcome: unknown"),
        "{}",
        output.stderr
    );
}

#[test]
fn bodiless_status_ignores_following_bytes() {
    for length in [
        "",
        "Content-Length: 7\r\n",
        "Transfer-Encoding: chunked\r\n",
    ] {
        let answer = format!("HTTP/1.1 204 No Content\r\n{length}\r\ngarbage");
        let router = Router::script([Answer::raw(answer)]);
        let output = router.home().run("agents agt_1 --delete --force");
        assert_eq!(output.code, 0, "{length}: {}", output.stderr);

        let answer = format!("HTTP/1.1 304 Not Modified\r\n{length}\r\ngarbage");
        let router = Router::script([Answer::raw(answer)]);
        let output = router.home().run("agents agt_1");
        assert_eq!((output.code, output.stdout.as_str()), (17, ""));
        assert!(!output.stderr.contains("garbage"), "{}", output.stderr);
    }
}
