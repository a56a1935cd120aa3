//! The code blocks of the documentation pages as printed, with remarks and continued lines. Placeholders get values
//! here.

use crate::shells::sandbox;
use crate::shells::shell::each;

/// A block, its exit code, and what standard output holds.
struct Block(&'static str, i32, &'static [&'static str]);

const BLOCKS: &[Block] = &[
    // xeroctl agents: usage pattern.
    Block(
        r"xeroctl agents # List agents
xeroctl agents agt_abc123 # Show agent details
xeroctl agents --create --name named \
--worker-id w-1 --public-key hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo= --region eu-west # Create an agent
xeroctl agents agt_abc123 --update --name named # Update an agent
xeroctl agents agt_abc123 --events # List agent events",
        0,
        &[
            "ID\tNAME\t",
            "WORKER_ID\tw-1\n",
            "NAME\tnamed\n",
            "EVENT_TYPE",
        ],
    ),
    // agents create.
    Block(
        r#"# Minimal creation (all four flags are required)
xeroctl agents --create \
--name "gpu-worker-1" \
--worker-id w-001 \
--public-key hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo= \
--region us-east
# With capacity and description
xeroctl agents --create \
--name "gpu-worker-2" \
--worker-id w-002 \
--public-key hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo= \
--region us-east \
--max-concurrent 8 \
--description "H100 worker for production" \
--supported-tiers priority,default"#,
        0,
        &[
            "DESCRIPTION\tH100 worker for production\n",
            "TIERS\tpriority,default\n",
        ],
    ),
    // agents update.
    Block(
        r#"xeroctl agents agt_abc123 --update --name "gpu-worker-1-renamed"
xeroctl agents agt_abc123 --update --max-concurrent 16
xeroctl agents agt_abc123 --update --description "Updated H100 worker"
xeroctl agents agt_abc123 --update --status suspended
xeroctl agents agt_abc123 --update --region us-west
xeroctl agents agt_abc123 --update --supported-tiers priority,default"#,
        0,
        &[
            "NAME\tgpu-worker-1-renamed\n",
            "DESCRIPTION\tUpdated H100 worker\n",
        ],
    ),
    // agents delete; nobody can be asked here.
    Block(
        r"# With confirmation prompt
xeroctl agents agt_abc123 --delete; echo $?
# Dry run (--dry-run is a global xeroctl flag)
xeroctl agents agt_abc123 --delete --dry-run
# Skip confirmation
xeroctl agents agt_abc123 --delete --force",
        0,
        &["2\nDELETE http://127.0.0.1/", "agt_abc123\tdeleted\n"],
    ),
    // agents candidates.
    Block(
        r"# List candidates for an agent
xeroctl agents candidates list agt_abc123
# Approve a candidate
xeroctl agents candidates approve agt_abc123 cand_xyz789
# Reject a candidate
xeroctl agents candidates reject agt_abc123 cand_xyz789",
        5,
        &["ID\tStatus\tAgent\tCreated\n", "cand_xyz789\tapproved\n"],
    ),
    // join-keys create.
    Block(
        r"# Multiple router addresses, enrollment cap, and TTL
xeroctl agents join-keys --create \
--name gpu-pool-eu \
--region eu-west \
--router-addr tcp://router-a:5555 \
--router-addr tcp://router-b:5555 \
--max-enrollments 5 \
--ttl-seconds 86400 \
--supported-tiers priority,default",
        0,
        &["NAME\tgpu-pool-eu\n", "MAX\t5\n", "TOKEN\t"],
    ),
    // Rotate an Agent's CURVE Key.
    Block(
        r#"xeroctl agents curve-rotate agt_abc123 --reason "scheduled-rotation"
xeroctl agents agt_abc123 --events --limit 20"#,
        0,
        &["STATUS\tdispatched\n", r#""reason":"scheduled-rotation"}"#],
    ),
    // Clean Up Unused Join Keys.
    Block(
        r"# List join keys, including terminal states
xeroctl agents join-keys --include-terminal
# Revoke any keys that are no longer needed
xeroctl agents join-keys jk_abc123 --revoke --force",
        0,
        &["jk_abc123\trevoked\n"],
    ),
    // xeroctl exec: usage pattern.
    Block(
        r#"xeroctl exec tools # List available tools
xeroctl exec tool-show kubectl_get # Show tool details
xeroctl exec invoke --workspace ws_a1b2c3d4 --tool kubectl_get \
--args '{"resource": "pods"}' # Invoke a tool
xeroctl exec cancel 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10 # Cancel an invocation
xeroctl exec list # List executions
xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 # Show execution details
xeroctl exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 # Get raw execution output"#,
        0,
        &[
            "STATUS\tqueued\n",
            "STATUS\tcancelled\n",
            "Exit Code\t1\n",
            "node/node-7 cordoned\n",
        ],
    ),
    // invoke.
    Block(
        r#"xeroctl exec invoke \
--workspace ws_a1b2c3d4 \
--tool kubectl_get \
--args '{"resource": "pods", "namespace": "default"}'"#,
        0,
        &["TOOL\tkubectl_get\n"],
    ),
    // Invoke a Kubernetes tool and wait for completion.
    Block(
        r#"# Invoke kubectl_get and watch for result
INV_ID=$(xeroctl exec invoke \
--workspace ws_a1b2c3d4 \
--tool kubectl_get \
--args '{"resource": "pods", "namespace": "kube-system"}' \
--output json | jq -r '.id')
xeroctl exec watch "$INV_ID""#,
        0,
        &["TIME\tID\tSTATUS\n", "\tcompleted\n"],
    ),
    // List recent failed executions.
    Block(
        r#"xeroctl exec list --output json | jq '.data[] | select(.status == "failed")'"#,
        0,
        &[
            "\"id\": \"7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08\"",
            "\"status\": \"failed\"",
        ],
    ),
    // Troubleshooting: the diagnostics about execution.
    Block(
        r"xeroctl agents candidates list agt_abc123 && xeroctl exec tools &&
xeroctl exec tool-show kubectl_get && xeroctl exec list && xeroctl approvals list &&
xeroctl approvals show apr_5a6b7c8d && xeroctl exec show 827cba6f-a4f7-42d3-93b1-486ee681197f",
        0,
        &["cand_xyz789\t", "DIGEST\tsha256:", "Invocation\t827cba6f-"],
    ),
];

#[test]
fn documented_blocks_work_in_every_shell() {
    each(|shell| {
        for Block(text, code, holds) in BLOCKS {
            let ended = shell.run(&sandbox(), text).exits(*code);
            for part in *holds {
                assert!(ended.stdout.contains(part), "{part:?} in {ended:#?}");
            }
        }
    });
}
