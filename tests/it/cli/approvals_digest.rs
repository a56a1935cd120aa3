//! The digest of an approval, compared with a second implementation of its documented definition.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::cli::exec_json::{Tree, text, value};
use crate::cli::shown::transcript;
use crate::support::Output;
use crate::support::router::{Answer, Router};

/// What `approvals show` says of an approval: the last field of the record.
fn shown(approval: &str) -> Output {
    let router = Router::script([Answer::json(200, approval)]);
    router.home().run("approvals show a -o csv --no-headers")
}

fn digest(approval: &str) -> String {
    let run = shown(approval);
    assert_eq!(run.code, 0, "{approval}: {}", run.stderr);
    let (_, digest) = run.stdout.trim_end().rsplit_once(',').expect("fields");
    digest.to_owned()
}

/// `sha256:` of the UTF-8 of the canonical document, as the documentation tells it.
fn expected(args: &Tree, tool: &Tree, workspace: &Tree) -> String {
    let text = format!(
        r#"{{"args":{},"tool":{},"workspace":{}}}"#,
        args.canonical(),
        tool.canonical(),
        workspace.canonical()
    );
    let digits = Sha256::digest(text.as_bytes());
    digits.iter().fold("sha256:".to_owned(), |text, byte| {
        format!("{text}{byte:02x}")
    })
}

/// An approval as a router could write it.
fn approval(args: &Tree, tool: &Tree, workspace: &Tree, seed: u64) -> String {
    let members = [
        ("args", args),
        ("tool_name", tool),
        ("workspace_id", workspace),
        ("id", &Tree::Text("a".to_owned())),
        ("note", &Tree::Text(seed.to_string())),
    ];
    let members = members.map(|(name, value)| (name.to_owned(), value.clone()));
    Tree::Object(members.into_iter().collect()).written(seed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn matches_the_documented_definition(
        args in value(),
        tool in text(),
        workspace in text(),
        seed in any::<u64>(),
    ) {
        let (tool, workspace) = (Tree::Text(tool), Tree::Text(workspace));
        let sent = approval(&args, &tool, &workspace, seed);
        prop_assert_eq!(digest(&sent), expected(&args, &tool, &workspace), "{}", sent);
    }

    #[test]
    fn changes_with_the_meaning(one in value(), other in value(), seed in any::<u64>()) {
        let (tool, workspace) = (Tree::Text("t".to_owned()), Tree::Text("w".to_owned()));
        let digest = |args| digest(&approval(args, &tool, &workspace, seed));
        prop_assert_eq!(digest(&one) == digest(&other), one == other);
    }
}

#[test]
fn matches_a_value_computed_by_hand() {
    // printf '%s' '{"args":{"grace_seconds":60,"node":"node-7"},"tool":"kubectl_drain","workspace":"ws_a1b2c3d4"}' |
    // sha256sum
    let sandbox = crate::cli::shown::sandbox();
    let run = sandbox.run("approvals show apr_5a6b7c8d -o csv --no-headers");
    let (_, digest) = run.stdout.trim_end().rsplit_once(',').expect("fields");
    assert_eq!(
        digest,
        "sha256:f481d8b46d9c5d00f42a1ebbb7fd28830a9120d3b88f832348bfc09fa35ff34d"
    );
}

#[test]
fn sorts_members_by_code_point() {
    // In UTF-16 the smiley (d83d…) would come before U+FB33; by code point it comes behind.
    let args = Tree::read("{\"\u{1f600}\":1,\"\u{fb33}\":2,\"é\":3,\"z\":4,\"Z\":5,\"\":6}");
    assert_eq!(
        args.canonical(),
        "{\"\":6,\"Z\":5,\"z\":4,\"é\":3,\"\u{fb33}\":2,\"\u{1f600}\":1}"
    );
    let (tool, workspace) = (Tree::Text("t".to_owned()), Tree::Text("w".to_owned()));
    let sent = approval(&args, &tool, &workspace, 7);
    assert_eq!(digest(&sent), expected(&args, &tool, &workspace));
}

#[test]
fn absent_value_is_null() {
    let null = Tree::Word("null".to_owned());
    assert_eq!(digest(r#"{"id":"a"}"#), expected(&null, &null, &null));
    let all = r#"{"id":"a","args":null,"tool_name":null,"workspace_id":null}"#;
    assert_eq!(digest(all), expected(&null, &null, &null));
}

#[test]
fn rejects_ambiguous_documents() {
    let deep = format!(
        r#"{{"id":"a","args":{}1{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    for answer in [
        r#"{"id":"a","args":{"a":1,"a":1}}"#,
        r#"{"id":"a","args":{"a":1,"\u0061":1}}"#,
        r#"{"id":"a","args":{"a":1},"args":{"a":1}}"#,
        r#"{"id":"a","id":"a","args":{}}"#,
        r#"{"id":"a","risk":"write","risk":"irreversible","args":{}}"#,
        &deep,
    ] {
        refuses(answer);
    }
}

#[test]
fn rejects_invalid_unicode() {
    for answer in [
        r#"{"id":"a","args":{"a":"\ud800"}}"#,
        r#"{"id":"a","args":{"a":"\ud800","b":"\ude00"}}"#,
        r#"{"id":"a","args":{"\udfff":1}}"#,
    ] {
        refuses(answer);
    }
}

/// Expects that a response is refused, and nothing shown of it.
#[track_caller]
fn refuses(answer: &str) {
    let run = shown(answer);
    let start = &answer[..answer.len().min(80)];
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (17, ""),
        "{start}: {}",
        run.stderr
    );
}

/// Approves what this router answers; whether the approval was sent.
fn approves(answer: &'static str, words: &str) -> (i32, bool) {
    let router = Router::rules(move |asked| match asked.method.as_str() {
        "GET" => Answer::json(200, answer),
        _ => Answer::json(200, "{}"),
    });
    let run = router.home().run(&format!("approvals approve a {words}"));
    (
        run.code,
        router.lines().iter().any(|line| line.starts_with("POST")),
    )
}

#[test]
fn duplicate_risk_or_tool_approves_nothing() {
    for answer in [
        r#"{"id":"a","status":"pending","tool_name":"t","risk":"write","risk":"irreversible","args":{}}"#,
        r#"{"id":"a","status":"pending","tool_name":"t","risk":"irreversible","risk":"write","args":{}}"#,
        r#"{"id":"a","status":"pending","tool_name":"t","tool_name":"u","risk":"write","args":{}}"#,
    ] {
        for words in ["", "--force"] {
            let (code, sent) = approves(answer, words);
            assert!(code != 0 && !sent, "{answer}: {code}, sent: {sent}");
        }
    }
}

#[test]
fn reports_unreadable_approvals() {
    insta::assert_snapshot!(transcript(&[
        shown(r#"[{"id":"a"}]"#),
        shown(r#"{"args":"text","tool_name":["t"]}"#),
    ]));
}
