//! Prompts, and Ctrl-C, in a shell in tmux.

use crate::shells::sandbox;
use crate::shells::shell::{Shell, each, have};
use crate::shells::tmux::Tmux;
use crate::support::Home;
use crate::support::process::run;

const DELETE: &str = "xeroctl agents agt_abc123 --delete";

/// Does this in a window of each shell.
#[track_caller]
fn at_each_prompt(home: impl Fn() -> Home + Sync, what: impl Fn(&Tmux) + Sync) {
    if have(&["tmux"]) {
        each(|shell: Shell| what(&Tmux::open(shell, 110, home())));
    }
}

/// Whether the agent is there.
fn is_there(home: &Home) -> bool {
    run(home, "agents agt_abc123").status.success()
}

#[test]
fn deletion_requires_confirmation() {
    at_each_prompt(sandbox, |tmux| {
        for no in ["n", "", "yes please"] {
            tmux.enter(DELETE)
                .wait_for("Delete gpu-worker-1 (agt_abc123, active, us-east) from sandbox? [y/N]")
                .enter(no)
                .wait_for("nothing was changed")
                .exits(16)
                .clear();
        }
        tmux.enter(DELETE)
            .wait_for("[y/N]")
            .key("C-d")
            .wait_for("nothing was changed")
            .exits(16)
            .clear();
        assert!(is_there(tmux.home()));
        tmux.enter(DELETE)
            .wait_for("[y/N]")
            .enter("y")
            .wait_for("Deleted agent agt_abc123.")
            .exits(0);
        assert!(!is_there(tmux.home()));
    });
}

#[test]
fn ctrl_c_at_a_prompt_returns_to_the_shell() {
    at_each_prompt(sandbox, |tmux| {
        tmux.enter(DELETE)
            .wait_for("[y/N]")
            .key("C-c")
            .exits(130)
            .lacks("Deleted");
        assert!(is_there(tmux.home()));
        // What is typed next is shown, so the terminal is as it was.
        tmux.enter("echo shown-'again'").wait_for("shown-again");
    });
}

#[test]
fn prompt_survives_suspension() {
    at_each_prompt(sandbox, |tmux| {
        // What is typed before the shell has the terminal may still be read by the prompt.
        tmux.enter(DELETE).wait_for("[y/N]").key("C-z");
        tmux.wait_for("ed  ")
            .enter("echo stop'ped'")
            .wait_for("\nstopped\n");
        assert!(is_there(tmux.home()));
        // The prompt is shown again.
        tmux.clear();
        tmux.enter("fg").wait_for("[y/N]").enter("y");
        tmux.wait_for("Deleted agent");
        tmux.exits(0);
    });
}

#[test]
fn several_are_confirmed_by_their_number() {
    let line = "xeroctl agents revoke-credentials agt_abc123 agt_g0974f2pgyfa8vcq";
    at_each_prompt(sandbox, |tmux| {
        tmux.enter(line)
            .wait_for("Type 2 to continue:")
            .enter("y")
            .exits(16)
            .clear();
        tmux.enter(line)
            .wait_for("Type 2 to continue:")
            .enter("2")
            .wait_for("agt_g0974f2pgyfa8vcq  revoked")
            .exits(0);
    });
}

#[test]
fn irreversible_is_approved_by_its_tool_name() {
    let line = "xeroctl approvals approve apr_7c1d2e3f --force";
    at_each_prompt(sandbox, |tmux| {
        for wrong in ["y", "storage/snapshot", ""] {
            tmux.enter(line)
                .wait_for("Type storage/restore to continue:")
                .enter(wrong)
                .exits(16)
                .clear();
        }
        tmux.enter(line)
            .wait_for("Type storage/restore to continue:")
            .enter("storage/restore")
            .wait_for("Approved apr_7c1d2e3f")
            .exits(0);
    });
}

#[test]
fn ctrl_c_ends_the_wait_and_not_the_run() {
    let line = "xeroctl exec invoke --workspace ws_team_a --tool sandbox_run --arg-json seconds=600 --wait";
    at_each_prompt(sandbox, |tmux| {
        tmux.enter(line)
            .wait_for("running")
            .key("C-c")
            .wait_for("continue watching: xeroctl exec watch ")
            .exits(130);
        let id = run(tmux.home(), "exec invocations --limit 1 -o name").stdout;
        let id = id.trim();
        tmux.wait_for(&format!("xeroctl exec watch {id}"));
        let list = run(tmux.home(), "exec invocations --limit 1 -o json").json();
        assert_eq!(list["data"][0]["status"], "running", "{list}");
    });
}

#[test]
fn ctrl_c_ends_a_loop_around_a_watch() {
    let line = "for id in 1 2; do xeroctl exec watch 5f9c3b1a-8d0e-4c2f-9c1d-2b9f5e7a8c10 --timeout 1h; echo loop'ed'; done";
    at_each_prompt(sandbox, |tmux| {
        // It would end soon by itself.
        run(tmux.home(), "agents").exits(0);
        tmux.enter(line)
            .wait_for("running")
            .key("C-c")
            .wait_for("is still running")
            .exits(130)
            .lacks("\nlooped");
    });
}

#[test]
fn typed_key_is_hidden() {
    let line = "xeroctl config add lab --base-url http://127.0.0.1:9/p/v1";
    at_each_prompt(Home::new, |tmux| {
        tmux.enter(line)
            .wait_for("API key")
            .enter("typed_blind")
            .wait_for("Added lab")
            .exits(0)
            .lacks("typed_blind");
        let shown = run(tmux.home(), "config show").exits(0).stdout;
        assert!(shown.contains("api_key\t***\t"), "{shown}");
    });
}

#[test]
fn pending_approvals_are_decided_one_by_one() {
    at_each_prompt(sandbox, |tmux| {
        tmux.enter("xeroctl approvals watch --interactive")
            .wait_for("[s]kip?")
            .enter("s")
            .wait_for("skipped apr_")
            .wait_for("without a controller\n[a]pprove, [r]eject or [s]kip?")
            .enter("a")
            .wait_for("Approved apr_47wqal9vq24zklmv")
            .wait_for("yes       Snapshot\n[a]pprove, [r]eject or [s]kip?")
            .key("C-c")
            .exits(130);
    });
}

#[test]
fn table_fits_the_window() {
    if have(&["tmux"]) {
        for columns in [60, 80, 200] {
            each(|shell: Shell| {
                let tmux = Tmux::open(shell, columns, sandbox());
                tmux.enter("xeroctl agents --limit 9 -q")
                    .wait_for("STATUS")
                    .exits(0)
                    .is_not_wrapped();
            });
        }
    }
}
