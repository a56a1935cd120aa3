//! The fleet in numbers.

use crate::cli::shown::{runs, sandbox};
use crate::support::router::{Answer, Router};

#[test]
fn the_fleet_is_counted_in_each_format() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents stats",
            "agents stats -o json",
            "agents stats -o csv --region us-east,us-west",
            "agents stats --status dead --stale-after 1h --expiring-within 1h -o json",
            "agents stats --dry-run",
            "agents stats --columns group,count --role execution",
            "agents stats --columns size",
        ],
    ));
}

#[test]
fn without_access_to_join_keys_the_agents_are_counted() {
    let router = Router::rules(|asked| {
        if asked.target.contains("join-keys") {
            return Answer::fault(403, "scope_insufficient");
        }
        Answer::json(200, r#"{"data":[{"id":"a","status":"active"}]}"#)
    });
    let output = router.home().run("agents stats -o json");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert!(output.stdout.contains(r#""join_keys_expiring":null"#));
    assert!(
        output
            .stderr
            .starts_with("warning: the join keys are not counted")
    );
}
