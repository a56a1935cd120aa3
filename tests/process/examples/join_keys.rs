//! The examples of `xeroctl agents join-keys` in the documentation.

use crate::examples::example::{Example, JOIN_KEYS, Shows, check};

#[test]
fn usage_pattern() {
    check(&[
        Example {
            line: "xeroctl agents join-keys # List join keys",
            shows: Shows::List(JOIN_KEYS),
            then: &[],
        },
        Example {
            line: r"xeroctl agents join-keys --create \
--name <name> --region <r> \
--router-addr tcp://router:5555 # Create a join key",
            shows: Shows::Object(&[
                ("NAME", "named"),
                ("REGION", "eu-west"),
                ("STATUS", "active"),
            ]),
            then: &[(
                "agents join-keys --all",
                &[("data/name=named/region", "eu-west")],
            )],
        },
        Example {
            line: "xeroctl agents join-keys <id> --revoke # Revoke a join key",
            shows: Shows::Asks("Revoked join key jk_abc123."),
            then: &[
                ("agents join-keys --all", &[("data/id=jk_abc123", "absent")]),
                (
                    "agents join-keys --all --include-terminal",
                    &[("data/id=jk_abc123/status", "revoked")],
                ),
            ],
        },
        Example {
            line: "xeroctl agents join-keys <id>",
            shows: Shows::List(JOIN_KEYS),
            then: &[(
                "agents join-keys --all",
                &[("data/id=jk_abc123/status", "active")],
            )],
        },
    ]);
}

#[test]
fn list() {
    check(&[
        Example {
            line: "xeroctl agents join-keys",
            shows: Shows::List(JOIN_KEYS),
            then: &[],
        },
        Example {
            line: "xeroctl agents join-keys --limit 50",
            shows: Shows::List(JOIN_KEYS),
            then: &[],
        },
        Example {
            line: "xeroctl agents join-keys --include-terminal",
            shows: Shows::List(JOIN_KEYS),
            then: &[],
        },
    ]);
}

#[test]
fn create() {
    check(&[
        Example {
            line: r"xeroctl agents join-keys --create \
--name gpu-pool \
--region us-east \
--router-addr tcp://router:5555",
            shows: Shows::Object(&[
                ("NAME", "gpu-pool"),
                ("REGION", "us-east"),
                ("STATUS", "active"),
                ("ENROLLMENTS", "0"),
            ]),
            then: &[],
        },
        Example {
            line: r"xeroctl agents join-keys --create \
--name gpu-pool-eu \
--region eu-west \
--router-addr tcp://router-a:5555 \
--router-addr tcp://router-b:5555 \
--max-enrollments 5 \
--ttl-seconds 86400 \
--supported-tiers priority,default",
            shows: Shows::Object(&[("NAME", "gpu-pool-eu"), ("REGION", "eu-west"), ("MAX", "5")]),
            then: &[],
        },
    ]);
}

#[test]
fn revoke() {
    check(&[
        Example {
            line: "xeroctl agents join-keys jk_abc123 --revoke",
            shows: Shows::Asks("Revoked join key jk_abc123."),
            then: &[
                ("agents join-keys --all", &[("data/id=jk_abc123", "absent")]),
                (
                    "agents join-keys --all --include-terminal",
                    &[("data/id=jk_abc123/status", "revoked")],
                ),
            ],
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
        Example {
            line: "xeroctl agents join-keys jk_abc123 --revoke --dry-run",
            shows: Shows::Request(
                "DELETE http://127.0.0.1/proj_sandbox/v1/management/join-keys/jk_abc123",
            ),
            then: &[(
                "agents join-keys --all",
                &[("data/id=jk_abc123/status", "active")],
            )],
        },
    ]);
}
