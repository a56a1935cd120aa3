//! Keys: where they are sent, and that they appear nowhere else.

use crate::cli::shown::{FORMATS, terminal};
use crate::support::router::{Answer, KEY, Router};
use crate::support::{Home, Output};
use xeroctl::ui::Terminals;

const CREATE: &str = "join-keys --create --name n --region r --router-addr tcp://a:1";

/// The ways in which a key gets into a run: the home, the words to add to the line and what is typed.
fn ways(router: &Router) -> Vec<(&'static str, Home, String, String)> {
    let base = |home: Home| home.with("XEROCTL_BASE_URL", &router.base_url());
    let with_file = || {
        let home = base(Home::new());
        std::fs::write(home.path().join("key"), format!("{KEY}\n")).expect("a key file");
        home
    };
    let stored = format!(
        "current = \"lab\"\n[deployment.lab]\nbase_url = \"{}\"\napi_key = \"{KEY}\"\n",
        router.base_url()
    );
    let none = String::new;
    vec![
        (
            "flag",
            base(Home::new()),
            format!("--api-key {KEY}"),
            none(),
        ),
        (
            "flag with =",
            base(Home::new()),
            format!("--api-key={KEY}"),
            none(),
        ),
        ("file", with_file(), "--api-key-file key".to_owned(), none()),
        (
            "stdin",
            base(Home::new()),
            "--api-key-file -".to_owned(),
            format!("{KEY}\n"),
        ),
        (
            "variable",
            base(Home::new()).with("XEROCTL_API_KEY", KEY),
            none(),
            none(),
        ),
        (
            "variable file",
            with_file().with("XEROCTL_API_KEY_FILE", "key"),
            none(),
            none(),
        ),
        ("stored", Home::new().config(&stored), none(), none()),
    ]
}

#[test]
fn standard_input_cannot_be_key_and_body() {
    let router = Router::unasked();
    for (variable, line, code) in [
        ("XEROCTL_API_KEY_FILE", "api POST /x --input -", 3),
        ("XEROCTL_API_KEY_FILE", "api POST /x -F a=@-", 3),
        (
            "XEROCTL_API_KEY_FILE",
            "exec context set --workspace ws_1 --file - --force",
            3,
        ),
        ("TERM", "api POST /x --input - --api-key-file -", 2),
    ] {
        let home = Home::new()
            .with("XEROCTL_BASE_URL", &router.base_url())
            .with(variable, "-");
        let run = home.run_on(Terminals::default(), "{}", line);
        assert_eq!(run.code, code, "{line}: {}", run.stderr);
        let message = "can't both be read from standard input";
        assert!(run.stderr.contains(message), "{line}: {}", run.stderr);
        assert!(!run.stderr.contains("warning"), "{line}: {}", run.stderr);
    }
    // A dry run reads no key.
    let home = Home::new()
        .with("XEROCTL_BASE_URL", &router.base_url())
        .with("XEROCTL_API_KEY_FILE", "-");
    let run = home.run_on(
        Terminals::default(),
        "{}",
        "api POST /x --input - --dry-run",
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(router.lines(), [""; 0]);
}

/// A router that repeats whatever it is sent wherever it can: in an error, a header, a name.
fn parrot() -> Router {
    Router::rules(|asked| {
        let sent = asked.header("authorization").unwrap_or_default();
        let body = format!(
            r#"{{"error":{{"message":"bad credentials: {sent}","type":"{sent}","code":"authentication_error","param":"{sent}"}}}}"#
        );
        Answer::json(401, body)
            .header("X-Request-ID", sent)
            .header("X-Echo", sent)
    })
}

fn shows_no_key(run: &Output, what: &str) {
    let all = format!("{}{}", run.stdout, run.stderr);
    assert!(!all.contains(KEY), "{what}: {}: {all}", run.line);
}

#[test]
fn repeated_key_is_masked_in_every_output() {
    let router = parrot();
    for (way, home, words, input) in ways(&router) {
        for line in [
            "agents",
            "agents -vv",
            "agents -o json",
            "agents agt_1 --delete --force",
        ] {
            let run = home.run_on(terminal(100), &input, &format!("{line} {words}"));
            assert_eq!(run.code, 4, "{way}: {}", run.stderr);
            shows_no_key(&run, way);
        }
    }
    assert!(
        router
            .asked()
            .iter()
            .all(|asked| asked.header("authorization") == Some(&format!("Bearer {KEY}"))),
        "each way sends the key"
    );
}

#[test]
fn repeated_key_is_masked_in_rows() {
    let router = parrot();
    for (way, home, words, input) in ways(&router) {
        for format in FORMATS {
            let line = format!("agents pause-exec agt_1 agt_2 -o {format} {words}");
            shows_no_key(&home.run_on(terminal(400), &input, &line), way);
        }
    }
}

#[test]
fn key_with_json_escapes_is_masked() {
    let key = r#"xero_"quoted"\\key"#;
    // Written by the test's own JSON library, so that the message holds the key itself.
    let router = Router::rules(move |_| {
        let body =
            serde_json::json!({"error": {"message": format!("bad key {key}"), "param": key}});
        Answer::json(400, body.to_string())
    });
    let home = Home::new()
        .with("XEROCTL_BASE_URL", &router.base_url())
        .with("XEROCTL_API_KEY", key);
    for line in [
        "agents -o json -vv",
        "agents pause-exec a b -o json",
        "agents pause-exec a b -o ndjson",
        "agents pause-exec a b -o csv",
    ] {
        let run = home.run(line);
        let all = format!("{}{}", run.stdout, run.stderr);
        for half in ["quoted", "key\"", "\\key"] {
            assert!(!all.contains(half), "{line}: {half}: {all}");
        }
    }
}

#[test]
fn terminal_warns_about_key_on_the_command_line() {
    let router = Router::rules(|_| Answer::json(200, r#"{"data":[]}"#));
    let home = Home::new().with("XEROCTL_BASE_URL", &router.base_url());
    let warned = home.run_on_terminal("", &format!("agents --api-key {KEY} --color never"));
    assert!(warned.stderr.starts_with("warning: "), "{}", warned.stderr);
    for quiet in [
        home.run_on_terminal("", &format!("agents --api-key {KEY} -q")),
        home.run(&format!("agents --api-key {KEY}")),
    ] {
        assert!(!quiet.stderr.contains("warning"), "{}", quiet.stderr);
    }
}

#[test]
fn next_commands_omit_the_key() {
    let page = r#"{"data":[{"id":"agt_1"}],"has_more":true,"last_id":"agt_1"}"#;
    let router = Router::rules(move |_| Answer::json(200, page));
    for (way, home, words, input) in ways(&router) {
        let run = home.run_on(terminal(100), &input, &format!("agents {words}"));
        assert!(
            run.stderr.contains("--after agt_1"),
            "{way}: {}",
            run.stderr
        );
        shows_no_key(&run, way);
    }
}

#[test]
fn dry_runs_help_and_config_omit_the_key() {
    let router = Router::unasked();
    for (way, home, words, input) in ways(&router) {
        for line in [
            "agents agt_1 --delete --dry-run -vv",
            "agents --help",
            "config show",
            "config show -o json",
            "config list",
            "agents --limit 0",
            "agents --nonsense",
        ] {
            shows_no_key(
                &home.run_on(terminal(100), &input, &format!("{line} {words}")),
                way,
            );
        }
    }
}

#[test]
fn trace_masks_everything_but_an_allow_list() {
    let router = Router::script([Answer::json(
        201,
        r#"{"id":"jk_1","token":"xjt_secret","unknown":"xjt_other","status":"active"}"#,
    )
    .header("Set-Cookie", "session=xjt_cookie")
    .header("X-Request-ID", "req_1")]);
    let run = router
        .home()
        .run(&format!("{CREATE} --token-file token -vv"));
    for secret in ["xjt_secret", "xjt_other", "xjt_cookie", KEY] {
        assert!(!run.stderr.contains(secret), "{secret}: {}", run.stderr);
    }
    for shown in [
        "POST ",
        "HTTP 201",
        "req_1",
        "authorization: ***",
        "\"status\":\"active\"",
    ] {
        assert!(run.stderr.contains(shown), "{shown}: {}", run.stderr);
    }
}
