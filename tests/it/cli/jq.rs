//! `--jq`: filters of what `-o json` and `-o ndjson` print.

use crate::cli::shown::{on, refused, runs, sandbox, terminal, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Router};

const PAGES: [&str; 2] = [
    r#"{"object":"list","data":[{"id":"a","n":1.50},{"id":"b","n":2}],"last_id":"b","has_more":true}"#,
    r#"{"object":"list","data":[{"id":"c","n":3}],"last_id":"c","has_more":false}"#,
];

/// A router whose only list has two pages.
fn two_pages() -> Router {
    Router::rules(|asked| {
        let page = usize::from(asked.target.contains("after="));
        Answer::json(200, PAGES[page])
    })
}

#[test]
fn filters_objects_lists_outcomes_and_plans() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents --limit 3 --jq .data[].id",
            "agents --limit 2 --jq '.data[] | {name, region}'",
            "agents --limit 2 --jq '.data[] | [.name, .max_concurrent] | @tsv' -o json",
            "agents --limit 3 -o ndjson --jq .name",
            "agents agt_abc123 --jq .name",
            "agents agt_abc123 --jq '.name, .region' -o ndjson",
            "exec tools --jq '.data | length'",
            "exec tool-show kubectl_get --jq '.parameters.required'",
            "agents pause-exec agt_abc123 --jq '.id // keys'",
            "agents agt_abc123 --delete --dry-run --jq .url",
            "config path --jq '.path | length > 0'",
            "config show --jq .deployment.value",
            "api GET /exec/tools --jq '.data[0].name'",
            "squads me --jq '(.agent // .).name'",
            "agents --limit 1 --jq empty",
        ],
    ));
}

#[test]
fn ndjson_filters_each_item_and_json_the_merged_list() {
    let router = two_pages();
    let home = router.home();
    insta::assert_snapshot!(runs(
        &home,
        &[
            "agents --all -o ndjson --jq .n",
            "agents --all --jq '.data | length, .[0].n'",
            "agents --all --jq '[.has_more, .last_id]'",
            "agents --all -o json --jq .",
            "agents --all -o ndjson --jq 'select(.id != \"b\")'",
        ],
    ));
}

#[test]
fn filter_implies_json_whatever_is_configured() {
    let router = two_pages();
    for configured in ["table", "csv", "name", "ndjson", "json"] {
        let home = router.home().with("XEROCTL_OUTPUT", configured);
        let run = home.run("agents --jq '.data[0].n'");
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (0, "1.50\n"),
            "{configured}"
        );
    }
}

#[test]
fn rejects_filters_before_any_request() {
    let router = Router::unasked();
    let home = router.home();
    insta::assert_snapshot!(runs(
        &home,
        &[
            "agents --jq '.data[] |'",
            "agents --jq '.data[].id | nope'",
            "agents --jq env.HOME",
            "agents --jq .data --jq .data",
            "agents agt_1 --delete --force --jq .data[",
        ],
    ));
    assert_eq!(router.asked().len(), 0);
}

#[test]
fn rejects_formats_that_are_not_json() {
    insta::assert_snapshot!(refused(&[
        "agents --jq . -o table",
        "agents --jq . -o wide",
        "agents --jq . -o csv",
        "--jq . agents -o name",
        "agents --jq ''",
        "agents --jq",
    ]));
}

#[test]
fn failing_filter_keeps_what_was_printed() {
    let router = two_pages();
    let home = router.home();
    insta::assert_snapshot!(runs(
        &home,
        &[
            "agents --jq '.data[].id, .data.id'",
            "agents --all -o ndjson --jq 'if .id == \"c\" then .id.x else .id end'",
            "agents --all --jq '.[].id'",
            "agents --all -q --jq 'error(\"none of these\")'",
        ],
    ));
}

#[test]
fn failing_filter_of_a_change_says_that_the_change_was_made() {
    let run = sandbox().run("agents agt_abc123 --update --status active --jq '.id | keys'");
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn list_that_breaks_off_is_filtered_as_far_as_it_came() {
    let router = Router::rules(|asked| {
        if asked.target.contains("after=") {
            return Answer::json(403, r#"{"error":{"message":"no more","code":"forbidden"}}"#);
        }
        Answer::json(200, PAGES[0])
    });
    insta::assert_snapshot!(runs(
        &router.home(),
        &[
            "agents --all --jq '.data[].id, .has_more'",
            "agents --all -o ndjson --jq .id",
        ],
    ));
}

#[test]
fn prompts_are_disabled_as_with_json() {
    let run = sandbox().run_on(terminal(80), "y\n", "agents agt_abc123 --delete --jq .");
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn hidden_characters_are_escaped_on_a_terminal_only() {
    let router = Router::rules(|_| {
        Answer::json(
            200,
            r#"{"id":"agt_1","name":"a\u001b[31mb\u202ec\nd","n":1.50}"#,
        )
    });
    let home = router.home();
    insta::assert_snapshot!(transcript(&[
        on(&home, 80, "agents agt_1 --jq '.name, ., [.name]'"),
        on(&home, 80, "agents agt_1 --jq '.name, [.name]' -o ndjson"),
    ]));
    let off = home.run("agents agt_1 --jq .name");
    assert_eq!(off.stdout, "a\u{1b}[31mb\u{202e}c\nd\n");
}

#[test]
fn key_is_masked_before_a_filter_can_take_it_apart() {
    let router =
        Router::rules(|_| Answer::json(200, r#"{"id":"agt_1","name":"my-secret-key-0123456789"}"#));
    let home = router
        .home()
        .with("XEROCTL_API_KEY", "my-secret-key-0123456789");
    for filter in [
        ".name",
        ".name | explode | implode",
        ".name | @base64",
        ".name[0:12]",
        ".name.x",
    ] {
        let run = home.run(&format!("agents agt_1 --jq '{filter}'"));
        let all = run.stdout + &run.stderr;
        assert!(!all.contains("my-secret"), "{filter}: {all}");
        assert!(!all.contains("bXktc2VjcmV0"), "{filter}: {all}");
    }
}

#[test]
fn token_passes_a_filter_and_is_revoked_if_the_filter_fails() {
    const CREATE: &str =
        "join-keys --create --name pool --region us-east --router-addr tcp://r:5555";
    let home = sandbox();
    let token = home.run(&format!("{CREATE} --jq .token -q"));
    assert_eq!(token.code, 0, "{}", token.stderr);
    assert!(
        token.stdout.len() > 20 && !token.stdout.contains('*'),
        "{}",
        token.stdout
    );
    let failed = home.run(&format!("{CREATE} --jq .token.x"));
    assert_eq!(failed.code, 1);
    assert!(failed.stderr.contains("was revoked"), "{}", failed.stderr);
    let listed = home.run("join-keys --include-terminal --jq '[.data[] | select(.name == \"pool\").status] | sort | @csv'");
    assert!(listed.stdout.contains("revoked"), "{}", listed.stdout);
}

#[test]
fn errors_have_their_json_line() {
    let home = Home::new();
    for line in [
        "agents --jq .data[",
        "agents --bogus --jq .",
        "agents --jq=. --bogus",
    ] {
        let run = home.run(line);
        let last = run.stderr.lines().last().unwrap_or_default();
        assert!(
            last.starts_with("{\"error\":{\"code\":\"usage\""),
            "{line}: {last}"
        );
    }
}
