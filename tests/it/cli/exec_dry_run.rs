//! `--dry-run` of every leaf of `exec`: the request, nothing sent, and what was skipped.

use crate::cli::shown::{runs, sandbox};
use crate::support::Home;
use crate::support::router::{Answer, Router};

/// Every command, and the options that change its request.
const COMMANDS: &[&str] = &[
    "exec tools",
    "exec tools --limit 250 --after kubectl_get",
    "exec tool-show storage/restore",
    "exec invoke --workspace ws_1 --tool storage/restore --args '{\"n\": 1.50, \"big\": 12345678901234567890123, \"e\": 1E+2}' --arg 'text=é \"q\"' --arg-json z=-0.0",
    "exec invoke --workspace ws_1 --tool t --args '{}' --wait --raw",
    "exec invoke --workspace ws_1 --tool t --args '{}' --no-validate",
    "exec watch inv_1",
    "exec cancel inv_1",
    "exec cancel inv_1 --force",
    "exec list",
    "exec list --all",
    "exec list --status failed --since 1h --limit 5",
    "exec show exe_1",
    "exec raw exe_1",
    "exec raw exe_1 --output-file out.bin",
    "exec rerun exe_1",
    "exec rerun exe_1 --wait",
    "exec invocations",
    "exec stream",
    "exec manifest agt_1",
    "exec environment agt_1",
    "exec connectivity agt_1",
    "exec learnings list --workspace 'ws &1'",
    "exec learnings show lrn_1",
    "exec learnings delete lrn_1",
    "exec learnings delete lrn_1 --force",
    "exec context show --workspace ws_1",
    "exec context set --workspace ws_1 --file -",
    "exec context set --workspace ws_1 --file - --force",
];

/// A home that names a base URL and no key.
fn keyless() -> Home {
    Home::new().with("XEROCTL_BASE_URL", "https://router.example/proj_1/v1")
}

/// What is typed for those that read standard input.
const CONTEXT: &str = "{\"cluster\": \"blue\", \"n\": 1.0}";

fn transcript(words: &str) -> String {
    let home = keyless();
    let runs = COMMANDS.iter().map(|line| {
        let line = format!("{line} {words}");
        let run = home.run_on(xeroctl::ui::Terminals::default(), CONTEXT, &line);
        assert_eq!(run.code, 0, "{line}: {}", run.stderr);
        run
    });
    crate::cli::shown::transcript(&runs.collect::<Vec<_>>())
}

#[test]
fn every_command_prints_its_request() {
    insta::assert_snapshot!(transcript("--dry-run"));
}

#[test]
fn every_command_prints_its_request_as_json() {
    insta::assert_snapshot!(transcript("--dry-run -o json"));
}

#[test]
fn sends_and_asks_nothing() {
    let router = Router::unasked();
    let home = router.home();
    for line in COMMANDS {
        for terminals in [
            xeroctl::ui::Terminals::default(),
            crate::cli::shown::terminal(80),
        ] {
            let line = format!("{line} --dry-run");
            let run = home.run_on(terminals, CONTEXT, &line);
            assert_eq!(run.code, 0, "{line}: {}", run.stderr);
        }
    }
    assert_eq!(router.lines(), [""; 0]);
    assert!(!home.path().join("out.bin").exists());
}

#[test]
fn planned_writes_match_sent_writes() {
    for line in [
        COMMANDS[3],
        "exec cancel inv_1",
        "exec rerun exe_1",
        "exec learnings delete lrn_1 --force",
        "exec context set --workspace ws_1 --file - --force",
    ] {
        let router = Router::rules(|_| Answer::json(200, r#"{"status":"completed"}"#));
        let home = router.home();
        let run = |words: &str| {
            let line = format!("{line} -o json {words}");
            home.run_on(xeroctl::ui::Terminals::default(), CONTEXT, &line)
        };
        let plan = run("--dry-run").stdout;
        let real = run("");
        assert_eq!(real.code, 0, "{line}: {}", real.stderr);
        let asked = router.asked();
        let sent = asked.last().expect("a request");
        let plan: serde_json::Value = serde_json::from_str(&plan).expect("a document");
        assert_eq!(plan["method"], sent.method.as_str(), "{line}");
        let url = plan["url"].as_str().unwrap_or_default();
        assert!(url.ends_with(&sent.target), "{line}: {url}");
        let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap_or_default();
        assert_eq!(plan["body"], body, "{line}");
    }
}

#[test]
fn numbers_keep_their_spelling() {
    let spelled = [
        "1.50",
        "12345678901234567890123",
        "1E+2",
        "-0.0",
        "0.10e-05",
    ];
    for number in spelled {
        let router = Router::script([Answer::json(200, r#"{"id":"x"}"#)]);
        let home = router.home();
        let line = format!(
            "exec invoke --workspace w --tool t --no-validate --args '{{\"a\": {number}}}' --arg-json b=[{number}]"
        );
        let plain = home.run(&format!("{line} --dry-run")).stdout;
        let json = home.run(&format!("{line} --dry-run -o json")).stdout;
        home.run(&line);
        let sent = router.asked()[0].body.clone();
        for text in [plain, json, sent] {
            assert_eq!(text.matches(number).count(), 2, "{number}: {text}");
        }
    }
}

#[test]
fn usage_errors_stay_errors() {
    let home = keyless();
    for line in [
        "exec invoke --workspace w --tool t --dry-run",
        "exec invoke --workspace w --tool t --args [] --dry-run",
        "exec invoke --workspace w --tool t --args '{}' --raw --dry-run",
        "exec show .. --dry-run",
        "exec list --since never --dry-run",
        "exec watch i --interval 1ms --dry-run",
        "exec context set --workspace w --file none --dry-run",
    ] {
        assert_eq!(home.run(line).code, 2, "{line}");
    }
}

#[test]
fn protected_deployment_must_be_named() {
    let router = Router::rules(|_| Answer::json(200, r#"{"status":"completed","context":{}}"#));
    let config = format!(
        "current = \"prod\"\n[deployment.prod]\nbase_url = \"{}\"\napi_key = \"k\"\nprotected = true\n",
        router.base_url()
    );
    let home = Home::new().config(&config);
    std::fs::write(home.path().join("context.json"), "{}").expect("a file");
    let file = home.path().join("context.json").display().to_string();
    let set = format!("exec context set --workspace w --file {file} --force");
    let writes = [
        "exec invoke --workspace w --tool t --args '{}'",
        "exec invoke --workspace w --tool t --args '{}' --no-validate",
        "exec cancel i",
        "exec rerun e",
        "exec learnings delete l --force",
        &set,
    ];
    for line in writes {
        let run = home.run(line);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (3, ""),
            "{line}: {}",
            run.stderr
        );
        assert!(
            run.stderr.contains("--context prod"),
            "{line}: {}",
            run.stderr
        );
    }
    assert_eq!(router.lines(), [""; 0], "not even reads for a write");
    for line in writes {
        let named = home.run(&format!("{line} --context prod"));
        assert_eq!(named.code, 0, "{line}: {}", named.stderr);
        let dry = home.run(&format!("{line} --dry-run"));
        assert_eq!(dry.code, 0, "{line}: {}", dry.stderr);
    }
    for line in ["exec show e", "exec context show --workspace w"] {
        assert_eq!(home.run(line).code, 0, "{line}");
    }
    insta::assert_snapshot!(
        runs(&home, &["exec cancel i", "exec cancel i -o json"])
            .lines()
            .filter(|line| !line.starts_with('{'))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn sandbox_address_has_no_port() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "exec invoke --workspace ws_team_a --tool kubectl_get --arg resource=pods --dry-run",
            "exec cancel i --dry-run -o json",
        ],
    ));
}
