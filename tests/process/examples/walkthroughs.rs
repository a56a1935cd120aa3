//! The walkthroughs at the end of the documentation page.

use crate::examples::example::{AGENTS, EVENTS, Example, JOIN_KEYS, Shows, check};

#[test]
fn enroll_a_new_agent_worker() {
    check(&[
        Example {
            line: r"xeroctl agents join-keys --create \
--name new-worker \
--region us-east \
--router-addr tcp://router:5555 \
--max-enrollments 1",
            shows: Shows::Object(&[("NAME", "new-worker"), ("MAX", "1")]),
            then: &[],
        },
        Example {
            line: "xeroctl agents",
            shows: Shows::List(AGENTS),
            then: &[],
        },
    ]);
}

#[test]
fn inspect_and_monitor_an_agent() {
    check(&[
        Example {
            line: "xeroctl agents",
            shows: Shows::List(AGENTS),
            then: &[],
        },
        Example {
            line: "xeroctl agents agt_abc123",
            shows: Shows::Object(&[("ID", "agt_abc123")]),
            then: &[],
        },
        Example {
            line: "xeroctl agents agt_abc123 --events --limit 20",
            shows: Shows::List(EVENTS),
            then: &[],
        },
    ]);
}

#[test]
fn temporarily_park_an_agent() {
    check(&[
        Example {
            line: "xeroctl agents pause-exec agt_abc123",
            shows: Shows::Done("agt_abc123", "paused"),
            then: &[],
        },
        Example {
            line: "xeroctl agents resume-exec agt_abc123",
            shows: Shows::Done("agt_abc123", "resumed"),
            then: &[],
        },
    ]);
}

#[test]
fn rotate_an_agents_curve_key() {
    check(&[
        Example {
            line: r#"xeroctl agents curve-rotate agt_abc123 --reason "scheduled-rotation""#,
            shows: Shows::Object(&[("STATUS", "dispatched")]),
            then: &[(
                "agents agt_abc123 --events --limit 1",
                &[
                    ("data/0/event_type", "curve.rotation_dispatched"),
                    ("data/0/details/reason", "scheduled-rotation"),
                ],
            )],
        },
        Example {
            line: "xeroctl agents agt_abc123 --events --limit 20",
            shows: Shows::List(EVENTS),
            then: &[],
        },
    ]);
}

#[test]
fn clean_up_unused_join_keys() {
    check(&[
        Example {
            line: "xeroctl agents join-keys --include-terminal",
            shows: Shows::List(JOIN_KEYS),
            then: &[],
        },
        Example {
            line: "xeroctl agents join-keys jk_abc123 --revoke --force",
            shows: Shows::Done("jk_abc123", "revoked"),
            then: &[
                ("agents join-keys --all", &[("data/id=jk_abc123", "absent")]),
                (
                    "agents join-keys --all --include-terminal",
                    &[("data/id=jk_abc123/status", "revoked")],
                ),
            ],
        },
    ]);
}
