//! The token of a join key, which is shown only once: it is delivered, or the key is revoked.

use std::path::PathBuf;

use crate::cli::shown::{FORMATS, named, sandbox, transcript};
use crate::support::router::{Answer, Router};
use crate::support::{Home, Output};

const CREATE: &str = "join-keys --create --name n --region r --router-addr tcp://a:1";

/// What a router answers that has made a join key.
fn made() -> Answer {
    Answer::json(
        201,
        r#"{"id":"jk_1","name":"n","status":"active","token":"xjt_secret"}"#,
    )
}

#[test]
fn name_and_csv_cannot_show_a_token() {
    let router = Router::unasked();
    let home = router.home();
    let runs = ["name", "csv"].map(|format| home.run(&format!("{CREATE} -o {format}")));
    insta::assert_snapshot!(transcript(&runs));
    assert_eq!(router.lines(), [""; 0], "no request");
}

/// Creates a join key with its token in a file; returns the file.
fn create_into_file(home: &Home, words: &str) -> (Output, PathBuf) {
    let run = home.run(&format!("{CREATE} --token-file 'my token' {words}"));
    (run, home.path().join("my token"))
}

#[test]
fn token_file_replaces_standard_output() {
    let runs = FORMATS.map(|format| {
        let home = sandbox();
        let (run, file) = create_into_file(&home, &format!("-o {format}"));
        let token = std::fs::read_to_string(&file).expect("the token file");
        assert!(
            token.starts_with("xjt_") && token.ends_with('\n'),
            "{token:?}"
        );
        assert!(!run.stdout.contains(token.trim()) && !run.stderr.contains(token.trim()));
        run
    });
    insta::assert_snapshot!(named(&transcript(&runs), &[(r"jk_[a-z0-9]{16}", "jk_NEW")]));
}

#[cfg(unix)]
#[test]
fn token_file_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_, file) = create_into_file(&sandbox(), "");
    // The home is gone by now with the file in it, so look while it lives.
    assert!(!file.exists());
    let home = sandbox();
    let (_, file) = create_into_file(&home, "");
    let mode = file.metadata().expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn token_file_is_never_overwritten() {
    let router = Router::unasked();
    let home = router.home();
    std::fs::write(home.path().join("my token"), "mine").expect("a file");
    let (run, file) = create_into_file(&home, "");
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(file).expect("the file"), "mine");
    let nowhere = home.run(&format!("{CREATE} --token-file no/such/directory/t"));
    assert_eq!(nowhere.code, 2, "{}", nowhere.stderr);
    assert_eq!(router.lines(), [""; 0], "no request");
}

#[cfg(unix)]
#[test]
fn token_file_does_not_follow_dangling_links() {
    let router = Router::unasked();
    let home = router.home();
    let target = home.path().join("elsewhere");
    std::os::unix::fs::symlink(&target, home.path().join("my token")).expect("a link");
    let (run, _) = create_into_file(&home, "");
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(!target.exists());
}

#[test]
fn token_file_is_removed_if_nothing_was_created() {
    for answer in [
        Answer::fault(403, "scope_insufficient"),
        Answer::fault(400, "invalid_body"),
    ] {
        let router = Router::script([answer]);
        let home = router.home();
        let (run, file) = create_into_file(&home, "");
        assert!([4, 7].contains(&run.code), "{}", run.stderr);
        assert!(!file.exists(), "no empty file is left behind");
    }
}

#[test]
fn json_has_null_for_a_token_in_a_file() {
    // The contract accepts three names; the token stays off standard output under each.
    for name in ["token", "key", "join_key"] {
        let body = format!(r#"{{"id": "jk_1", "{name}" : "xjt_secret", "n": 1.50}}"#);
        let router = Router::script([Answer::json(201, body)]);
        let home = router.home();
        let (run, file) = create_into_file(&home, "-o json");
        assert_eq!(
            run.stdout,
            format!("{{\"id\":\"jk_1\",\"{name}\":null,\"n\":1.50}}\n")
        );
        assert_eq!(
            std::fs::read_to_string(file).expect("the file"),
            "xjt_secret\n"
        );
    }
}

#[test]
fn both_names_of_a_token_are_removed() {
    let body =
        r#"{"id":"jk_1","token":"xjt_secret","key":"xjt_secret","nested":{"token":"xjt_secret"}}"#;
    let router = Router::script([Answer::json(201, body)]);
    let (run, _) = create_into_file(&router.home(), "-o json");
    assert!(!run.stdout.contains("xjt_secret"), "{}", run.stdout);
}

#[test]
fn response_without_token_revokes_the_key() {
    let router = Router::script([
        Answer::json(201, r#"{"id":"jk_1","name":"n"}"#),
        Answer::empty(204),
    ]);
    let home = router.home();
    let (run, file) = create_into_file(&home, "");
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(
        router.lines(),
        [
            "POST /management/join-keys",
            "DELETE /management/join-keys/jk_1"
        ]
    );
    assert!(!file.exists());
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn failed_revocation_prints_the_revoke_command() {
    let router = Router::script([
        Answer::json(201, r#"{"id":"jk_1","name":"n"}"#),
        Answer::fault(403, "scope_insufficient"),
    ]);
    let (run, _) = create_into_file(&router.home(), "");
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn quiet_keeps_the_token_warning() {
    let router = Router::script([made()]);
    let run = router.home().run(&format!("{CREATE} -q"));
    assert!(
        run.stderr
            .starts_with("warning: the token is not shown again"),
        "{}",
        run.stderr
    );
}
