//! The examples of `xeroctl agents` in the documentation.

use crate::examples::example::{AGENTS, EVENTS, Example, Shows, check};

#[test]
fn usage_pattern() {
    check(&[
        Example {
            line: "xeroctl agents # List agents",
            shows: Shows::List(AGENTS),
            then: &[],
        },
        Example {
            line: "xeroctl agents <id> # Show agent details",
            shows: Shows::Object(&[("ID", "agt_abc123"), ("NAME", "gpu-worker-1")]),
            then: &[],
        },
        Example {
            line: r"xeroctl agents --create --name <name> \
--worker-id <wid> --public-key <b64> --region <r> # Create an agent",
            shows: Shows::Object(&[
                ("NAME", "named"),
                ("WORKER_ID", "w-1"),
                ("REGION", "eu-west"),
            ]),
            then: &[("agents --all", &[("data/name=named/worker_id", "w-1")])],
        },
        Example {
            line: "xeroctl agents <id> --update --name <name> # Update an agent",
            shows: Shows::Object(&[("ID", "agt_abc123"), ("NAME", "named")]),
            then: &[("agents agt_abc123", &[("name", "named")])],
        },
        Example {
            line: "xeroctl agents <id> --delete # Delete an agent",
            shows: Shows::Asks("Deleted agent agt_abc123."),
            then: &[("agents --all", &[("data/id=agt_abc123", "absent")])],
        },
        Example {
            line: "xeroctl agents <id> --events # List agent events",
            shows: Shows::List(EVENTS),
            then: &[],
        },
    ]);
}

#[test]
fn list() {
    check(&[
        Example {
            line: "xeroctl agents",
            shows: Shows::List(AGENTS),
            then: &[],
        },
        Example {
            line: "xeroctl agents --limit 50",
            shows: Shows::List(AGENTS),
            then: &[],
        },
        Example {
            line: "xeroctl agents --after agt_abc123",
            shows: Shows::List(AGENTS),
            then: &[],
        },
    ]);
}

#[test]
fn get() {
    check(&[Example {
        line: "xeroctl agents agt_abc123",
        shows: Shows::Object(&[
            ("ID", "agt_abc123"),
            ("WORKER_ID", "w-001"),
            ("STATUS", "active"),
            ("REGION", "us-east"),
            ("MAX_CONCURRENT", "8"),
            (
                "DESCRIPTION",
                "H100 worker for production; serves the cluster's tools as well",
            ),
        ]),
        then: &[],
    }]);
}

#[test]
fn create() {
    check(&[
        Example {
            line: r#"xeroctl agents --create \
--name "gpu-worker-1" \
--worker-id w-001 \
--public-key <base64-curve25519-public-key> \
--region us-east"#,
            shows: Shows::Object(&[
                ("NAME", "gpu-worker-1"),
                ("WORKER_ID", "w-001"),
                ("REGION", "us-east"),
                ("PUBLIC_KEY", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="),
            ]),
            then: &[],
        },
        Example {
            line: r#"xeroctl agents --create \
--name "gpu-worker-2" \
--worker-id w-002 \
--public-key <base64-curve25519-public-key> \
--region us-east \
--max-concurrent 8 \
--description "H100 worker for production" \
--supported-tiers priority,default"#,
            shows: Shows::Object(&[
                ("NAME", "gpu-worker-2"),
                ("WORKER_ID", "w-002"),
                ("REGION", "us-east"),
                ("MAX_CONCURRENT", "8"),
                ("TIERS", "priority,default"),
                ("DESCRIPTION", "H100 worker for production"),
            ]),
            then: &[],
        },
        Example {
            line: "xeroctl agents agt_abc123 -o json",
            shows: Shows::Document(&[("id", "agt_abc123"), ("status", "active")]),
            then: &[],
        },
    ]);
}

#[test]
fn update() {
    check(&[
        Example {
            line: r#"xeroctl agents agt_abc123 --update --name "gpu-worker-1-renamed""#,
            shows: Shows::Object(&[("ID", "agt_abc123"), ("NAME", "gpu-worker-1-renamed")]),
            then: &[("agents agt_abc123", &[("name", "gpu-worker-1-renamed")])],
        },
        Example {
            line: "xeroctl agents agt_abc123 --update --max-concurrent 16",
            shows: Shows::Object(&[("ID", "agt_abc123"), ("MAX_CONCURRENT", "16")]),
            then: &[("agents agt_abc123", &[("max_concurrent_requests", "16")])],
        },
        Example {
            line: r#"xeroctl agents agt_abc123 --update --description "Updated H100 worker""#,
            shows: Shows::Object(&[("ID", "agt_abc123"), ("DESCRIPTION", "Updated H100 worker")]),
            then: &[(
                "agents agt_abc123",
                &[("description", "Updated H100 worker")],
            )],
        },
        Example {
            line: "xeroctl agents agt_abc123 --update --status suspended",
            shows: Shows::Object(&[("ID", "agt_abc123"), ("STATUS", "suspended")]),
            then: &[("agents agt_abc123", &[("status", "suspended")])],
        },
        Example {
            line: "xeroctl agents agt_abc123 --update --region us-west",
            shows: Shows::Object(&[("ID", "agt_abc123"), ("REGION", "us-west")]),
            then: &[("agents agt_abc123", &[("region", "us-west")])],
        },
        Example {
            line: "xeroctl agents agt_abc123 --update --supported-tiers priority,default",
            shows: Shows::Object(&[("ID", "agt_abc123"), ("TIERS", "priority,default")]),
            then: &[(
                "agents agt_abc123",
                &[
                    ("supported_tiers/0", "priority"),
                    ("supported_tiers/1", "default"),
                    ("supported_tiers/2", "absent"),
                ],
            )],
        },
    ]);
}

#[test]
fn delete() {
    check(&[
        Example {
            line: "xeroctl agents agt_abc123 --delete",
            shows: Shows::Asks("Deleted agent agt_abc123."),
            then: &[("agents --all", &[("data/id=agt_abc123", "absent")])],
        },
        Example {
            line: "xeroctl agents agt_abc123 --delete --force",
            shows: Shows::Done("agt_abc123", "deleted"),
            then: &[("agents --all", &[("data/id=agt_abc123", "absent")])],
        },
        Example {
            line: "xeroctl agents agt_abc123 --delete --dry-run",
            shows: Shows::Request(
                "DELETE http://127.0.0.1/proj_sandbox/v1/management/agents/agt_abc123",
            ),
            then: &[("agents agt_abc123", &[("id", "agt_abc123")])],
        },
    ]);
}

#[test]
fn events() {
    check(&[
        Example {
            line: "xeroctl agents agt_abc123 --events",
            shows: Shows::List(EVENTS),
            then: &[],
        },
        Example {
            line: "xeroctl agents agt_abc123 --events --limit 50",
            shows: Shows::List(EVENTS),
            then: &[],
        },
        Example {
            line: "xeroctl agents agt_abc123 --events --after evt_xyz",
            shows: Shows::List(EVENTS),
            then: &[],
        },
    ]);
}
