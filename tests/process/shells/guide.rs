//! The scripts and CI jobs in docs/guide.md, run as a CI system runs them, against a sandbox.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::shells::sandbox;
use crate::shells::shell::{have, path};
use crate::support::Home;
use crate::support::process::script_by;

/// The blocks of the guide in this language.
fn blocks(language: &str) -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide.md");
    let text = std::fs::read_to_string(file).expect("the guide");
    let begin = format!("```{language}\n");
    let blocks = text.split(&begin).skip(1);
    let blocks = blocks.filter_map(|block| block.split("```").next());
    blocks.map(str::to_owned).collect()
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The scripts of a job, one per step: `run:` of GitHub Actions, and the items of `script:` of GitLab, which share a shell.
fn scripts(job: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    let mut script = String::new();
    let mut lines = job.lines().peekable();
    let mut in_script = false;
    while let Some(line) = lines.next() {
        let text = line.trim_start();
        if text == "script:" {
            in_script = true;
            continue;
        }
        let is_step = text.starts_with("run: ");
        let Some(value) = text
            .strip_prefix("run: ")
            .or(text.strip_prefix("- ").filter(|_| in_script))
        else {
            continue;
        };
        let mut body = Vec::new();
        if value == "|" || value == ">-" {
            while let Some(next) =
                lines.next_if(|next| next.is_empty() || depth(next) > depth(line))
            {
                body.push(next);
            }
            let margin = body.first().map_or(0, |first| depth(first));
            let joint = if value == "|" { "\n" } else { " " };
            let body: Vec<&str> = body
                .iter()
                .map(|line| line.get(margin..).unwrap_or_default())
                .collect();
            script.push_str(&body.join(joint));
        } else {
            script.push_str(value);
        }
        script.push('\n');
        if is_step {
            scripts.push(std::mem::take(&mut script));
        }
    }
    scripts.extend(Some(script).filter(|script| !script.is_empty()));
    scripts
}

/// Runs the scripts of a job in one home, while a reviewer approves what waits at the gate.
#[track_caller]
fn run(home: &Home, scripts: &[String]) {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let gated = scripts.iter().any(|script| script.contains("sandbox_gate"));
        if gated {
            scope.spawn(|| review(home, &is_over));
        }
        for script in scripts {
            // As GitHub does; GitLab adds less.
            let text = format!("set -eo pipefail\n{script}");
            let mut shell = script_by("bash", home, &text);
            let output = shell
                .env("PATH", path())
                .env("CI", "true")
                .output()
                .expect("a shell");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if !output.status.success() {
                is_over.store(true, Ordering::SeqCst);
            }
            assert!(output.status.success(), "{script}\n{said}");
        }
        is_over.store(true, Ordering::SeqCst);
    });
}

fn review(home: &Home, is_over: &AtomicBool) {
    let began = Instant::now();
    while !is_over.load(Ordering::SeqCst) && began.elapsed() < Duration::from_secs(30) {
        let text = r#"for id in $("$X" approvals list --status pending -o json |
            jq -r '.data[] | select(.tool_name == "sandbox_gate").id'); do
            "$X" approvals approve "$id" --force; done"#;
        let _ = script_by("bash", home, text).output();
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn the_scripts_of_the_guide_work() {
    if !have(&["bash", "jq"]) {
        return;
    }
    let blocks = blocks("sh");
    assert!(blocks.len() >= 4, "{blocks:#?}");
    for block in blocks {
        run(&sandbox(), &[block]);
    }
}

#[test]
fn the_jobs_of_the_guide_work() {
    if !have(&["bash", "jq"]) {
        return;
    }
    let jobs = blocks("yaml");
    assert_eq!(jobs.len(), 6, "three recipes for two systems");
    for job in jobs {
        let scripts = scripts(&job);
        assert!(!scripts.is_empty(), "{job}");
        run(&sandbox(), &scripts);
    }
}
