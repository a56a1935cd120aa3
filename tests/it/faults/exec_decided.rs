//! Approvals that were already decided according to their read: nothing is sent for them.

use crate::faults::exec_approvals::{APPROVE, REJECT, posts, rows};
use crate::support::exec::{APPROVAL, Routes};
use crate::support::router::{Answer, Router};

#[test]
fn decided_approval_exits_6_and_sends_nothing() {
    let one = |status: &str| format!(r#"{{"id":"apr_1",{status},"tool_name":"t""#);
    for status in [
        r#""status":"approved""#,
        r#""status":"REJECTED""#,
        r#""status":"timed-out""#,
        r#""status":"denied""#,
        r#""status":"odd","resolved_at":"2026-07-01T09:30:00Z""#,
        r#""resolved_by":"key_1""#,
    ] {
        for risk in ["read", "write", "destructive", "irreversible", ""] {
            let document = format!(r#"{},"risk":"{risk}"}}"#, one(status));
            for line in [
                "approvals approve apr_1",
                "approvals approve apr_1 --force",
                "approvals approve apr_1 --confirm t",
                "approvals reject apr_1",
                "approvals reject apr_1 --force",
            ] {
                let router = Routes::new()
                    .on(APPROVAL, [Answer::json(200, document.clone())])
                    .on(APPROVE, [Answer::json(200, "{}")])
                    .on(REJECT, [Answer::json(200, "{}")])
                    .start();
                let output = router.home().run(line);
                let ended = (output.code, output.stdout.as_str());
                assert_eq!(ended, (6, ""), "{line} {document}: {}", output.whole());
                assert_eq!(router.lines(), [APPROVAL], "{line} {document}");
                assert!(
                    output.stderr.contains("(approval_not_pending)"),
                    "{line}: {}",
                    output.whole()
                );
            }
        }
    }
}

#[test]
fn decided_among_several_is_a_row_and_not_sent() {
    let router = |decided: &'static [usize]| {
        Router::rules(move |asked| {
            let path = crate::support::exec::line(asked);
            let number = (1..=3).find(|n| path.contains(&format!("/apr_{n}")));
            let number = number.expect("an approval");
            let is_decided = decided.contains(&number);
            match asked.method.as_str() {
                "POST" => Answer::json(200, "{}"),
                _ => Answer::json(
                    200,
                    format!(
                        r#"{{"id":"apr_{number}","status":"{}","risk":"write","tool_name":"t"}}"#,
                        if is_decided { "approved" } else { "pending" }
                    ),
                ),
            }
        })
    };
    for verb in ["approve", "reject"] {
        let done = if verb == "approve" {
            "approved"
        } else {
            "rejected"
        };
        let some = router(&[2]);
        let line = format!("approvals {verb} apr_1 apr_2 apr_3 --force");
        let output = some.home().run(&line);
        assert_eq!((output.code, posts(&some)), (15, 2), "{}", output.whole());
        assert_eq!(
            rows(&output),
            [
                format!("apr_1 {done} -"),
                "apr_2 failed approval_not_pending".to_owned(),
                format!("apr_3 {done} -")
            ]
        );
        assert!(
            output.stdout.contains("it is already"),
            "{}",
            output.whole()
        );
        // There is nothing to ask about if none is left.
        for options in ["--force", ""] {
            let all = router(&[1, 2]);
            let line = format!("approvals {verb} apr_1 apr_2 {options}");
            let output = all.home().run(&line);
            assert_eq!((output.code, posts(&all)), (6, 0), "{}", output.whole());
            assert_eq!(rows(&output).len(), 2, "{}", output.whole());
        }
    }
}
