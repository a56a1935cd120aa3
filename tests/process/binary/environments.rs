//! Unusual environments: no home, a broken configuration, proxies, and arguments that are not text.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use crate::binary::sandbox;
use crate::support::Home;
use crate::support::process::{Ended, Running, command, run, run_script};
use crate::support::router::{Answer, Router, nobody};

/// Runs a command line with more variables.
fn run_with(home: &Home, variables: &[(&str, &str)], line: &str) -> Ended {
    let mut command = command(home, line);
    for (name, value) in variables {
        command.env(name, value);
    }
    Running::start(&mut command).end()
}

const PROXIES: &[&str] = &[
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
];

#[test]
fn loopback_and_sandbox_are_never_proxied() {
    let dead = nobody();
    for proxy in PROXIES {
        run_with(&sandbox(), &[(proxy, &dead)], "agents agt_abc123").exits(0);
        let router = Router::script([Answer::json(200, r#"{"id":"agt_1"}"#)]);
        run_with(&router.home(), &[(proxy, &dead)], "agents agt_1").exits(0);
        let router = Router::script([Answer::json(200, r#"{"id":"agt_1"}"#)]);
        let port = router.base_url();
        let port = port.rsplit(':').next().expect("a port and a path");
        let line = format!("agents agt_1 --base-url http://localhost:{port}");
        run_with(&router.home(), &[(proxy, &dead)], &line).exits(0);
    }
}

#[test]
fn options_and_environment_suffice_without_home() {
    let router = Router::rules(|_| Answer::json(200, r#"{"id":"agt_1"}"#));
    let home = router.home();
    for value in [None, Some("")] {
        let mut command = command(&home, "agents agt_1 -o name");
        match value {
            None => command.env_remove("HOME"),
            Some(value) => command.env("HOME", value),
        };
        let ended = Running::start(&mut command).end().exits(0);
        assert_eq!(ended.stdout, "agt_1\n", "HOME {value:?}");
    }
}

#[test]
fn unsaved_sandbox_works_with_one_warning() {
    let home = Home::new();
    std::fs::write(home.path().join("file"), "in the way").expect("a file");
    let place = home.path().join("file/state").display().to_string();
    let home = home
        .with("XEROCTL_CONTEXT", "sandbox")
        .with("XDG_STATE_HOME", &place);
    for line in [
        "agents agt_abc123",
        "agents --all",
        "agents agt_abc123 --delete --force",
    ] {
        let ended = run(&home, line).exits(0);
        assert_eq!(ended.stderr.matches("warning: ").count(), 1, "{ended:#?}");
        assert!(ended.stderr.contains(&place), "{ended:#?}");
    }
    let quiet = run(&home, "agents agt_abc123 -q").exits(0);
    assert_eq!(quiet.stderr, "");
    // Nothing was kept.
    run(&home, "agents agt_abc123").exits(0);
}

/// Files that are no configuration, with the line at which that shows.
const BROKEN: &[(&str, u32)] = &[
    ("current = \n", 1),
    ("[deployment.prod]\nbase_url = 5\n", 2),
    ("current = \"prod\"\n[deployment.prod\n", 2),
    ("current = \"a\"\ncurrent = \"b\"\n", 2),
];

#[test]
fn broken_configuration_allows_path_help_and_version() {
    for (text, _) in BROKEN {
        let home = Home::new().config(text);
        let path = home.path().join(".config/xeroctl/config.toml");
        let shown = run(&home, "config path").exits(0).stdout;
        assert_eq!(shown, format!("{}\n", path.display()));
        for line in [
            "",
            "--help",
            "--version",
            "-V",
            "-h",
            "agents --help",
            "agents curve-rotate --help",
            "config --help",
            "help exit-codes",
        ] {
            let ended = run(&home, line).exits(0).says_nothing();
            assert!(!ended.stdout.is_empty(), "{line}");
        }
    }
}

#[test]
fn broken_configuration_exits_3_with_its_line() {
    for (text, number) in BROKEN {
        let home = Home::new().config(text);
        for line in [
            "agents",
            "agents --context sandbox",
            "agents --dry-run",
            "agents agt_1 --delete --force --base-url http://127.0.0.1:9/p/v1 --api-key xero_key_1",
            "join-keys",
            "config list",
            "config show",
            "config use sandbox",
            "config set prod --protected",
            "config rename prod new",
            "config add lab --base-url http://127.0.0.1:9/p/v1",
        ] {
            let ended = run(&home, line).exits(3);
            assert_eq!(ended.stdout, "", "{line}");
            ended.says(&format!("config.toml, line {number}, column "));
        }
        let path = home.path().join(".config/xeroctl/config.toml");
        let kept = std::fs::read_to_string(path).expect("the file");
        assert_eq!(kept, *text, "nothing overwrites a broken file");
    }
}

#[test]
fn non_text_or_special_configuration_exits_3() {
    let home = Home::new().config("");
    let path = home.path().join(".config/xeroctl/config.toml");
    std::fs::write(&path, b"current = \"\xff\"\n").expect("the file");
    run(&home, "agents").exits(3).says("line 1");
    std::fs::remove_file(&path).expect("it was there");
    std::fs::create_dir(&path).expect("a directory in its place");
    run(&home, "agents").exits(3).says("config.toml");
    run(&home, "config path").exits(0);
}

/// Lines with a word that is not UTF-8 where `?` stands.
const NO_TEXT: &[&[&str]] = &[
    &["?"],
    &["--?"],
    &["-?"],
    &["agents", "?"],
    &["agents", "--", "?"],
    &["agents", "--?"],
    &["agents", "agt_abc123", "--update", "--name", "?"],
    &["agents", "--limit", "?"],
    &["agents", "--after", "?"],
    &["agents", "-o", "?"],
    &["agents", "--output=?"],
    &["agents", "--context", "?"],
    &["agents", "--base-url", "?"],
    &["agents", "--api-key", "?"],
    &["agents", "--api-key-file", "?"],
    &["agents", "--color", "?"],
    &["agents", "--timeout", "?"],
    &["agents", "pause-exec", "agt_abc123", "--workspace", "?"],
    &["agents", "candidates", "approve", "agt_abc123", "?"],
    &["join-keys", "?", "--revoke", "--force"],
    &["config", "use", "?"],
    &["config", "?"],
    &["sandbox", "serve", "--fail", "?"],
];

#[test]
fn non_text_arguments_exit_2() {
    let home = sandbox();
    for words in NO_TEXT {
        let mut command = command(&home, "");
        for word in *words {
            let (before, after) = word.split_once('?').unwrap_or((word, ""));
            let marker: &[u8] = if word.contains('?') {
                b"a\xff\xfe"
            } else {
                b""
            };
            let raw = [before.as_bytes(), marker, after.as_bytes()].concat();
            command.arg(OsStr::from_bytes(&raw));
        }
        let ended = Running::start(&mut command).end().exits(2).says("error: ");
        assert_eq!(ended.stdout, "", "{words:?}");
    }
}

#[test]
fn non_text_variables_exit_3() {
    for name in [
        "XEROCTL_CONTEXT",
        "XEROCTL_BASE_URL",
        "XEROCTL_API_KEY",
        "XEROCTL_API_KEY_FILE",
        "XEROCTL_OUTPUT",
        "XEROCTL_ALLOW_HTTP",
    ] {
        let home = Home::new();
        let mut command = command(&home, "agents");
        command
            .env("XEROCTL_BASE_URL", nobody())
            .env("XEROCTL_API_KEY", "xero_test_1")
            .env(name, OsStr::from_bytes(b"\xff\xfe"));
        Running::start(&mut command).end().exits(3).says("error: ");
    }
}

/// Variables of the environment.
type Variables = &'static [(&'static str, &'static str)];

/// Variables and lines that ask for trouble, and the code that they end with.
const ODD: &[(Variables, &str, i32)] = &[
    (&[], "agents --limit 18446744073709551616", 2),
    (&[], "agents --limit -1", 2),
    (&[], "agents --timeout 99999999999999999999d", 2),
    (&[], "agents --timeout 1ns", 2),
    (&[("TZ", "No/Where")], "agents --time local", 0),
    (&[("TZ", ":/etc/passwd")], "agents --time local", 0),
    (&[("COLUMNS", "0")], "agents", 0),
    (&[("TERM", "")], "agents", 0),
    (&[("LANG", "xx_YY.nonsense")], "agents", 0),
    (&[("XDG_STATE_HOME", "relative")], "agents", 0),
    (&[("XDG_CONFIG_HOME", "relative")], "agents", 0),
    (&[("RUST_BACKTRACE", "full")], "agents agt_none", 5),
    (&[], "agents agt_none", 5),
    (&[], "agents '\u{1f680}'", 5),
    (&[], "agents ..", 2),
    (&[], "agents ''", 2),
    (&[], "config path --output name", 0),
];

#[test]
fn unusual_environments_end_with_documented_codes() {
    for (variables, line, code) in ODD {
        let ended = run_with(&sandbox(), variables, line).exits(*code);
        assert!(!ended.stderr.contains("panicked"), "{ended:#?}");
        assert!(!ended.stderr.contains("defect"), "{ended:#?}");
    }
}

#[test]
fn missing_working_directory_is_accepted() {
    let home = sandbox();
    let text = r#"mkdir gone; cd gone; rmdir ../gone; "$X" agents agt_abc123 -o name"#;
    let ended = run_script(&home, text).exits(0);
    assert_eq!(ended.stdout, "agt_abc123\n");
}
