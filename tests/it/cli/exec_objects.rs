//! Single objects of `exec`: a tool, an execution, an invocation, a learning, a context, and an agent's reports.

use crate::cli::shown::{in_each_format, named, on, runs, sandbox, transcript};
use crate::support::router::{Answer, Router};

#[test]
fn tool_in_each_format() {
    insta::assert_snapshot!(in_each_format("exec tool-show kubectl_drain"));
}

#[test]
fn tool_on_terminal_has_argument_table() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        on(&home, 120, "exec tool-show kubectl_drain"),
        on(&home, 80, "exec tool-show storage/restore"),
        on(&home, 50, "exec tool-show kubectl_drain"),
        on(&home, 80, "exec tool-show openstack_server_list -o json"),
    ]));
}

#[test]
fn tool_name_with_slash_is_one_segment() {
    let shown = runs(
        &sandbox(),
        &[
            "exec tool-show storage/snapshot",
            "exec tool-show storage%2Fsnapshot",
            "exec tool-show kubectl_gte",
            "exec tool-show kubectl_gte -o json",
        ],
    );
    insta::assert_snapshot!(named(&shown, &[(r#""at":"[^"]+""#, r#""at":"TIME""#)]));
}

#[test]
fn accepts_sparse_and_respelled_tools() {
    let lines = |descriptor: &'static str| {
        let router = Router::rules(move |_| Answer::json(200, descriptor));
        runs(
            &router.home(),
            &["exec tool-show t", "exec tool-show t -o json"],
        )
    };
    let shown = [
        r#"{"name":"t"}"#,
        r#"{"name":"t","description":null,"parameters":null,"timeout":90000}"#,
        r##"{"name":"t","input_schema":{"type":"object","properties":{"a":{"type":["string","null"]},"b":{"type":"array","items":{"type":"integer"}},"c":{"enum":[1,"x"]},"d":{"$ref":"#/$defs/e"},"f":{}},"required":["b"]}}"##,
        r#"{"name":"t","parameter_schema":{"type":"object"},"timeout_ms":"soon","risk":"cosmic"}"#,
        r#"{"name":"t","parameters":true}"#,
        r#"{"name":"t","parameters":{"properties":{"a":true,"b":{"type":"object","properties":{"c":{"type":"string"}}}},"required":"a"}}"#,
    ]
    .map(lines);
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn execution_in_each_format() {
    insta::assert_snapshot!(in_each_format(
        "exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08"
    ));
}

#[test]
fn execution_on_terminal() {
    let home = sandbox();
    let line = "exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08";
    insta::assert_snapshot!(transcript(&[
        on(&home, 80, line),
        on(&home, 50, line),
        on(&home, 80, &format!("{line} -o json")),
    ]));
}

#[test]
fn watch_of_finished_invocation_in_each_format() {
    insta::assert_snapshot!(in_each_format(
        "exec watch 343ee362-fea9-4b31-a538-1a3ceceff918"
    ));
}

#[test]
fn watch_exits_with_the_status() {
    let home = sandbox();
    insta::assert_snapshot!(runs(
        &home,
        &[
            "exec watch 827cba6f-a4f7-42d3-93b1-486ee681197f",
            "exec watch e2129aaf-95b5-4d00-98e1-84e32b342c7a",
            "exec watch 153e7c2a-26a2-40bd-9b12-87fff52ddf5d",
            "exec watch ad1b72db-a7ab-41c2-8e1a-8ef4f341e07a",
            "exec watch 893e189c-0b24-4300-9cf1-57b10bcf049c -o json",
            "exec watch inv_none",
        ],
    ));
}

#[test]
fn watch_on_terminal_shows_the_end() {
    let home = sandbox();
    let shown = transcript(&[
        on(&home, 80, "exec watch 827cba6f-a4f7-42d3-93b1-486ee681197f"),
        on(&home, 50, "exec watch 343ee362-fea9-4b31-a538-1a3ceceff918"),
    ]);
    // How often the live line moved is chance; in the end it is wiped away.
    let live = "[⣾⣽⣻⢿⡿⣟⣯⣷] [^\\n]*\\u{1b}\\[K";
    insta::assert_snapshot!(named(&shown, &[(live, "LIVE\n")]));
}

#[test]
fn learning_in_each_format() {
    insta::assert_snapshot!(in_each_format("exec learnings show lrn_xeiv05thqz5gkewi"));
}

#[test]
fn learnings_and_contexts_on_terminal() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        on(&home, 80, "exec learnings show lrn_xeiv05thqz5gkewi"),
        on(&home, 50, "exec learnings show lrn_4f8a2c"),
        on(&home, 80, "exec context show --workspace ws_a1b2c3d4"),
        on(
            &home,
            80,
            "exec context show --workspace ws_a1b2c3d4 -o json"
        ),
        home.run("exec learnings show lrn_none"),
    ]));
}

#[test]
fn context_in_each_format() {
    insta::assert_snapshot!(in_each_format("exec context show --workspace ws_a1b2c3d4"));
}

#[test]
fn context_may_be_empty_or_missing() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "exec context show --workspace ws_team_a",
            "exec context show --workspace ws_team_a -o json",
            "exec context show --workspace ws_none",
        ],
    ));
}

#[test]
fn manifest_in_each_format() {
    insta::assert_snapshot!(in_each_format("exec manifest agt_8ldms2sjzs3iqhew"));
}

#[test]
fn environment_and_connectivity_in_each_format() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "exec environment agt_abc123",
            "exec environment agt_abc123 -o json",
            "exec environment agt_abc123 -o csv",
            "exec connectivity agt_abc123",
            "exec connectivity agt_abc123 -o json",
            "exec connectivity agt_abc123 -o name",
            "exec manifest agt_none",
            "exec environment agt_none",
            "exec connectivity agt_blodshgrchlnw2m2",
        ],
    ));
}

#[test]
fn agent_reports_on_terminal() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        on(&home, 80, "exec environment agt_abc123"),
        on(&home, 50, "exec connectivity agt_abc123"),
        on(&home, 80, "exec manifest agt_8ldms2sjzs3iqhew -o json"),
    ]));
}
