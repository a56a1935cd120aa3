//! The token of an agent's key, which is shown only once: it is delivered, or the key is revoked. A key whose expiry
//! time is lost is delivered with an error.

use std::path::PathBuf;

use crate::cli::shown::{FORMATS, named, sandbox, transcript};
use crate::support::router::{Answer, Router};
use crate::support::squads::{CI_KEY, CODER, Dialect, home};
use crate::support::{Home, Output};

const CREATE: &str = "squads create-key 3fcb87f5-40bf-4e11-b004-a986b1c8cef0 --name ci-runner";
const TOKEN: &str = "slaw_secret_token";

/// What a server of this dialect answers that has made a key which ends then: JSON, or nothing where it drops it.
fn made(dialect: Dialect, expires: &str) -> Answer {
    let body = match (dialect, expires) {
        (Dialect::Page, expires) => format!(
            r#"{{"key":{{"id":"{CI_KEY}","name":"ci-runner","expiresAt":{expires}}},"token":"{TOKEN}"}}"#
        ),
        (Dialect::Server, "null") => format!(
            r#"{{"id":"{CI_KEY}","name":"ci-runner","token":"{TOKEN}","createdAt":"2026-11-22T12:00:00.000Z"}}"#
        ),
        (Dialect::Server, expires) => format!(
            r#"{{"id":"{CI_KEY}","name":"ci-runner","token":"{TOKEN}","expiresAt":{expires}}}"#
        ),
    };
    Answer::json(201, body)
}

fn create_into_file(home: &Home, words: &str) -> (Output, PathBuf) {
    let run = home.run(&format!("{CREATE} --token-file 'my token' {words}"));
    (run, home.path().join("my token"))
}

#[test]
fn name_and_csv_cannot_show_a_token() {
    let server = Router::unasked();
    let home = home(&server);
    let runs = ["name", "csv"].map(|format| home.run(&format!("{CREATE} -o {format}")));
    insta::assert_snapshot!(transcript(&runs));
    assert_eq!(server.lines(), [""; 0], "no request");
}

#[test]
fn token_file_is_required_before_the_lookup() {
    let server = Router::rules(|_| Answer::json(200, "[]"));
    let home = home(&server);
    std::fs::write(home.path().join("mine"), "mine").expect("a file");
    for words in [
        "-o csv",
        "-o name",
        "--token-file mine",
        "--token-file no/such/t",
    ] {
        let run = home.run(&format!("squads create-key Coder --name n {words}"));
        assert_eq!(run.code, 2, "{words}: {}", run.stderr);
    }
    assert_eq!(server.lines(), [""; 0], "no request");
}

#[test]
fn token_file_replaces_standard_output() {
    for dialect in Dialect::BOTH {
        let runs = FORMATS.map(|format| {
            let server = Router::script([made(dialect, "null")]);
            let home = home(&server);
            let (run, file) = create_into_file(&home, &format!("-o {format}"));
            assert_eq!(
                std::fs::read_to_string(&file).expect("the token file"),
                format!("{TOKEN}\n")
            );
            assert!(!run.stdout.contains(TOKEN) && !run.stderr.contains(TOKEN));
            run
        });
        let name = format!("{dialect:?}").to_lowercase();
        insta::assert_snapshot!(format!("a_token_in_a_file_{name}"), transcript(&runs));
    }
}

#[cfg(unix)]
#[test]
fn token_file_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Router::script([made(Dialect::Page, "null")]);
    let home = home(&server);
    let (_, file) = create_into_file(&home, "");
    let mode = file.metadata().expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn token_file_is_never_overwritten() {
    let server = Router::unasked();
    let home = home(&server);
    std::fs::write(home.path().join("my token"), "mine").expect("a file");
    for words in ["", "--dry-run"] {
        let (run, file) = create_into_file(&home, words);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert_eq!(std::fs::read_to_string(file).expect("the file"), "mine");
    }
    let nowhere = home.run(&format!("{CREATE} --token-file no/such/directory/t"));
    assert_eq!(nowhere.code, 2, "{}", nowhere.stderr);
    assert_eq!(server.lines(), [""; 0], "no request");
}

#[test]
fn dry_run_creates_no_token_file() {
    let server = Router::unasked();
    let home = home(&server);
    let (run, file) = create_into_file(&home, "--ttl 30d --dry-run");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(!file.exists());
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn token_file_is_removed_if_nothing_was_created() {
    for dialect in Dialect::BOTH {
        for (status, code) in [(403, 4), (400, 7), (404, 5), (409, 6), (500, 17)] {
            let server = Router::script([dialect.fault(status, "no", "some_code")]);
            let home = home(&server);
            let (run, file) = create_into_file(&home, "");
            assert_eq!(run.code, code, "{}", run.stderr);
            assert!(!file.exists(), "no empty file is left behind");
        }
    }
}

#[test]
fn response_without_token_revokes_the_key() {
    for body in [
        format!(r#"{{"key":{{"id":"{CI_KEY}","name":"ci-runner"}}}}"#),
        format!(r#"{{"id":"{CI_KEY}","name":"ci-runner","token":null}}"#),
        format!(r#"{{"id":"{CI_KEY}","name":"ci-runner","token":17}}"#),
    ] {
        let server = Router::script([
            Answer::json(201, &*body),
            Answer::json(200, r#"{"ok":true}"#),
        ]);
        let home = home(&server);
        let (run, file) = create_into_file(&home, "");
        assert_eq!(run.code, 1, "{body}: {}", run.stderr);
        assert_eq!(
            server.lines(),
            [
                format!("POST /api/agents/{CODER}/keys"),
                format!("DELETE /api/agents/{CODER}/keys/{CI_KEY}"),
            ]
        );
        assert!(!file.exists());
        assert!(run.stderr.contains("was revoked"), "{}", run.stderr);
    }
}

#[test]
fn failed_revocation_prints_the_revoke_command() {
    let lost = || Answer::json(201, format!(r#"{{"id":"{CI_KEY}","name":"n"}}"#));
    let server = Router::script([
        lost(),
        Dialect::Page.fault(404, "no such route", "route_not_found"),
    ]);
    let (run, _) = create_into_file(&home(&server), "");
    assert_eq!(run.code, 1);
    let nameless = Router::script([Answer::json(201, r#"{"name":"n"}"#)]);
    let (other, _) = create_into_file(&home(&nameless), "");
    assert_eq!(other.code, 1);
    insta::assert_snapshot!(transcript(&[run, other]));
}

#[test]
fn quiet_keeps_the_token_warning() {
    let server = Router::script([made(Dialect::Server, "null")]);
    let run = home(&server).run(&format!("{CREATE} -q"));
    assert!(
        run.stderr
            .starts_with("warning: the token is not shown again"),
        "{}",
        run.stderr
    );
}

#[test]
fn expiry_may_differ_by_a_second() {
    for expires in [
        "\"2026-12-22T12:00:00Z\"",
        "\"2026-12-22T12:00:00.000Z\"",
        "\"2026-12-22T12:00:00.999Z\"",
        "\"2026-12-22T11:59:59Z\"",
        "\"2026-12-22T13:00:00+01:00\"",
    ] {
        for dialect in Dialect::BOTH {
            let server = Router::script([made(dialect, expires)]);
            let run = home(&server).run(&format!("{CREATE} --ttl 30d"));
            assert_eq!(run.code, 0, "{expires}: {}", run.stderr);
        }
    }
}

#[test]
fn lost_expiry_delivers_the_token_and_exits_1() {
    for (expires, told) in [
        ("null", "it never expires"),
        (
            "\"2027-12-22T12:00:00Z\"",
            "it expires at 2027-12-22T12:00:00Z",
        ),
        (
            "\"2026-12-22T12:00:02Z\"",
            "it expires at 2026-12-22T12:00:02Z",
        ),
        (
            "\"2026-11-22T12:00:00Z\"",
            "it expires at 2026-11-22T12:00:00Z",
        ),
        ("\"soon\"", "did not keep the expiry"),
    ] {
        for dialect in Dialect::BOTH {
            for format in ["table", "wide", "json", "ndjson"] {
                let server = Router::script([made(dialect, expires)]);
                let run = home(&server).run(&format!("{CREATE} --ttl 30d -o {format}"));
                assert_eq!(run.code, 1, "{expires}: {}", run.stderr);
                assert!(run.stdout.contains(TOKEN), "delivered: {}", run.stdout);
                assert!(run.stderr.contains(told), "{expires}: {}", run.stderr);
                assert!(
                    run.stderr.contains(&format!(
                        "xeroctl squads revoke-key --force {CODER} {CI_KEY}"
                    )),
                    "{}",
                    run.stderr
                );
                assert_eq!(server.lines().len(), 1, "it is not revoked");
            }
        }
    }
    let server = Router::script([made(Dialect::Server, "null")]);
    let home = home(&server);
    let (run, file) = create_into_file(&home, "--ttl 30d -o json");
    assert_eq!(
        std::fs::read_to_string(file).expect("the token"),
        format!("{TOKEN}\n")
    );
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn printed_revoke_command_works() {
    let server = Router::rules(|asked| match asked.method.as_str() {
        "POST" => made(Dialect::Server, "null"),
        "GET" if asked.target.ends_with("/keys") => {
            Answer::json(200, format!(r#"[{{"id":"{CI_KEY}"}}]"#))
        }
        _ => Answer::json(200, r#"{"ok":true}"#),
    });
    let home = home(&server);
    let run = home.run(&format!("{CREATE} --expires-at 2027-01-31T00:00:00Z"));
    let hint = run
        .stderr
        .lines()
        .find_map(|line| line.split_once("revoke it: xeroctl "));
    let (_, line) = hint.expect("the line");
    assert_eq!(home.run(line).code, 0, "{line}");
    assert_eq!(
        server.lines().pop(),
        Some(format!("DELETE /api/agents/{CODER}/keys/{CI_KEY}"))
    );
}

#[test]
fn times_are_sent_as_rfc_3339() {
    for (words, sent) in [
        ("", None),
        ("--ttl 90m", Some("2026-11-22T13:30:00Z")),
        ("--ttl 30", Some("2026-11-22T12:00:30Z")),
        ("--expires-at 24h", Some("2026-11-23T12:00:00Z")),
        (
            "--expires-at 2027-01-31T00:00:00Z",
            Some("2027-01-31T00:00:00Z"),
        ),
        (
            "--expires-at 2027-01-31T01:00:00+01:00",
            Some("2027-01-31T00:00:00Z"),
        ),
    ] {
        let server = Router::rules(|_| made(Dialect::Server, "null"));
        home(&server).run(&format!("{CREATE} {words}"));
        let body: serde_json::Value = serde_json::from_str(&server.asked()[0].body).expect("JSON");
        assert_eq!(body["expiresAt"].as_str(), sent, "{words}");
        assert_eq!(body["name"], "ci-runner");
    }
}

#[test]
fn rejects_impossible_times() {
    let server = Router::unasked();
    for words in [
        "--ttl 0",
        "--ttl ''",
        "--ttl -5m",
        "--ttl never",
        "--expires-at yesterday",
        "--expires-at ''",
        "--expires-at 2026-11-22T11:59:59Z",
        "--expires-at 2026-11-22T12:00:00Z",
        "--expires-at 2027-01-31",
        "--expires-at 24h --ttl 24h",
        "--token-file ''",
    ] {
        let run = home(&server).run(&format!("{CREATE} {words}"));
        assert_eq!(run.code, 2, "{words}: {}", run.stderr);
    }
    assert_eq!(server.lines(), [""; 0]);
}

#[test]
fn sandbox_key_works() {
    let home = sandbox();
    let run = home.run("squads create-key Coder --name fresh --ttl 1h --token-file t");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let me = home.run("squads me --api-key-file t -o name");
    assert_eq!(
        (me.code, me.stdout),
        (0, format!("{CODER}\n")),
        "{}",
        me.stderr
    );
    let keys = home.run("squads keys Coder -o csv");
    assert!(keys.stdout.contains(",fresh,"), "{}", keys.stdout);
    let shown = home.run("squads create-key Coder --name shown");
    insta::assert_snapshot!(named(
        &transcript(&[shown]),
        &[
            (r"ID\t[0-9a-f-]{36}", "ID\tNEW"),
            (r"CREATED\t\S+", "CREATED\tNOW"),
            (r"TOKEN\t\S+", "TOKEN\tSECRET"),
        ]
    ));
}
