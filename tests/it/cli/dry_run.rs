//! `--dry-run` of every command that sends requests to the router: the plan is what would be sent, and nothing is sent.

use serde_json::Value;
use xeroctl::ui::Terminals;

use crate::cli::shown::{runs, sandbox, terminal, transcript};
use crate::support::router::{Answer, Router, nobody};
use crate::support::{Home, Output};

/// A line per command and per option that changes its requests.
pub(crate) const LINES: &[&str] = &[
    "agents",
    "agents --limit 250 --after agt_1",
    "agents --all",
    "agents agt_1",
    "agents --create --name n --worker-id w --public-key AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= --region r --max-concurrent 0 --description '' --supported-tiers a,b",
    "agents agt_1 --update --description '' --supported-tiers '' --status active",
    "agents agt_1 --delete",
    "agents agt_1 --events --limit 5",
    "agents 'ü ?#%&' --delete",
    "agents pause-exec agt_1",
    "agents pause-exec agt_1 agt_2 agt_1 --workspace ws_team_a",
    "agents resume-exec agt_1",
    "agents revoke-credentials agt_1 agt_2",
    "agents candidates list agt_1",
    "agents candidates approve agt_1 cand_1",
    "agents candidates reject agt_1 cand_1",
    "agents curve-rotate agt_1",
    "agents curve-rotate agt_1 --reason 'post-incident, \"quoted\"'",
    "join-keys",
    "join-keys --include-terminal --all",
    "join-keys --create --name n --region r --router-addr tcp://a:1 --router-addr tcp://b:2 --ttl-seconds 60",
    "join-keys jk_1 --revoke",
    "exec tools",
    "exec tools --limit 250 --after kubectl_get",
    "exec tool-show storage/restore",
    "exec invoke --workspace ws_1 --tool storage/restore --args '{\"n\": 1.50, \"big\": 12345678901234567890123, \"e\": 1E+2}' --arg 'text=é \"q\"' --arg-json z=-0.0",
    "exec invoke --workspace ws_1 --tool t --args '{}' --wait --raw",
    "exec invoke --workspace ws_1 --tool t --args '{}' --no-validate",
    "exec watch inv_1",
    "exec cancel inv_1",
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
    "exec context show --workspace ws_1",
    "exec context set --workspace ws_1 --file -",
    "approvals list",
    "approvals list --risk irreversible --limit 250 --after apr_1",
    "approvals list --status pending --all",
    "approvals show apr_1",
    "approvals approve apr_1",
    "approvals approve apr_1 --note '- \"x\"' --confirm storage/restore",
    "approvals approve apr_1 --expect sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "approvals approve apr_1 apr_2 apr_1",
    "approvals reject apr_1",
    "approvals reject apr_1 apr_2 --reason 'not now' --concurrency 1",
    "approvals watch",
    "approvals watch --risk write --interactive --bell",
];

/// The lines of these words are not run for real: they would wait, or depend on an approval.
const NOT_SENT: [&str; 6] = [
    "--wait",
    "watch",
    "stream",
    "approvals approve",
    "--output-file",
    "--since",
];

/// The context that `exec context set` reads.
pub(crate) const CONTEXT: &str = "{\"cluster\": \"blue\", \"n\": 1.0}";

fn run(home: &Home, terminals: Terminals, line: &str) -> Output {
    home.run_on(terminals, CONTEXT, line)
}

/// A home that names a base URL and no key.
fn keyless() -> Home {
    Home::new().with("XEROCTL_BASE_URL", "https://router.example/proj_1/v1")
}

/// The requests of a plan in JSON.
pub(crate) fn planned(home: &Home, line: &str) -> Vec<Value> {
    let run = run(
        home,
        Terminals::default(),
        &format!("{line} --dry-run -o json"),
    );
    assert_eq!(run.code, 0, "{line}: {}", run.stderr);
    let plan: Value = serde_json::from_str(&run.stdout).expect("a document");
    assert_eq!(plan["dry_run"], true, "{line}");
    match plan["requests"].as_array() {
        Some(requests) => requests.clone(),
        None => vec![plan],
    }
}

#[test]
fn every_line_prints_its_request() {
    let home = keyless();
    let runs = LINES.iter().map(|line| {
        let run = run(&home, Terminals::default(), &format!("{line} --dry-run"));
        assert_eq!(run.code, 0, "{line}: {}", run.stderr);
        run
    });
    insta::assert_snapshot!(transcript(&runs.collect::<Vec<_>>()));
}

#[test]
fn json_has_the_same_requests() {
    let home = keyless();
    for line in LINES {
        let text = run(&home, Terminals::default(), &format!("{line} --dry-run")).stdout;
        for request in planned(&home, line) {
            let [method, url] =
                ["method", "url"].map(|name| request[name].as_str().expect("a text"));
            assert!(
                text.contains(&format!("{method} {url}\n")),
                "{line}: {text}"
            );
            assert!(request["action"].is_string(), "{line}: {request}");
            let mut bodies = text
                .split('\n')
                .filter(|line| line.starts_with('{'))
                .peekable();
            assert_eq!(
                request["body"].is_null(),
                bodies.peek().is_none(),
                "{line}: {request}"
            );
        }
    }
}

#[test]
fn sends_and_asks_nothing() {
    let router = Router::unasked();
    let unreachable = Home::new().with("XEROCTL_BASE_URL", &nobody());
    for line in LINES {
        for forced in ["", " --force"] {
            let home = router.home();
            for terminals in [Terminals::default(), terminal(80)] {
                let run = run(&home, terminals, &format!("{line}{forced} --dry-run"));
                // Not every command takes --force.
                assert!(
                    run.code == 0 || (run.code == 2 && !forced.is_empty()),
                    "{line}: {}",
                    run.stderr
                );
            }
            assert!(!home.path().join("out.bin").exists());
        }
        assert_eq!(
            run(
                &unreachable,
                Terminals::default(),
                &format!("{line} --dry-run")
            )
            .code,
            0,
            "{line}"
        );
    }
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn planned_requests_match_sent_requests() {
    for line in LINES {
        if NOT_SENT.iter().any(|words| line.contains(words)) {
            continue;
        }
        let router = Router::rules(|_| {
            Answer::json(
                200,
                r#"{"data":[],"x":"x","token":"xjt_secret","context":{}}"#,
            )
        });
        let home = router.home();
        let planned = planned(&home, line);
        let forced = run(
            &home,
            Terminals::default(),
            &format!("{line} -o json --force"),
        );
        if forced.code == 2 {
            run(&home, Terminals::default(), &format!("{line} -o json"));
        }
        let sent = router.asked();
        for planned in planned {
            let is_it = sent.iter().any(|sent| {
                let url = planned["url"].as_str().unwrap_or_default();
                let body: Value = serde_json::from_str(&sent.body).unwrap_or_default();
                url.ends_with(&sent.target)
                    && planned["method"] == sent.method.as_str()
                    && planned["body"] == body
            });
            assert!(is_it, "{line}: {planned} is not in {sent:#?}");
        }
        let writes = sent.iter().filter(|sent| sent.method != "GET").count();
        let all = planned_writes(&home, line);
        assert_eq!(writes, all, "{line}: {sent:#?}");
    }
}

/// The number of writes in a plan.
pub(crate) fn planned_writes(home: &Home, line: &str) -> usize {
    let requests = planned(home, line);
    requests
        .iter()
        .filter(|request| request["method"] != "GET")
        .count()
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
fn sandbox_address_has_no_port() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents agt_1 --delete --dry-run",
            "agents --dry-run -o json",
            "agents revoke-credentials agt_1 agt_2 --dry-run -o json",
            "exec invoke --workspace ws_team_a --tool kubectl_get --arg resource=pods --dry-run -o json",
        ],
    ));
}

#[test]
fn usage_errors_stay_errors() {
    let home = keyless();
    for line in [
        "agents .. --delete",
        "agents --create",
        "agents agt_1 --update --public-key x",
        "join-keys --create --name n --region r --router-addr tcp://a:1 -o csv",
        "agents --base-url http://user@host/p/v1",
        "exec invoke --workspace w --tool t",
        "exec invoke --workspace w --tool t --args []",
        "exec invoke --workspace w --tool t --args '{}' --raw",
        "exec show ..",
        "exec list --since never",
        "exec watch i --interval 1ms",
        "exec context set --workspace w --file none",
    ] {
        assert_eq!(home.run(&format!("{line} --dry-run")).code, 2, "{line}");
    }
    assert_eq!(
        Home::new().run("agents --dry-run").code,
        3,
        "a base URL is needed"
    );
}

#[test]
fn creates_no_token_file() {
    let home = keyless();
    let line =
        "join-keys --create --name n --region r --router-addr tcp://a:1 --token-file t --dry-run";
    assert_eq!(home.run(line).code, 0);
    assert!(!home.path().join("t").exists(), "no file is left behind");
    std::fs::write(home.path().join("t"), "mine").expect("a file");
    assert_eq!(
        home.run(line).code,
        2,
        "one that exists is refused here too"
    );
}

#[test]
fn does_not_change_the_configuration() {
    let text = "[deployment.lab]\nbase_url = \"http://127.0.0.1:1/lab/v1\"\n";
    let home = Home::new().config(text);
    let lines = [
        "config add prod --base-url https://router.example/p/v1 --dry-run",
        "config set lab --default-output wide --dry-run",
        "config use lab --dry-run",
        "config rename lab prod --dry-run",
        "config remove lab --dry-run",
        "config remove lab --dry-run -o json",
    ];
    insta::assert_snapshot!(runs(&home, &lines));
    let file = home.path().join(".config/xeroctl/config.toml");
    assert_eq!(std::fs::read_to_string(file).expect("the file"), text);
}
