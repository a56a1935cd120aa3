//! Other properties of the squads commands: formats, unusual IDs, quoted hints, traces, and errors on terminals.

use crate::cli::shown::{FORMATS, named, runs, sandbox, terminal, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, Dialect, SQUAD, Served, home};

#[test]
fn lists_in_each_format() {
    for line in ["squads agents", "squads inbox", "squads keys Coder"] {
        let lines = FORMATS.map(|format| format!("{line} -o {format}"));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let name = line.replace(' ', "_");
        insta::assert_snapshot!(format!("{name}_in_each_format"), runs(&sandbox(), &lines));
    }
}

#[test]
fn objects_in_each_format() {
    for line in [
        "squads show Coder",
        "squads me",
        "squads runtime Coder",
        "squads health",
    ] {
        let lines = FORMATS.map(|format| format!("{line} -o {format}"));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let name = line.replace(' ', "_");
        let text = named(
            &runs(&sandbox(), &lines),
            &[(r"127\.0\.0\.1:\w+", "127.0.0.1:PORT")],
        );
        insta::assert_snapshot!(format!("{name}_in_each_format"), text);
    }
}

#[test]
fn changes_in_each_format() {
    for line in [
        "squads pause Coder",
        "squads delete Ledger --force",
        "squads update Coder --title Lead",
        "squads permissions Coder --can-assign-tasks true",
        "squads instructions-path Coder AGENTS.md",
    ] {
        let shown = FORMATS.map(|format| runs(&sandbox(), &[&format!("{line} -o {format}")]));
        let name = line.split(' ').nth(1).expect("a verb");
        insta::assert_snapshot!(format!("{name}_in_each_format"), shown.join("\n"));
    }
}

#[test]
fn on_a_terminal() {
    let runs = [
        "agents",
        "inbox",
        "keys Coder",
        "show Coder",
        "runtime Coder",
        "resume Ledger",
        "agents -o json",
    ]
    .map(|line| {
        sandbox().run_on(
            terminal(100),
            "",
            &format!("squads {line} --color never --time utc"),
        )
    });
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn obeys_header_and_time_options() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "squads agents --no-headers",
            "squads keys Coder --no-headers -o csv",
            "squads keys Coder --time raw",
            "squads keys Coder --time relative",
        ],
    ));
}

#[test]
fn format_from_deployment_and_environment_applies() {
    let server = Router::rules(|_| Answer::json(200, r#"[{"id":"a","name":"n"}]"#));
    let text = format!(
        "current = \"a\"\n[deployment.a]\nsquads_url = \"{}\"\noutput = \"csv\"\n",
        server.root()
    );
    let home = || Home::new().config(&text);
    let line = "squads agents --squad 50000000-0000-4000-8000-000000000005";
    assert!(home().run(line).stdout.starts_with("ID,NAME,"));
    let variable = home().with("XEROCTL_OUTPUT", "name").run(line);
    assert_eq!(variable.stdout, "a\n");
    assert!(
        home()
            .run(&format!("{line} -o json"))
            .stdout
            .starts_with('[')
    );
}

#[test]
fn ids_are_opaque_and_encoded() {
    let list = r#"[{"id":"a?b#c%d é","name":"Odd"}]"#;
    let server = Router::script([Answer::json(200, list), Answer::json(200, r#"{"ok":true}"#)]);
    let run = home(&server).run("squads pause Odd");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        server.lines(),
        [
            format!("GET /api/squads/{SQUAD}/agents").as_str(),
            "POST /api/agents/a%3Fb%23c%25d%20%C3%A9/pause"
        ]
    );
    assert_eq!(run.stdout, "a?b#c%d é\tpaused\n");
}

#[test]
fn hints_are_shell_quoted_and_omit_keys() {
    let server = Router::rules(|_| Answer::json(200, r#"[{"id":"it's $HOME","name":"Odd"}]"#));
    let run = home(&server).run(&format!(
        "squads pause Nobody --squad {SQUAD} --api-key topsecret"
    ));
    assert!(
        run.stderr
            .contains(&format!("squads agents --squad={SQUAD}")),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("topsecret"), "{}", run.stderr);
    let server = Router::script([
        Answer::json(200, r#"[{"id":"it's $HOME","name":"Odd"}]"#),
        Answer::json(200, r#"{"ok":true}"#),
    ]);
    let run = home(&server).run("squads pause Odd");
    assert!(run.stderr.contains(r"'it'\''s $HOME'"), "{}", run.stderr);
}

#[test]
fn traces_omit_tokens_and_configurations() {
    let agent = r#"{"id":"x","token":"slaw_hidden","adapterConfig":{"env":{"A":"s3-env"}},"runtimeConfig":{"b":"s3-run"}}"#;
    for (line, method) in [
        (
            format!("squads create-key {CODER} --name n --token-file t"),
            "POST ",
        ),
        (format!("squads show {CODER}"), "GET "),
        (
            format!("squads update {CODER} --prompt 's3-prompt'"),
            "PATCH ",
        ),
    ] {
        let server = Router::rules(move |_| Answer::json(200, agent));
        let run = home(&server).run(&format!("{line} -vv"));
        assert!(run.stderr.contains(method), "{line}: {}", run.stderr);
        for secret in ["slaw_hidden", "s3-env", "s3-run", "slaw_test_0123456789"] {
            assert!(
                !run.stderr.contains(secret),
                "{line}: {secret}: {}",
                run.stderr
            );
        }
    }
}

#[test]
fn accepts_router_error_form() {
    let body =
        r#"{"error":{"message":"a gateway says no","type":"t","code":"rate_limit_exceeded"}}"#;
    let server = Router::script([Answer::json(400, body)]);
    let run = home(&server).run(&format!("squads pause {CODER}"));
    assert_eq!(run.code, 9, "{}", run.stderr);
    assert!(run.stderr.contains("a gateway says no"), "{}", run.stderr);
}

#[test]
fn sandbox_errors_on_terminal() {
    let nobody = "00000000-0000-4000-8000-000000000000";
    let archivist = "203646e0-132c-4c5d-9973-fe3a0f152c71";
    let mut all = Vec::new();
    for dialect in Dialect::BOTH {
        let served = Served::start(dialect);
        for line in [
            format!("squads show {nobody}"),
            format!("squads pause {archivist}"),
            "squads create --name N --role wizard --adapter process".to_owned(),
            "squads create --name N --role qa --adapter crystal_ball".to_owned(),
            format!("squads create --name N --role qa --adapter process --reports-to {nobody}"),
            format!("squads agents --squad {nobody}"),
            "squads agents --squad none".to_owned(),
            "squads update Coder --name Manager".to_owned(),
            "squads instructions-path Reviewer2 AGENTS.md".to_owned(),
            format!("squads delete {CODER} --force"),
            format!("squads revoke-key Coder {nobody} --force"),
        ] {
            all.push(served.home().run(&line));
        }
    }
    insta::assert_snapshot!(named(
        &transcript(&all),
        &[
            (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIME"),
            (r"(ID\t)[0-9a-f-]{36}", "${1}NEW"),
            (
                r"(?:create-key|show) [0-9a-f-]{36} --name",
                "create-key NEW --name"
            )
        ]
    ));
}

#[test]
fn renamed_deployment_keeps_its_squads() {
    let text = "[deployment.lab]\nbase_url = \"http://127.0.0.1:1/p/v1\"\nsquads_url = \"http://localhost:3100\"\nsquads_api_key = \"k\"\nsquad_id = \"50000000-0000-4000-8000-000000000005\"\n";
    let home = Home::new().config(text);
    let rename = home.run("config rename lab other");
    assert_eq!(rename.code, 0, "{}", rename.stderr);
    let run = home.run("squads agents --context other --dry-run");
    assert!(
        run.stdout.starts_with(
            "GET http://localhost:3100/api/squads/50000000-0000-4000-8000-000000000005/agents\n"
        ),
        "{}",
        run.stdout
    );
}

#[test]
fn warns_if_stored_key_moves_to_another_host() {
    let text = "[deployment.lab]\nbase_url = \"http://127.0.0.1:1/p/v1\"\napi_key = \"k\"\nsquads_url = \"https://squads.example\"\nsquads_api_key = \"k\"\n";
    let warned = |words: &str| {
        let home = Home::new().config(text);
        std::fs::write(home.path().join("key"), "new\n").expect("a key file");
        let run = home.run(&format!("config set lab {words}"));
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stderr.contains("another host") || run.stderr.contains("is not https")
    };
    assert!(warned("--squads-url https://elsewhere.example"));
    assert!(warned(
        "--squads-url http://squads.example --squads-api-key-file key"
    ));
    assert!(!warned("--squads-url https://squads.example/api/"));
    assert!(!warned(
        "--squads-url https://elsewhere.example --squads-api-key-file key"
    ));
}

#[test]
fn runtime_times_are_formatted() {
    let body = r#"{"sessionId":"2026-11-22T11:59:55.123Z","createdAt":"2026-11-22T10:00:00.000Z","updatedAt":"yesterday"}"#;
    let server = Router::rules(move |_| Answer::json(200, body));
    let line = format!("squads runtime {CODER}");
    let shown = home(&server).run(&line).stdout;
    assert!(
        shown.contains("createdAt\t2026-11-22T10:00:00Z\n"),
        "{shown}"
    );
    assert!(shown.contains("updatedAt\tyesterday\n"), "{shown}");
    let relative = home(&server).run(&format!("{line} --time relative")).stdout;
    assert!(relative.contains("createdAt\t2h ago\n"), "{relative}");
    let raw = home(&server).run(&format!("{line} --time raw")).stdout;
    assert!(
        raw.contains("createdAt\t2026-11-22T10:00:00.000Z\n"),
        "{raw}"
    );
}
