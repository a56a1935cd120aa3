//! Output of executions. It is not stored, but derived from the tool, its arguments, and the outcome.

use serde_json::Value;

use super::state::{Execution, Invocation};
use super::timeline::integer;

/// Chunk size and number of chunks of the large output (20 MiB).
const CHUNK: usize = 64 << 10;
const CHUNKS: usize = 320;

/// Size of the large output in bytes.
pub(super) const LARGE_SIZE: usize = CHUNK * CHUNKS;

/// Length of a line of the large output; a chunk holds complete lines.
const LINE_LENGTH: usize = 64;

/// Output of an execution.
pub(super) enum Output {
    Text(String),
    Bytes(Vec<u8>),
    /// See [`large`].
    Large,
}

/// Returns the output of an execution whose invocation has this status.
pub(super) fn for_execution(
    invocation: &Invocation,
    execution: &Execution,
    status: &str,
) -> Output {
    let (tool, args) = (invocation.tool_name.as_str(), &invocation.args);
    if status == "cancelled" {
        return Output::Text(String::new());
    }
    if tool == "sandbox_run" {
        return match args["output"].as_str() {
            Some("binary") => Output::Bytes((0..=255).cycle().take(4096).collect()),
            Some("large") => Output::Large,
            Some("empty") => Output::Text(String::new()),
            _ => Output::Text(run_summary(execution)),
        };
    }
    Output::Text(match status {
        "completed" => completed_output(tool, args),
        "failed" => failed_output(tool, args, execution.error.as_deref().unwrap_or_default()),
        _ => String::new(),
    })
}

/// Generates the large output in chunks of numbered, equally long lines.
pub(super) fn large() -> impl Iterator<Item = String> {
    const LINES: usize = CHUNK / LINE_LENGTH;
    (0..CHUNKS).map(|chunk| {
        let mut text = String::with_capacity(CHUNK);
        for line in chunk * LINES + 1..=(chunk + 1) * LINES {
            text.push_str(&format!("{line:>8} {:.<1$}\n", "", LINE_LENGTH - 10));
        }
        text
    })
}

fn run_summary(execution: &Execution) -> String {
    let seconds = execution.ended_at - execution.started_at;
    let code = execution
        .exit_code
        .map_or_else(|| "none".to_owned(), |code| code.to_string());
    format!(
        "sandbox_run ran for {seconds} s\nending: {}\nexit code: {code}\n",
        execution.outcome
    )
}

fn completed_output(tool: &str, args: &Value) -> String {
    let text = |name: &str| args[name].as_str().unwrap_or("default");
    match tool {
        "kubectl_get" => kubectl_get(text("resource")),
        "kubectl_logs" => pod_log(text("pod"), integer(args, "tail").unwrap_or(20)),
        "kubectl_scale" => format!("deployment.apps/{} scaled\n", text("deployment")),
        "kubectl_drain" => {
            let node = text("node");
            format!(
                "node/{node} cordoned\nevicting pod default/api-6d5f\nevicting pod default/etl-0\n\
                 pod/etl-0 evicted\npod/api-6d5f evicted\nnode/{node} drained\n"
            )
        }
        "openstack_server_list" => server_list(args["status"].as_str()),
        "openstack_server_start" => format!("server {}: ACTIVE\n", text("server")),
        "openstack_server_stop" => format!("server {}: SHUTOFF\n", text("server")),
        "storage/snapshot" => format!("volume {}: snapshot taken\n", text("volume")),
        "storage/restore" => {
            let (volume, snapshot) = (text("volume"), text("snapshot"));
            format!("volume {volume}: overwritten with {snapshot}\n")
        }
        _ => "done\n".to_owned(),
    }
}

fn failed_output(tool: &str, args: &Value, error: &str) -> String {
    match tool {
        "kubectl_drain" => {
            let node = args["node"].as_str().unwrap_or_default();
            format!(
                "node/{node} cordoned\nevicting pod default/api-6d5f\n\
                 error when evicting pods/\"api-6d5f\" -n \"default\": {error}\n\
                 There are pending nodes to be drained:\n {node}\n\
                 error: unable to drain node \"{node}\"\n"
            )
        }
        "kubectl_get" => format!("Error from server (NotFound): {error}\n"),
        _ => format!("error: {error}\n"),
    }
}

/// Output of `kubectl get`.
fn kubectl_get(resource: &str) -> String {
    let rows: &[&[&str]] = match resource {
        "pod" | "pods" | "po" => &[
            &["NAME", "READY", "STATUS", "RESTARTS", "AGE"],
            &["api-6d5f", "1/1", "Running", "0", "12d"],
            &["api-9k2x", "1/1", "Running", "2 (3d ago)", "12d"],
            &["etl-0", "0/1", "CrashLoopBackOff", "117 (4m ago)", "9h"],
            &["frontend-x7c4", "2/2", "Running", "0", "31h"],
        ],
        "node" | "nodes" | "no" => &[
            &["NAME", "STATUS", "ROLES", "AGE", "VERSION"],
            &["node-3", "Ready", "control-plane", "211d", "v1.33.2"],
            &[
                "node-7",
                "Ready,SchedulingDisabled",
                "<none>",
                "208d",
                "v1.33.2",
            ],
            &["node-12", "Ready", "<none>", "97d", "v1.33.2"],
        ],
        "deployment" | "deployments" | "deploy" => &[
            &["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"],
            &["api", "2/2", "2", "2", "88d"],
            &["frontend", "1/1", "1", "1", "88d"],
        ],
        _ => &[&["NAME", "AGE"], &["default", "211d"], &["example", "12d"]],
    };
    rows.iter()
        .map(|row| columns(row, &widths(rows), "   "))
        .collect()
}

fn server_list(status: Option<&str>) -> String {
    let all: [&[&str]; 5] = [
        &["ID", "Name", "Status", "Networks"],
        &["b1f0c7aa", "batch-04", "ACTIVE", "private=10.0.3.14"],
        &["5d0e92c1", "bastion", "ACTIVE", "public=203.0.113.7"],
        &["e87a41b6", "legacy-db-1", "SHUTOFF", "private=10.0.3.2"],
        &["07c3d95f", "gpu-burn-in", "ERROR", ""],
    ];
    let shown = |row: &&[&str]| row[0] == "ID" || status.is_none_or(|status| row[2] == status);
    let rows: Vec<&[&str]> = all.into_iter().filter(shown).collect();
    let widths = widths(&rows);
    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
    let rule = format!("+{}+\n", dashes.join("+"));
    let mut lines = rows.iter().map(|row| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!(" {cell:<width$} |"));
        format!("|{}\n", cells.collect::<String>())
    });
    let head = lines.next().unwrap_or_default();
    format!("{rule}{head}{rule}{}{rule}", lines.collect::<String>())
}

/// The last lines of a log of a thousand lines.
fn pod_log(pod: &str, tail: i64) -> String {
    let mut text = String::new();
    for line in 1001 - tail.min(1000)..=1000 {
        let level = if line % 7 == 0 { "WARN" } else { "INFO" };
        let took = 3 + line % 41;
        text.push_str(&format!(
            "{level} {pod}: request {line} served in {took} ms\n"
        ));
    }
    text
}

fn widths(rows: &[&[&str]]) -> Vec<usize> {
    let count = rows.first().map_or(0, |row| row.len());
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max();
    (0..count)
        .map(|column| width(column).unwrap_or(0))
        .collect()
}

fn columns(row: &[&str], widths: &[usize], gap: &str) -> String {
    let cells = row.iter().zip(widths);
    let padded: Vec<String> = cells
        .map(|(cell, &width)| format!("{cell:<width$}"))
        .collect();
    format!("{}\n", padded.join(gap).trim_end())
}
