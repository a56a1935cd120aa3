//! Values that a server silently drops: prompts, reasons, titles, and statuses that it does not list.

use crate::cli::shown::transcript;
use crate::support::Output;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, Dialect, Served, home};

/// The run of a line to which a server returns these responses.
fn run(line: &str, answers: impl IntoIterator<Item = Answer>) -> Output {
    home(&Router::script(answers)).run(line)
}

/// An agent with this configuration of its adapter, as the server shows it.
fn with_config(config: &str) -> String {
    format!(
        r#"{{"id":"{CODER}","name":"Coder","role":"qa","status":"idle","adapterType":"a","adapterConfig":{config}}}"#
    )
}

const CREATE: &str = "squads create --name Coder --role qa --adapter a --prompt P";
const HIRE: &str = "squads hire --name Coder --role qa --adapter a --prompt P";

#[test]
fn lost_prompt_is_an_error_even_if_quiet() {
    let agent = with_config("{}");
    let hired =
        |approval: &str| Answer::json(201, format!(r#"{{"agent":{agent},"approval":{approval}}}"#));
    let mut runs = Vec::new();
    for (line, answer) in [
        (CREATE, Dialect::Server.agent(201, &agent)),
        (HIRE, hired("null")),
        (HIRE, hired(r#"{"id":"a1","status":"pending"}"#)),
    ] {
        for words in ["-q", "-q -o name", "-q -o json"] {
            runs.push(run(&format!("{line} {words}"), [answer.clone()]));
        }
    }
    assert!(runs.iter().all(|run| run.code == 1));
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn kept_prompt_is_no_error() {
    for config in [
        r#"{"instructionsBundleMode":"managed"}"#,
        r#"{"instructionsFilePath":"/srv/AGENTS.md"}"#,
    ] {
        let agent = with_config(config);
        let created = run(CREATE, [Dialect::Server.agent(201, &agent)]);
        assert_eq!(created.code, 0, "{}", created.stderr);
        let hired = Answer::json(201, format!(r#"{{"agent":{agent},"approval":null}}"#));
        let hired = run(HIRE, [hired]);
        assert_eq!(hired.code, 0, "{}", hired.stderr);
        for run in [created, hired] {
            assert!(!run.stderr.contains("prompt"), "{}", run.stderr);
        }
    }
    let shown = |prompt: &str| {
        let agent = format!(r#"{{"id":"{CODER}","name":"Coder","prompt":"{prompt}"}}"#);
        run(CREATE, [Dialect::Page.agent(201, &agent)])
    };
    assert_eq!((shown("P").code, shown("Q").code), (0, 1));
    // A response in an envelope need not show it.
    let page = run(
        CREATE,
        [Dialect::Page.agent(201, &format!(r#"{{"id":"{CODER}"}}"#))],
    );
    assert_eq!(page.code, 0, "{}", page.stderr);
    assert!(
        page.stderr.contains("does not show the prompt"),
        "{}",
        page.stderr
    );
}

#[test]
fn sandbox_adapters_that_lose_prompts_are_errors() {
    for (dialect, adapter, code) in [
        (Dialect::Page, "process", 0),
        (Dialect::Server, "process", 1),
        (Dialect::Server, "http", 1),
        (Dialect::Server, "claude_local", 0),
    ] {
        let served = Served::start(dialect);
        let run = served.home().run(&format!(
            "squads create --name Tester --role qa --adapter {adapter} --prompt P -q"
        ));
        assert_eq!(run.code, code, "{dialect:?} {adapter}: {}", run.stderr);
        // The way out that the error names.
        if code == 1 {
            let id = run
                .stdout
                .lines()
                .find_map(|line| line.strip_prefix("ID\t"));
            let id = id.expect("an ID").to_owned();
            let update = served.home().run(&format!("squads update {id} --prompt P"));
            assert_eq!(update.code, 0, "{}", update.stderr);
        }
    }
}

/// What the server does to a prompt that is written to the instructions file.
fn update_against(stored: Option<&'static str>) -> (Output, Vec<String>) {
    let server = Router::rules(move |asked| match (asked.method.as_str(), stored) {
        ("PATCH", _) => Answer::json(200, with_config(r#"{"instructionsBundleMode":"managed"}"#)),
        ("PUT", None) => Answer::json(404, r#"{"error":"no route"}"#),
        ("PUT", Some(_)) => Answer::json(200, r#"{"path":"AGENTS.md"}"#),
        (_, stored) => Answer::json(
            200,
            format!(
                r#"{{"path":"AGENTS.md","content":"{}"}}"#,
                stored.unwrap_or_default()
            ),
        ),
    });
    let run = home(&server).run(&format!("squads update {CODER} --prompt P -o name"));
    let asked = server.asked();
    let lines = asked
        .iter()
        .map(|asked| format!("{} {}", asked.line(), asked.body));
    (run, lines.collect())
}

#[test]
fn updated_prompt_is_written_to_the_file() {
    let (run, asked) = update_against(Some("P"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let file = format!("/api/agents/{CODER}/instructions-bundle/file");
    assert_eq!(
        asked,
        [
            format!(r#"PATCH /api/agents/{CODER} {{"prompt":"P"}}"#),
            format!(r#"PUT {file} {{"path":"AGENTS.md","content":"P"}}"#),
            format!("GET {file}?path=AGENTS.md "),
        ]
    );
    let runs = [run, update_against(Some("old")).0, update_against(None).0];
    assert_eq!(runs.each_ref().map(|run| run.code), [0, 1, 1]);
    insta::assert_snapshot!(transcript(&runs));
    // The sandbox keeps it likewise.
    let served = Served::start(Dialect::Server);
    let run = served.home().run("squads update Coder --prompt 'New one.'");
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn kept_prompt_writes_no_file() {
    for (shown, code) in [("P", 0), ("Q", 1)] {
        let agent = format!(r#"{{"id":"{CODER}","prompt":"{shown}"}}"#);
        let server = Router::script([Dialect::Page.agent(200, &agent)]);
        let run = home(&server).run(&format!("squads update {CODER} --prompt P -q"));
        assert_eq!(run.code, code, "{}", run.stderr);
        assert_eq!(server.lines().len(), 1);
    }
}

#[test]
fn lost_reason_causes_a_warning() {
    let agent = with_config("{}");
    for approval in ["null", r#"{"id":"a1","status":"pending","payload":{}}"#] {
        let answer = Answer::json(201, format!(r#"{{"agent":{agent},"approval":{approval}}}"#));
        let line = "squads hire --name Coder --role qa --reason why";
        let run = run(line, [answer]);
        let warned = run
            .stderr
            .lines()
            .any(|line| line.starts_with("warning: ") && line.contains("reason"));
        assert!(warned, "{approval}: {}", run.stderr);
    }
}

#[test]
fn empty_title_clears_it() {
    for (kept, is_warned) in [("null", false), (r#""""#, false), (r#""Old""#, true)] {
        let agent = format!(r#"{{"id":"{CODER}","name":"Coder","title":{kept}}}"#);
        let server = Router::script([Dialect::Server.agent(200, &agent)]);
        let run = home(&server).run(&format!("squads update {CODER} --title ''"));
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(server.asked()[0].body, r#"{"title":""}"#);
        let told = run
            .stderr
            .contains("warning: the title was not cleared; it is now Old");
        assert_eq!(told, is_warned, "{kept}: {}", run.stderr);
        assert_eq!(run.stderr.contains("warning"), is_warned, "{}", run.stderr);
    }
    for dialect in Dialect::BOTH {
        let served = Served::start(dialect);
        served.home().run("squads update Coder --title ''");
        let shown = served.home().run("squads show Coder");
        assert!(
            shown.stdout.contains("TITLE\t-\n") || shown.stdout.contains("TITLE\t\n"),
            "{}",
            shown.stdout
        );
    }
}

#[test]
fn update_sets_only_safe_statuses() {
    let server = Router::unasked();
    let runs = ["terminated", "idle", "Active"]
        .map(|status| home(&server).run(&format!("squads update {CODER} --status {status}")));
    assert!(runs.iter().all(|run| run.code == 2));
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn unlisted_statuses_are_unknown() {
    let issue = r#"[{"id":"i1","status":"todo"}]"#;
    let mut runs = Vec::new();
    for (status, body) in [
        ("in_review", issue),
        ("in_review,done", "[]"),
        ("blocked", issue),
        ("blocked,in_review", issue),
        ("todo,in_review", issue),
        // A server that lists more than is known.
        ("in_review", r#"[{"id":"i2","status":"in_review"}]"#),
        // The page lists what it is asked for.
        ("in_review", r#"{"items":[]}"#),
    ] {
        let line = format!("squads inbox --status {status} -o name");
        runs.push(run(&line, [Answer::json(200, body)]));
    }
    assert!(runs.iter().all(|run| run.code == 0));
    insta::assert_snapshot!(transcript(&runs));
}
