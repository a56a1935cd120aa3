//! `approvals approve` and `reject`: requests, and errors before any request.

use crate::support::Output;
use crate::support::exec::{APPROVAL, Routes, asked_of};
use crate::support::router::{Answer, Router};

pub(crate) const APPROVE: &str = "POST /exec/approvals/apr_1/approve";
pub(crate) const REJECT: &str = "POST /exec/approvals/apr_1/reject";

/// An approval with these members besides its ID.
fn approval(members: &str) -> String {
    format!(
        r#"{{"id":"apr_1","status":"pending","workspace_id":"ws_1","invocation_id":"inv_1",{members}}}"#
    )
}

/// A router with this approval, which can be approved and rejected.
fn with(document: &str) -> Router {
    Routes::new()
        .on(APPROVAL, [Answer::json(200, document)])
        .on(APPROVE, [Answer::json(200, "{}")])
        .on(REJECT, [Answer::json(200, "{}")])
        .start()
}

const MILD: &str = r#""risk":"destructive","tool_name":"t","args":{"b":[1,2],"a":"é"}"#;

/// What was sent to approve.
fn bodies(router: &Router) -> Vec<String> {
    let asked = asked_of(router, APPROVE).into_iter();
    asked.map(|asked| asked.body).collect()
}

#[test]
fn approve_reads_first_and_sends_the_note() {
    for (options, body) in [
        ("", "{}"),
        (
            "--note 'node is \"cordoned\"'",
            r#"{"note":"node is \"cordoned\""}"#,
        ),
        ("--confirm t", r#"{"confirm":"t"}"#),
        (
            "--note -n --confirm t --force",
            r#"{"note":"-n","confirm":"t"}"#,
        ),
    ] {
        let router = with(&approval(MILD));
        let line = format!("approvals approve apr_1 {options}");
        let output = router.home().run(&line);
        assert_eq!(output.code, 0, "{}", output.whole());
        assert_eq!(output.stdout, "apr_1\tapproved\n");
        assert_eq!(router.lines(), [APPROVAL, APPROVE]);
        assert_eq!(bodies(&router), [body]);
        let next = "xeroctl exec watch inv_1\n";
        assert!(output.stderr.contains(next), "{}", output.whole());
        let unsure = output.stderr.contains("may not store");
        assert_eq!(unsure, options.contains("--note"), "{}", output.whole());
    }
}

#[test]
fn reject_sends_its_reason() {
    for (options, body) in [
        ("", "{}"),
        ("--reason 'not now'", r#"{"reason":"not now"}"#),
    ] {
        let router = with(&approval(MILD));
        let output = router
            .home()
            .run(&format!("approvals reject apr_1 {options}"));
        assert_eq!(output.code, 0, "{}", output.whole());
        assert_eq!(output.stdout, "apr_1\trejected\n");
        assert_eq!(asked_of(&router, REJECT)[0].body, body);
        let unsure = output.stderr.contains("may not store");
        assert_eq!(unsure, !options.is_empty(), "{}", output.whole());
    }
}

#[test]
fn second_decision_exits_6() {
    for (line, route) in [
        ("approvals approve apr_1", APPROVE),
        ("approvals reject apr_1", REJECT),
    ] {
        let router = Routes::new()
            .on(APPROVAL, [Answer::json(200, approval(MILD))])
            .on(route, [Answer::fault(409, "approval_not_pending")])
            .start();
        let output = router.home().run(line);
        assert_eq!((output.code, output.stdout.as_str()), (6, ""), "{line}");
        let next = "xeroctl approvals show apr_1\n";
        assert!(output.stderr.contains(next), "{}", output.whole());
    }
    let router = Router::script([Answer::fault(404, "approval_not_found")]);
    let output = router.home().run("approvals approve apr_1");
    assert_eq!(output.code, 5, "{}", output.whole());
}

// printf '%s' '{"args":{"a":"é","b":[1,2]},"tool":"t","workspace":"ws_1"}' | sha256sum
const DIGEST: &str = "sha256:fc42452787e57352be5dab835124947439257927ed2764c8f6f0f09448857ba1";

#[test]
fn show_prints_the_digest_that_expect_accepts() {
    let router = with(&approval(MILD));
    let output = router.home().run("approvals show apr_1");
    assert_eq!(output.code, 0, "{}", output.whole());
    let row = format!("DIGEST\t{DIGEST}\n");
    assert!(output.stdout.contains(&row), "{}", output.whole());
    let next = format!("xeroctl approvals approve --expect {DIGEST} apr_1\n");
    assert!(output.stderr.contains(&next), "{}", output.whole());
    let spellings = [
        approval(MILD),
        approval(r#""args": {"a" : "\u00e9", "b":[ 1,2 ]},"tool":"t","risk":"write""#),
    ];
    for document in spellings {
        let router = with(&document);
        for digest in [
            DIGEST.to_owned(),
            DIGEST.to_uppercase().replace("SHA", "sha"),
        ] {
            let line = format!("approvals approve apr_1 --expect {digest}");
            let output = router.home().run(&line);
            assert_eq!(output.code, 0, "{}", output.whole());
        }
    }
}

#[test]
fn changed_call_exits_6_and_sends_nothing() {
    let line = format!("approvals approve apr_1 --expect {DIGEST} --confirm t --force");
    for changed in [
        MILD.replace("[1,2]", "[1,3]"),
        MILD.replace("[1,2]", "[2,1]"),
        MILD.replace("[1,2]", "[1,2.0]"),
        MILD.replace(r#""tool_name":"t""#, r#""tool_name":"T""#),
        MILD.replace(r#","args":{"b":[1,2],"a":"é"}"#, ""),
        MILD.replace("é", "e\u{301}"),
    ] {
        let router = with(&approval(&changed));
        let output = router.home().run(&line);
        assert_eq!(output.code, 6, "{changed}: {}", output.whole());
        assert_eq!(router.lines(), [APPROVAL]);
        assert!(
            output.stderr.contains("approvals show apr_1"),
            "{}",
            output.whole()
        );
    }
    let router = with(&approval(MILD).replace("ws_1", "ws_2"));
    assert_eq!(router.home().run(&line).code, 6);
}

#[test]
fn duplicate_member_exits_17_and_sends_nothing() {
    for twice in [
        r#""risk":"write","tool_name":"t","args":{"a":1,"a":2}"#,
        r#""risk":"write","tool_name":"t","args":{"x":[{"a":1,"\u0061":2}]}"#,
        r#""risk":"write","tool_name":"t","tool_name":"u""#,
        r#""risk":"write","tool_name":"t","args":{},"args":{"a":1}"#,
    ] {
        let router = with(&approval(twice));
        for line in [
            &format!("approvals approve apr_1 --expect {DIGEST}"),
            "approvals show apr_1",
        ] {
            let output = router.home().run(line);
            assert_eq!((output.code, output.stdout.as_str()), (17, ""), "{twice}");
            assert!(
                output.stderr.contains("duplicate member"),
                "{}",
                output.whole()
            );
        }
        assert_eq!(bodies(&router), [""; 0]);
    }
}

/// Approvals that only the tool's name approves.
const GRAVE: [&str; 5] = [
    r#""risk":"irreversible","tool_name":"a b""#,
    r#""risk":"IRREVERSIBLE","tool_name":"a b""#,
    r#""risk":"catastrophic","tool":"a b""#,
    r#""risk":null,"tool_name":"a b""#,
    r#""tool_name":"a b""#,
];

#[test]
fn irreversible_without_name_exits_2_with_the_working_command() {
    for grave in GRAVE {
        for options in ["", "--force", "--yes", "--note n"] {
            let router = with(&approval(grave));
            let output = router
                .home()
                .run(&format!("approvals approve apr_1 {options}"));
            assert_eq!((output.code, output.stdout.as_str()), (2, ""), "{grave}");
            assert_eq!(router.lines(), [APPROVAL]);
            let hint = output
                .stderr
                .lines()
                .find_map(|line| line.split_once("xeroctl "));
            let line = hint.expect("a command").1;
            assert!(line.contains("--confirm 'a b'"), "{}", output.whole());
            let output = router.home().run(line);
            assert_eq!(output.code, 0, "{}", output.whole());
        }
    }
}

#[test]
fn terminal_asks_for_the_tool_name() {
    for grave in GRAVE {
        for (typed, code) in [
            ("a b\n", 0),
            ("a b", 16),
            ("a  b\n", 16),
            ("A B\n", 16),
            ("y\n", 16),
            ("\n", 16),
            ("", 16),
        ] {
            let router = with(&approval(grave));
            let home = router.home();
            let output = home.run_on_terminal(typed, "approvals approve apr_1 --force");
            assert_eq!(output.code, code, "{grave} {typed:?}: {}", output.whole());
            let sent = if code == 0 {
                &[r#"{"confirm":"a b"}"#][..]
            } else {
                &[]
            };
            assert_eq!(bodies(&router), sent, "{grave} {typed:?}");
        }
        for options in ["--no-input", "-o json", "-o name"] {
            let router = with(&approval(grave));
            let line = format!("approvals approve apr_1 {options}");
            let output = router.home().run_on_terminal("a b\n", &line);
            assert_eq!(output.code, 2, "{}", output.whole());
        }
    }
}

#[test]
fn wrong_confirmation_exits_2_for_every_risk() {
    for members in GRAVE.iter().chain(&[MILD]) {
        for wrong in ["a", "'a b '", "T", "apr_1"] {
            let router = with(&approval(members));
            let line = format!("approvals approve apr_1 --confirm {wrong} --force");
            let output = router.home().run(&line);
            assert_eq!(output.code, 2, "{members}: {}", output.whole());
            assert_eq!(router.lines(), [APPROVAL]);
        }
    }
    let router = with(&approval(r#""risk":"irreversible""#));
    let output = router.home().run("approvals approve apr_1");
    assert_eq!(
        output.code,
        17,
        "no tool, nobody can confirm: {}",
        output.whole()
    );
    assert_eq!(router.lines(), [APPROVAL]);
}

#[test]
fn dry_run_does_not_prompt() {
    let router = Router::unasked();
    for (line, route) in [
        ("approvals approve apr_1", "approve"),
        ("approvals reject apr_1", "reject"),
    ] {
        let output = router.home().run(&format!("{line} --dry-run -o json"));
        assert_eq!(output.code, 0, "{}", output.whole());
        let plan: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
        assert_eq!(plan["dry_run"], true);
        let end = format!("/exec/approvals/apr_1/{route}");
        assert!(plan["url"].as_str().is_some_and(|url| url.ends_with(&end)));
    }
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn invalid_digest_exits_2() {
    let router = Router::unasked();
    for digest in ["x", "sha256:abc", &DIGEST.replace("sha256:", ""), "''"] {
        let line = format!("approvals approve apr_1 --expect {digest}");
        assert_eq!(router.home().run(&line).code, 2, "{digest}");
    }
}

/// A router with approvals of these risks, of which the third one was decided already, and `gone` is not there.
fn several(risks: [&'static str; 3]) -> Router {
    Router::rules(move |asked| {
        let path = crate::support::exec::line(asked);
        let number = (1..=3).find(|n| path.contains(&format!("/apr_{n}")));
        match number {
            None => Answer::fault(404, "approval_not_found"),
            Some(3) if asked.method == "POST" => Answer::fault(409, "approval_not_pending"),
            Some(_) if asked.method == "POST" => Answer::json(200, r#"{"ok":1.0}"#),
            Some(n) => Answer::json(
                200,
                format!(
                    r#"{{"id":"apr_{n}","status":"pending","risk":"{}","tool_name":"t"}}"#,
                    risks[n - 1]
                ),
            ),
        }
    })
}

pub(crate) fn posts(router: &Router) -> usize {
    router
        .lines()
        .iter()
        .filter(|line| line.starts_with("POST"))
        .count()
}

pub(crate) fn rows(output: &Output) -> Vec<String> {
    let rows = output.stdout.lines().skip(1);
    rows.map(|row| row.split('\t').take(3).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn several_require_consent_and_print_rows() {
    let mild = ["read", "write", "destructive"];
    let router = several(mild);
    for verb in ["approve", "reject"] {
        let output = router.home().run(&format!("approvals {verb} apr_1 apr_2"));
        assert_eq!((output.code, posts(&router)), (2, 0), "{}", output.whole());
        let command = format!("xeroctl approvals {verb} apr_1 apr_2 --force\n");
        assert!(output.stderr.contains(&command), "{}", output.whole());
        let done = if verb == "approve" {
            "approved"
        } else {
            "rejected"
        };
        let router = several(mild);
        let line = format!("approvals {verb} apr_2 apr_1 apr_2 --force");
        let output = router.home().run(&line);
        assert_eq!((output.code, posts(&router)), (0, 2), "{}", output.whole());
        assert_eq!(
            rows(&output),
            [format!("apr_2 {done} -"), format!("apr_1 {done} -")]
        );
        let output = router.home().run(&format!(
            "approvals {verb} apr_1 apr_3 apr_9 --force -o json"
        ));
        assert_eq!(output.code, 15, "{}", output.whole());
        let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
        assert_eq!(document["data"][0]["ok"], true);
        assert_eq!(document["data"][1]["error"]["code"], "approval_not_pending");
        assert_eq!(document["data"][2]["error"]["code"], "approval_not_found");
        for (typed, code) in [("2\n", 0), ("y\n", 16), ("apr_1\n", 16)] {
            let output = several(mild)
                .home()
                .run_on_terminal(typed, &format!("approvals {verb} apr_1 apr_2"));
            assert_eq!(output.code, code, "{typed:?}: {}", output.whole());
        }
    }
}

#[test]
fn irreversible_among_several_exits_2_and_sends_nothing() {
    for grave in ["irreversible", "unheard_of", ""] {
        for options in ["--force", "", "--force --concurrency 1"] {
            let router = several(["read", "write", grave]);
            let line = format!("approvals approve apr_1 apr_2 apr_3 {options}");
            let output = router.home().run(&line);
            assert_eq!((output.code, posts(&router)), (2, 0), "{}", output.whole());
            let alone = "xeroctl approvals approve apr_3\n";
            assert!(output.stderr.contains(alone), "{}", output.whole());
        }
    }
    let router = several(["read", "write", "read"]);
    for option in ["--confirm t", &format!("--expect {DIGEST}")] {
        let line = format!("approvals approve apr_1 apr_2 {option} --force");
        let output = router.home().run(&line);
        assert_eq!(output.code, 2, "{}", output.whole());
    }
    assert_eq!(router.lines(), [""; 0]);
}
