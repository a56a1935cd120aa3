//! Filters, counts, and orders of lists.

use crate::cli::shown::{runs, sandbox};
use crate::support::Home;
use crate::support::router::{Answer, Router};

#[test]
fn agents_are_filtered_by_each_option() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents --status suspended,dead",
            "agents --status suspended --status dead -o name",
            "agents --region us-east --role execution -o name",
            "agents --tier priority --limit 2 -o name",
            "agents --name 'gpu-*' --limit 3",
            "agents --older-than 1h -o name",
            "agents --status lost",
            "agents list --status active --limit 1 --after agt_abc123",
            "agents --status active --dry-run",
        ],
    ));
}

#[test]
fn other_lists_are_filtered_by_each_option() {
    insta::assert_snapshot!(runs(
        &sandbox().with("TZ", "UTC"),
        &[
            "exec invocations --status pending_approval",
            "exec invocations --tool kubectl_get --workspace ws_team_a --since 7d -o name",
            "exec invocations --status stuck -o name",
            "exec list --workspace ws_a1b2c3d4 --status failed,timeout -o name",
            "exec list --since 2026-11-22 --until today --count",
            "exec list --since yesterday --until yesterday -o name",
            "exec list --since today --until yesterday",
            "approvals list --status pending --agent agt_abc123",
            "approvals list --tool kubectl_drain --workspace ws_a1b2c3d4 -o name",
            "approvals list --status open --count",
        ],
    ));
}

#[test]
fn a_count_is_of_the_whole_list() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents --count",
            "agents --status active --count",
            "agents --status active --count -o json",
            "agents --status active --count -o csv",
            "agents --count --limit 3",
            "agents --count --dry-run",
        ],
    ));
}

#[test]
fn a_sorted_list_is_read_whole() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents --sort region:desc --limit 4",
            "agents --sort last-heartbeat --status active,pending -o name",
            "agents --sort name --limit 1 -o json",
            "exec list --sort 'exit code:desc' --limit 3",
            "approvals list --sort risk -o csv",
            "agents --sort weight",
            "agents --sort name:up",
        ],
    ));
}

#[test]
fn values_and_patterns_that_select_nothing_are_refused() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents --status ,",
            "agents --status active,",
            "agents --region us-east, --count",
            "agents --name '['",
            "agents --name 'gpu-{1,2}'",
            "join-keys --name 'pool-[ab]'",
            "join-keys --region ,us-east",
            "agents pause-exec --name 'gpu-[12]' --dry-run",
            "agents pause-exec --all --expect-count -1 --dry-run",
            "agents delete --status ',' --dry-run",
            "exec list --status failed,",
        ],
    ));
}

#[test]
fn a_document_of_selected_items_says_only_what_fits_them() {
    let home = sandbox();
    for (options, has_more, last) in [
        ("--status dead", false, true),
        ("--status active --limit 2", true, true),
        ("--name none", false, false),
        ("--sort name --limit 3", true, false),
        ("--sort name", false, false),
    ] {
        let output = home.run(&format!("agents {options} -o json"));
        let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
        let items = document["data"].as_array().expect("items");
        let shown = items.last().filter(|_| last).map(|item| &item["id"]);
        let null = serde_json::Value::Null;
        assert_eq!(document["last_id"], *shown.unwrap_or(&null), "{options}");
        assert_eq!(document["has_more"], has_more, "{options}");
        assert_eq!(document["first_id"], null, "{options}");
    }
}

#[test]
fn both_words_for_an_approval_that_timed_out_mean_the_same() {
    let of = |word: &str| sandbox().run(&format!("approvals list --status {word} -o name"));
    let (one, other) = (of("timeout"), of("timed_out"));
    assert!(!one.stdout.is_empty(), "{}", one.whole());
    assert_eq!(one.stdout, other.stdout);
    assert!(!(one.stderr + &other.stderr).contains("unknown status"));
}

/// Two agents, by a router whose clock is a day ahead of ours.
fn ahead() -> (Router, Home) {
    let agents = r#"{"data":[
        {"id":"a1","last_heartbeat":"2026-11-23T11:00:00Z"},
        {"id":"a2","last_heartbeat":"2026-11-23T11:59:50Z"},
        {"id":"a3"}]}"#;
    let router = Router::rules(move |_| {
        Answer::json(200, agents).header("date", "Mon, 23 Nov 2026 12:00:00 GMT")
    });
    let home = router.home();
    (router, home)
}

#[test]
fn heartbeats_age_by_the_clock_of_the_router() {
    let (_router, home) = ahead();
    let output = home.run("agents --older-than 10m -o name");
    assert_eq!((output.stdout.as_str(), output.code), ("a1\n", 0));
}

#[test]
fn a_list_that_breaks_off_is_neither_counted_nor_sorted() {
    for line in ["agents --count", "agents --sort name"] {
        let router = Router::script([
            Answer::json(
                200,
                r#"{"data":[{"id":"a1","name":"x"}],"last_id":"a1","has_more":true}"#,
            ),
            Answer::json(404, r#"{"error":{"message":"gone"}}"#),
        ]);
        let output = router.home().run(line);
        assert_eq!((output.stdout.as_str(), output.code), ("", 5), "{line}");
    }
}
