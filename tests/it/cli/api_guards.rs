//! `xeroctl api`: prompts, dry runs, protection, and masking.

use crate::cli::shown::{FORMATS, runs, sandbox, terminal, transcript};
use crate::support::router::{Answer, KEY, Router, nobody};
use crate::support::{Home, Output};
use xeroctl::ui::Terminals;

const DELETE: &str = "api DELETE '/management/agents/a b?x=1'";

/// A home with a base URL and without a key.
fn keyless() -> Home {
    Home::new().with("XEROCTL_BASE_URL", "https://router.example/proj_1/v1")
}

#[test]
fn dry_run_prints_request() {
    let home = keyless();
    let body = home.path().join("body");
    std::fs::write(&body, "{\"a\": 1.50}\n").expect("a file");
    let lines = [
        "api GET /management/agents",
        "api GET '/v1/a?b=c d' -f e=f -F g=1.50",
        "api GET /a --all",
        "api GET '/a?b=c' -f d=e --limit 250 --after x",
        "api POST /a",
        "api POST /a -f b=c -F d=1.50 -F e=null",
        "api PATCH /a -f b=c -i",
        "api DELETE /a",
        "api DELETE /a -f why=gone --force",
    ];
    let table: Vec<String> = lines.map(|line| format!("{line} --dry-run")).to_vec();
    let json: Vec<String> = lines
        .map(|line| format!("{line} --dry-run -o json"))
        .to_vec();
    let all: Vec<&str> = table.iter().chain(&json).map(String::as_str).collect();
    insta::assert_snapshot!(runs(&home, &all));
}

#[test]
fn dry_run_shows_every_kind_of_body() {
    let home = keyless();
    let mut all = Vec::new();
    for body in [
        &b"{\"a\": 1.50,\r\n\"a\": 2}\n"[..],
        b"[1,2]",
        b"a: b\n",
        b"\x1b[31m\xe2\x80\xae",
        b"\x00\xff",
        b"",
    ] {
        let path = home.path().join("body");
        std::fs::write(&path, body).expect("a file");
        for format in ["table", "json"] {
            let line = format!(
                "api PUT /a --dry-run -o {format} --input {}",
                path.display()
            );
            let mut run = home.run(&line);
            assert_eq!(run.code, 0, "{}", run.stderr);
            run.line = format!("api PUT /a --dry-run -o {format} --input BODY");
            all.push(run);
        }
    }
    let stdin = home.run_on(
        Terminals::default(),
        "{\"from\":\"stdin\"}",
        "api PUT /a --input - --dry-run",
    );
    all.push(stdin);
    insta::assert_snapshot!(transcript(&all));
}

#[test]
fn dry_run_masks_unknown_headers() {
    let words = [
        "accept: text/plain",
        "Content-Type: text/csv",
        "if-match: \"x\"",
        "idempotency-key: k",
        "prefer: wait=5",
        "X-Api-Key: s3cret",
        "cookie: s3cret",
        "x-anything: s3cret",
    ]
    .map(|header| format!("-H '{header}'"))
    .join(" ");
    let mut all = Vec::new();
    for format in FORMATS {
        let run = keyless().run(&format!("api POST /a {words} --dry-run -o {format}"));
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(!run.stdout.contains("s3cret"), "{}", run.stdout);
        all.push(Output {
            line: format!("api POST /a … --dry-run -o {format}"),
            ..run
        });
    }
    insta::assert_snapshot!(transcript(&all));
}

#[test]
fn dry_run_sends_and_asks_nothing() {
    let router = Router::unasked();
    for (home, terminals) in [
        (router.home(), Terminals::default()),
        (router.home(), terminal(80)),
        (
            Home::new().with("XEROCTL_BASE_URL", &nobody()),
            terminal(80),
        ),
    ] {
        for line in [
            "api GET /a",
            "api GET /a --all",
            "api POST /a -f b=c",
            "api DELETE /a",
            "api DELETE /a --force",
        ] {
            let run = home.run_on(terminals, "n\n", &format!("{line} --dry-run"));
            assert_eq!(run.code, 0, "{line}: {}", run.stderr);
            assert!(!run.stderr.contains("[y/N]"), "{line}: {}", run.stderr);
        }
    }
    assert_eq!(router.lines(), [""; 0]);
    // What is wrong stays wrong.
    assert_eq!(keyless().run("api GET a --dry-run").code, 2);
    assert_eq!(
        keyless().run("api POST /a --input missing --dry-run").code,
        2
    );
    assert_eq!(Home::new().run("api GET /a --dry-run").code, 3);
}

#[test]
fn only_yes_confirms_delete() {
    for (answer, code) in [
        ("y\n", 0),
        ("YES\n", 0),
        ("n\n", 16),
        ("\n", 16),
        ("", 16),
        ("/a\n", 16),
        (" y\n", 16),
    ] {
        let router = Router::rules(|_| Answer::empty(204));
        let run = router.home().run_on_terminal(answer, "api DELETE /a");
        assert_eq!(run.code, code, "{answer:?}: {}", run.stderr);
        let sent = if code == 0 { vec!["DELETE /a"] } else { vec![] };
        assert_eq!(router.lines(), sent, "{answer:?}");
    }
}

#[test]
fn delete_prompt_names_the_request() {
    let all = ["n\n", "y\n"].map(|answer| {
        let router = Router::rules(|_| Answer::json(200, r#"{"deleted":true}"#));
        let line = format!("{DELETE} --color never");
        router.home().run_on_terminal(answer, &line)
    });
    insta::assert_snapshot!(transcript(&all));
}

#[test]
fn without_prompts_prints_the_working_command() {
    let all = ["", "-o json", "--no-input", "-f a=b -i"].map(|words| {
        let router = Router::unasked();
        let terminals = if words == "--no-input" {
            terminal(80)
        } else {
            Terminals::default()
        };
        let line = format!("{DELETE} {words} --color never");
        let run = router.home().run_on(terminals, "y\n", &line);
        assert_eq!(run.code, 2, "{line}");
        assert_eq!(router.lines(), [""; 0]);
        run
    });
    insta::assert_snapshot!(transcript(&all));
}

#[test]
fn only_delete_prompts_and_force_skips_it() {
    for flag in ["--force", "--yes", "-y"] {
        for method in ["delete", "DELETE", "POST", "PUT", "PATCH", "GET"] {
            let router = Router::script([Answer::empty(204)]);
            let run = router.home().run(&format!("api {method} /a {flag}"));
            assert_eq!(run.code, 0, "{method} {flag}: {}", run.stderr);
        }
    }
    for method in ["POST", "PUT", "PATCH", "GET"] {
        let router = Router::script([Answer::empty(204)]);
        let run = router
            .home()
            .run_on_terminal("", &format!("api {method} /a"));
        assert_eq!(run.code, 0, "{method}: {}", run.stderr);
    }
}

#[test]
fn protected_deployment_must_be_named() {
    for method in ["POST", "PUT", "PATCH", "DELETE --force", "DELETE"] {
        let router = Router::rules(|_| Answer::json(200, "{}"));
        let config = format!(
            "current = \"prod\"\n[deployment.prod]\nbase_url = \"{}\"\napi_key = \"k\"\nprotected = true\n",
            router.base_url()
        );
        let home = || Home::new().config(&config);
        let line = format!("api {method} /a");
        let run = home().run_on_terminal("y\n", &line);
        assert_eq!(run.code, 3, "{line}: {}", run.stderr);
        assert!(!run.stderr.contains("[y/N]"), "{line}: {}", run.stderr);
        assert!(run.stderr.contains("--context prod"), "{}", run.stderr);
        // Nor does it help to reach it by its address.
        let away = home()
            .with("XEROCTL_BASE_URL", &router.base_url())
            .with("XEROCTL_API_KEY", "k");
        assert_eq!(away.run_on_terminal("y\n", &line).code, 3, "{line}");
        assert_eq!(router.lines(), [""; 0], "{line}");
        assert_eq!(home().run("api GET /a").code, 0);
        assert_eq!(home().run("api GET /a --all -o name").code, 17, "no list");
        assert_eq!(home().run(&format!("{line} --dry-run")).code, 0);
        let named = format!("{line} --context prod");
        assert_eq!(home().run_on_terminal("y\n", &named).code, 0, "{named}");
        assert_eq!(router.lines().len(), 3);
    }
}

#[test]
fn stored_key_is_sent_only_to_its_host() {
    let router = Router::unasked();
    let config = "current = \"prod\"\n[deployment.prod]\nbase_url = \"https://router.example/p/v1\"\napi_key = \"k\"\n";
    let home = Home::new().config(config);
    let line = format!("api GET /a --base-url {}", router.base_url());
    assert_eq!(home.run(&line).code, 3);
    let plain = Home::new().with("XEROCTL_API_KEY", "k");
    assert_eq!(
        plain
            .run("api GET /a --base-url http://router.example/p/v1")
            .code,
        3
    );
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn masks_key_repeated_in_errors() {
    let router = Router::rules(|asked| {
        let sent = asked.header("authorization").unwrap_or_default();
        let body = format!(
            r#"{{"error":{{"message":"bad: {sent}","type":"{sent}","code":"authentication_error","param":"{sent}"}}}}"#
        );
        Answer::json(401, body).header("X-Request-ID", sent)
    });
    for method in ["GET", "POST", "DELETE --force"] {
        for format in FORMATS {
            let line = format!("api {method} /a -i -vv -o {format}");
            let run = router.home().run(&line);
            assert_eq!(run.code, 4, "{line}");
            let all = format!("{}{}", run.stdout, run.stderr);
            assert!(!all.contains(KEY), "{line}: {all}");
        }
    }
}

#[test]
fn traces_and_hints_omit_secrets() {
    let router = Router::rules(|asked| match asked.method.as_str() {
        "GET" => Answer::json(
            200,
            r#"{"data":[{"id":"a"}],"has_more":true,"last_id":"a"}"#,
        ),
        _ => Answer::fault(500, "internal_error"),
    });
    let home = Home::new().with("XEROCTL_BASE_URL", &router.base_url());
    for line in [
        "api GET /a --limit 1",
        "api DELETE /a",
        "api DELETE /a --force",
        "api POST /a -f b=c",
        "api GET /a -i --dry-run",
    ] {
        let line = format!("{line} -vv --api-key s3cret -H 'x-trace: t0ken'");
        let run = home.run(&line);
        assert!(!run.stderr.contains("s3cret"), "{line}: {}", run.stderr);
        let traces = run.stderr.lines().filter(|line| line.starts_with("trace"));
        for trace in traces {
            assert!(!trace.contains("t0ken"), "{line}: {trace}");
        }
    }
}

#[test]
fn hints_mask_unknown_headers() {
    let router = Router::rules(|_| Answer::json(200, r#"{"data":[{"id":"a"}],"has_more":true}"#));
    let home = router.home();
    for header in [
        "-H 'x-key: t0ken'",
        "-H'x-key: t0ken'",
        "-vH 'X-Key:t0ken'",
        "--header 'x-key: t0ken'",
        "--header='x-key: t0ken'",
    ] {
        let line = format!("{header} -H 'accept: a/b'");
        for line in [
            format!("api GET /a {line}"),
            format!("api DELETE /a {line}"),
        ] {
            let run = home.run(&line);
            assert!(run.stderr.contains("hint: "), "{line}: {}", run.stderr);
            assert!(!run.stderr.contains("t0ken"), "{line}: {}", run.stderr);
            assert!(run.stderr.contains(": ***'"), "{line}: {}", run.stderr);
            assert!(
                run.stderr.contains("'accept: a/b'"),
                "{line}: {}",
                run.stderr
            );
        }
    }
}

#[test]
fn dry_runs_and_messages_mask_named_secrets() {
    let router = Router::rules(|_| Answer::json(200, "{}"));
    let line = "api POST '/a?api_key=s1&after=x' -f access_token=s2 -f name=n";
    for words in ["--dry-run", "--dry-run -o json", "-vv"] {
        let run = router.home().run(&format!("{line} {words}"));
        let all = format!("{}{}", run.stdout, run.stderr);
        assert_eq!(run.code, 0, "{all}");
        assert!(!all.contains("s1") && !all.contains("s2"), "{all}");
        assert!(all.contains("/a?api_key=***&after=x"), "{all}");
    }
    assert_eq!(
        (router.lines()[0].as_str(), router.asked()[0].body.as_str()),
        (
            "POST /a?api_key=s1&after=x",
            r#"{"access_token":"s2","name":"n"}"#
        )
    );
}

#[test]
fn masks_key_repeated_in_headers() {
    let router = Router::rules(|asked| {
        let sent = asked.header("authorization").unwrap_or_default();
        Answer::json(200, "{}").header("X-Echo", sent)
    });
    for method in ["GET", "POST"] {
        let run = router.home().run(&format!("api {method} /a -i"));
        assert!(run.stdout.contains("Bearer ***"), "{}", run.stdout);
        assert!(!run.stdout.contains(KEY), "{}", run.stdout);
    }
}

#[test]
fn sandbox_responds() {
    let home = sandbox();
    let list = home.run("api GET /v1/management/agents -o name");
    let same = home.run("agents -o name");
    assert_eq!((list.code, &list.stdout), (0, &same.stdout));
    // The line that goes on reads on.
    let next = list.stderr.strip_prefix("hint: more available: xeroctl ");
    let next = home.run(next.expect("a hint").trim());
    assert_eq!((next.code, next.stderr.as_str()), (0, ""));
    assert_eq!(
        list.stdout + &next.stdout,
        home.run("agents -o name --all").stdout
    );
    let list = same;
    let id = list.stdout.lines().next().expect("an agent").to_owned();
    let path = format!("/management/agents/{id}");
    for (line, code) in [
        (format!("api PATCH {path} -F max_concurrent_requests=16"), 0),
        (
            format!("api POST {path}/pause-exec -f workspace=ws_team_a"),
            0,
        ),
        // The sandbox wants an object.
        (format!("api POST {path}/pause-exec"), 7),
        (format!("api DELETE {path} --force"), 0),
        (format!("api GET {path}"), 5),
        ("api GET /no/such/route".to_owned(), 5),
    ] {
        let run = home.run(&line);
        assert_eq!(run.code, code, "{line}: {}", run.stderr);
    }
}
