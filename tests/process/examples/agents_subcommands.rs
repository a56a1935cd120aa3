//! The examples of the subcommands of `xeroctl agents` in the documentation.

use crate::examples::example::{CANDIDATES, EVENTS, Example, Shows, check};

#[test]
fn pause_exec() {
    check(&[
        Example {
            line: "xeroctl agents pause-exec agt_abc123",
            shows: Shows::Done("agt_abc123", "paused"),
            then: &[("agents agt_abc123", &[("exec_paused", "true")])],
        },
        Example {
            line: "xeroctl agents pause-exec agt_abc123 --workspace ws_team_a",
            shows: Shows::Done("agt_abc123", "paused"),
            then: &[(
                "agents agt_abc123",
                &[
                    ("exec_paused", "false"),
                    ("exec_paused_workspaces/0", "ws_team_a"),
                ],
            )],
        },
    ]);
}

#[test]
fn resume_exec() {
    check(&[
        Example {
            line: "xeroctl agents resume-exec agt_abc123",
            shows: Shows::Done("agt_abc123", "resumed"),
            then: &[
                ("agents agt_abc123", &[("exec_paused", "false")]),
                (
                    "agents agt_abc123 --events --limit 1",
                    &[
                        ("data/0/event_type", "exec.resumed"),
                        ("data/0/details/workspace", "null"),
                    ],
                ),
            ],
        },
        Example {
            line: "xeroctl agents resume-exec agt_abc123 --workspace ws_team_a",
            shows: Shows::Done("agt_abc123", "resumed"),
            then: &[(
                "agents agt_abc123 --events --limit 1",
                &[
                    ("data/0/event_type", "exec.resumed"),
                    ("data/0/details/workspace", "ws_team_a"),
                ],
            )],
        },
    ]);
}

#[test]
fn revoke_credentials() {
    check(&[
        Example {
            line: "xeroctl agents revoke-credentials agt_abc123",
            shows: Shows::Asks("Revoked the credentials of agent agt_abc123."),
            then: &[
                ("agents agt_abc123", &[("status", "disconnected")]),
                (
                    "agents agt_abc123 --events --limit 1",
                    &[
                        ("data/0/event_type", "credentials.revoked"),
                        ("data/0/details/workspace", "null"),
                    ],
                ),
            ],
        },
        Example {
            line: "xeroctl agents revoke-credentials agt_abc123 --workspace ws_team_a --force",
            shows: Shows::Done("agt_abc123", "revoked"),
            then: &[(
                "agents agt_abc123",
                &[
                    ("status", "active"),
                    ("credentials_revoked_workspaces/0", "ws_team_a"),
                ],
            )],
        },
    ]);
}

#[test]
fn candidates() {
    check(&[
        Example {
            line: "xeroctl agents candidates list agt_abc123",
            shows: Shows::List(CANDIDATES),
            then: &[],
        },
        Example {
            line: "xeroctl agents candidates approve agt_abc123 cand_xyz789",
            shows: Shows::Done("cand_xyz789", "approved"),
            then: &[(
                "agents candidates list agt_abc123",
                &[("data/id=cand_xyz789/status", "approved")],
            )],
        },
        Example {
            line: "xeroctl agents candidates reject agt_abc123 cand_xyz789",
            shows: Shows::Done("cand_xyz789", "rejected"),
            then: &[(
                "agents candidates list agt_abc123",
                &[("data/id=cand_xyz789/status", "rejected")],
            )],
        },
    ]);
}

#[test]
fn curve_rotate() {
    check(&[
        Example {
            line: "xeroctl agents curve-rotate agt_abc123",
            shows: Shows::Object(&[("STATUS", "dispatched")]),
            then: &[(
                "agents agt_abc123 --events --limit 1",
                &[
                    ("data/0/event_type", "curve.rotation_dispatched"),
                    ("data/0/details/reason", "scheduled"),
                ],
            )],
        },
        Example {
            line: r#"xeroctl agents curve-rotate agt_abc123 --reason "post-incident""#,
            shows: Shows::Object(&[("STATUS", "dispatched")]),
            then: &[(
                "agents agt_abc123 --events --limit 1",
                &[
                    ("data/0/event_type", "curve.rotation_dispatched"),
                    ("data/0/details/reason", "post-incident"),
                ],
            )],
        },
        Example {
            line: "xeroctl agents <agent-id> --events",
            shows: Shows::List(EVENTS),
            then: &[],
        },
    ]);
}
