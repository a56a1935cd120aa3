//! `approvals approve` and `reject`: consent by risk, digests, and several approvals at once.

use crate::cli::shown::{in_each_fresh_format, named, runs, sandbox, transcript};
use crate::support::router::{Answer, Router};
use crate::support::{Home, Output};

/// Destructive, and irreversible with its tool.
const DRAIN: &str = "apr_5a6b7c8d";
const OTHER_DRAIN: &str = "apr_47wqal9vq24zklmv";
const RESTORE: &str = "apr_7c1d2e3f";

/// The state of an approval of the sandbox.
fn state(home: &Home, id: &str) -> String {
    let shown = home.run(&format!("approvals show {id} -o json")).stdout;
    let value: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    value["status"].as_str().unwrap_or_default().to_owned()
}

/// The digest that `show` tells.
fn digest(home: &Home, id: &str) -> String {
    let shown = home.run(&format!("approvals show {id}")).stdout;
    let line = shown.lines().find_map(|line| line.strip_prefix("DIGEST\t"));
    line.unwrap_or_else(|| panic!("no digest: {shown}"))
        .to_owned()
}

/// A router with one approval of this risk; what it takes is recorded.
fn router(risk: &'static str) -> Router {
    Router::rules(move |asked| {
        if asked.method == "POST" {
            return Answer::json(200, "{}");
        }
        let risk = match risk {
            "" => String::new(),
            risk => format!(r#","risk":"{risk}""#),
        };
        Answer::json(
            200,
            format!(
                r#"{{"status":"pending","tool_name":"disk/wipe","workspace_id":"w","args":{{"n":1}}{risk}}}"#
            ),
        )
    })
}

/// The writes that the router was sent.
fn writes(router: &Router) -> Vec<String> {
    let asked = router.asked();
    let writes = asked.iter().filter(|asked| asked.method != "GET");
    writes
        .map(|asked| format!("{} {}", asked.line().replace("/proj_1/v1", ""), asked.body))
        .collect()
}

#[test]
fn approve_in_each_format() {
    insta::assert_snapshot!(in_each_fresh_format(&format!("approvals approve {DRAIN}")));
}

#[test]
fn reject_in_each_format() {
    insta::assert_snapshot!(in_each_fresh_format(&format!("approvals reject {RESTORE}")));
}

#[test]
fn note_and_reason_may_not_be_stored() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        home.run(&format!(
            "approvals approve {DRAIN} --note 'node is cordoned'"
        )),
        home.run(&format!("approvals reject {RESTORE} --reason '- not now'")),
        home.run("approvals approve apr_none --note x"),
    ]));
    let router = router("write");
    router
        .home()
        .run("approvals approve a --note '-x \"é\"' --confirm disk/wipe");
    router.home().run("approvals approve a");
    router
        .home()
        .run("approvals reject a --reason 'not during the release'");
    router.home().run("approvals reject a");
    insta::assert_snapshot!("the_bodies_that_are_sent", writes(&router).join("\n"));
}

#[test]
fn rejects_second_decision() {
    let home = sandbox();
    insta::assert_snapshot!(transcript(&[
        home.run(&format!("approvals approve {DRAIN} -q")),
        home.run(&format!("approvals approve {DRAIN}")),
        home.run(&format!("approvals reject {DRAIN}")),
        home.run("approvals approve apr_none"),
        home.run("approvals reject apr_none"),
    ]));
}

#[test]
fn terminal_asks_for_the_tool_name() {
    insta::assert_snapshot!(transcript(&[
        sandbox().run_on_terminal("", &format!("approvals approve {DRAIN} --color never")),
        sandbox().run_on_terminal(
            "storage/restore\n",
            &format!("approvals approve {RESTORE} --color never")
        ),
        sandbox().run_on_terminal(
            "yes\n",
            &format!("approvals approve {RESTORE} --color never")
        ),
        sandbox().run_on_terminal("", &format!("approvals reject {RESTORE} --color never")),
    ]));
}

#[test]
fn irreversible_tool_requires_its_name() {
    for (answer, code) in [
        ("storage/restore\n", 0),
        ("storage/restore", 16),
        ("y\n", 16),
        ("yes\n", 16),
        ("Storage/Restore\n", 16),
        ("storage/restore \n", 16),
        (" storage/restore\n", 16),
        ("storage\n", 16),
        ("1\n", 16),
        ("\n", 16),
        ("", 16),
        ("\nstorage/restore\n", 16),
    ] {
        for force in ["", "--force"] {
            let home = sandbox();
            let line = format!("approvals approve {RESTORE} {force}");
            assert_eq!(
                home.run_on_terminal(answer, &line).code,
                code,
                "{answer:?} {force}"
            );
            let state = state(&home, RESTORE);
            assert_eq!(state == "approved", code == 0, "{answer:?}: {state}");
        }
    }
}

#[test]
fn unknown_risk_requires_the_tool_name() {
    for (risk, code) in [
        ("read", 0),
        ("write", 0),
        ("destructive", 0),
        ("irreversible", 2),
        ("cosmic", 2),
        ("Read", 2),
        ("", 2),
    ] {
        let router = router(risk);
        let run = router.home().run("approvals approve a --force");
        assert_eq!(run.code, code, "{risk:?}: {}", run.stderr);
        assert_eq!(writes(&router).len(), usize::from(code == 0), "{risk:?}");
        let confirmed = router
            .home()
            .run("approvals approve a --confirm disk/wipe --no-input");
        assert_eq!(confirmed.code, 0, "{risk:?}: {}", confirmed.stderr);
    }
}

#[test]
fn without_prompts_prints_the_working_command() {
    let lines = [
        format!("approvals approve {RESTORE}"),
        format!("approvals approve {RESTORE} --force -o json"),
        format!("approvals approve {DRAIN} {OTHER_DRAIN}"),
        format!("approvals reject {DRAIN} {RESTORE}"),
    ];
    let shown = named(
        &lines
            .clone()
            .map(|line| runs(&sandbox(), &[&line]))
            .join("\n"),
        &[(r#""at":"[^"]+""#, r#""at":"TIME""#)],
    );
    insta::assert_snapshot!(shown);
    for line in lines {
        let home = sandbox();
        let refused = home.run(&line);
        assert_eq!(refused.code, 2, "{line}");
        let found = refused
            .stderr
            .lines()
            .find_map(|line| line.split_once(": xeroctl "));
        let (_, command) = found.expect("a command");
        let run = home.run(command);
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
    }
}

#[test]
fn wrong_confirmation_sends_nothing() {
    for risk in ["write", "irreversible"] {
        for name in ["disk", "disk/wipe ", "DISK/WIPE", "yes", "a"] {
            let router = router(risk);
            let line = format!("approvals approve a --confirm '{name}'");
            let run = router.home().run(&line);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{line}");
            assert_eq!(writes(&router), [""; 0], "{line}");
        }
    }
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            &format!("approvals approve {RESTORE} --confirm storage/snapshot"),
            &format!("approvals approve {RESTORE} --confirm storage/restore"),
        ],
    ));
}

#[test]
fn mismatched_digest_sends_nothing() {
    let home = sandbox();
    let (seen, other) = (digest(&home, DRAIN), digest(&home, RESTORE));
    assert_ne!(seen, other);
    let line = |digest: &str| format!("approvals approve {DRAIN} --expect {digest}");
    insta::assert_snapshot!(transcript(&[
        home.run(&line(&other)),
        home.run(&format!("{} -o json --force", line(&other)))
            .without_json(),
        home.run(&line(&seen.to_uppercase().replace("SHA", "sha"))),
    ]));
    assert_eq!(state(&home, DRAIN), "approved");
    let router = router("write");
    let run = router.home().run(&line(&other));
    assert_eq!((run.code, writes(&router).len()), (6, 0), "{}", run.stderr);
}

#[test]
fn digest_does_not_replace_the_tool_name() {
    let home = sandbox();
    let line = format!(
        "approvals approve {RESTORE} --expect {}",
        digest(&home, RESTORE)
    );
    assert_eq!(home.run(&line).code, 2);
    assert_eq!(home.run(&format!("{line} --force")).code, 2);
    assert_eq!(
        home.run(&format!("{line} --confirm storage/restore")).code,
        0
    );
}

#[test]
fn several_in_each_format() {
    insta::assert_snapshot!(in_each_fresh_format(&format!(
        "approvals approve {DRAIN} {OTHER_DRAIN} {DRAIN} --force"
    )));
}

#[test]
fn several_require_typing_their_number() {
    let approve = format!("approvals approve {DRAIN} {OTHER_DRAIN} {DRAIN} --color never");
    let reject = format!("approvals reject {DRAIN} {RESTORE} --color never");
    insta::assert_snapshot!(transcript(&[
        sandbox().run_on_terminal("2\n", &approve),
        sandbox().run_on_terminal("y\n", &approve),
        sandbox().run_on_terminal("2\n", &reject),
        sandbox().run_on_terminal("", &reject),
    ]));
    for answer in ["3\n", "yes\n", " 2\n", "02\n", "\n"] {
        let home = sandbox();
        assert_eq!(
            home.run_on_terminal(answer, &approve).code,
            16,
            "{answer:?}"
        );
        assert_eq!(state(&home, DRAIN), "pending", "{answer:?}");
    }
}

#[test]
fn irreversible_among_several_sends_nothing() {
    for force in ["", "--force"] {
        let home = sandbox();
        let run = home.run(&format!("approvals approve {DRAIN} {RESTORE} {force}"));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert_eq!(state(&home, DRAIN), "pending");
    }
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[&format!("approvals approve {DRAIN} {RESTORE} --force")],
    ));
}

#[test]
fn mixed_results_exit_15() {
    let shown = named(
        &in_each_fresh_format(&format!("approvals approve apr_none {DRAIN} --force")),
        &[(r#""at":"[^"]+""#, r#""at":"TIME""#)],
    );
    insta::assert_snapshot!(shown);
}

impl Output {
    /// The same without the JSON line of an error, whose time differs.
    fn without_json(self) -> Self {
        let lines = self.stderr.split_inclusive('\n');
        Self {
            stderr: lines.filter(|line| !line.starts_with('{')).collect(),
            ..self
        }
    }
}

#[test]
fn tool_name_is_asked_and_confirmed_as_displayed() {
    let name = "drop\u{202e}db\u{1b}[2J";
    let seen = r"drop\u202edb\u001b[2J";
    for (typed, is_approved) in [
        (seen, true),
        (name, true),
        ("dropdb[2J", false),
        (r"drop\u202Edb\u001b[2J", false),
        ("dropdb", false),
    ] {
        let document = serde_json::json!({
            "id": "a", "status": "pending", "tool_name": name, "risk": "irreversible",
        });
        let router = Router::rules(move |_| Answer::json(200, document.to_string()));
        let line = "approvals approve a";
        let run = router.home().run_on_terminal(&format!("{typed}\n"), line);
        assert!(
            run.stderr.contains(&format!("Type {seen} to")),
            "{}",
            run.stderr
        );
        assert!(!run.stderr.contains('\u{202e}'), "{}", run.stderr);
        assert_eq!(run.code, if is_approved { 0 } else { 16 }, "{typed:?}");
        let writes = usize::from(is_approved);
        assert_eq!(self::writes(&router).len(), writes, "{typed:?}");
    }
}
