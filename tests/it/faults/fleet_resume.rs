//! A rotation that continues from its checkpoint.

use std::time::Duration;

use crate::support::fleet::Fleet;
use crate::support::router::Answer;
use crate::support::{Home, Output};

const LINE: &str = "agents curve-rotate --all --force --concurrency 1 --checkpoint c.ckpt";

fn whole(output: &Output, fleet: &Fleet) -> String {
    format!("{}{:?}", output.whole(), fleet.asked())
}

fn checkpoint(home: &Home) -> String {
    std::fs::read_to_string(home.path().join("c.ckpt")).expect("the checkpoint")
}

#[test]
fn what_failed_is_repeated_and_what_is_done_is_not() {
    let fleet = Fleet::new(10, Duration::ZERO, |id, times| {
        (id > "a006" && times == 1).then(|| Answer::fault(409, "conflict"))
    });
    let home = fleet.router.home();
    let output = home.run(LINE);
    assert_eq!(output.code, 15, "{}", whole(&output, &fleet));
    assert!(
        output
            .stderr
            .contains("hint: continue: xeroctl agents curve-rotate")
    );
    let output = home.run(LINE);
    assert_eq!(output.code, 0, "{}", whole(&output, &fleet));
    assert_eq!((fleet.rotated().len(), fleet.requests()), (10, 14));
    let output = home.run(LINE);
    assert_eq!((output.code, fleet.requests()), (0, 14), "all is done");
    assert!(
        output.stderr.contains("10 agents: 10 done before"),
        "{}",
        output.whole()
    );
}

#[test]
fn what_an_earlier_run_has_done_is_a_result_too_and_not_in_a_dry_run() {
    let fleet = Fleet::new(4, Duration::ZERO, |id, times| {
        (id > "a003" && times == 1).then(|| Answer::fault(409, "conflict"))
    });
    let home = fleet.router.home();
    assert_eq!(home.run(LINE).code, 15);
    let dry = home.run(&LINE.replace("--force", "--dry-run"));
    let address = fleet.router.root().replace("http://", "");
    let plain = |output: &Output| output.whole().replace(&address, "ROUTER");
    let again = home.run(LINE);
    insta::assert_snapshot!([plain(&dry), plain(&again)].join("\n"));
    assert_eq!(fleet.requests(), 5, "{}", again.whole());
}

#[test]
fn a_dry_run_in_the_sandbox_knows_its_checkpoint() {
    let home = Home::new().with("XEROCTL_CONTEXT", "sandbox");
    let line = "agents curve-rotate agt_abc123 --checkpoint c.ckpt";
    assert_eq!(home.run(line).code, 0);
    let dry = home.run(&format!("{line} --dry-run"));
    assert_eq!((dry.code, dry.stdout.as_str()), (0, ""), "{}", dry.whole());
    let told = "done before, according to --checkpoint: 1 agent";
    assert!(dry.stderr.contains(told), "{}", dry.whole());
}

#[test]
fn what_was_skipped_is_skipped_again_with_its_reason() {
    let home = Home::new().with("XEROCTL_CONTEXT", "sandbox");
    let line = "agents curve-rotate --region us-east --force --checkpoint c.ckpt";
    let skipped = |output: &Output| {
        let rows = output.stdout.lines().filter(|row| row.contains("skipped"));
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    let first = home.run(line);
    assert!(!skipped(&first).is_empty(), "{}", first.whole());
    let second = home.run(line);
    assert_eq!(skipped(&second), skipped(&first), "{}", second.whole());
    let told = format!("{} skipped", skipped(&first).len());
    assert!(second.stderr.contains(&told), "{}", second.whole());
}

#[test]
fn the_plan_of_the_first_run_is_kept() {
    let fleet = Fleet::new(6, Duration::ZERO, |id, times| {
        (id > "a003" && times == 1).then(|| Answer::fault(409, "conflict"))
    });
    let home = fleet.router.home();
    let line = LINE.replace("--all", "--region us-east");
    assert_eq!(home.run(&line).code, 15);
    fleet.set(4, "region", "eu-west");
    fleet.set(1, "region", "us-east");
    assert_eq!(home.run(&line).code, 0);
    let rotated: Vec<String> = fleet.rotated().into_keys().collect();
    assert_eq!(rotated, ["a002", "a004", "a006"]);
}

#[test]
fn an_unknown_outcome_is_repeated_only_if_asked_and_if_the_events_do_not_show_it() {
    // What a002 was asked is lost on the way; a003 was rotated, but the response is lost.
    let fleet = Fleet::new(3, Duration::ZERO, |id, times| {
        (id == "a002" && times == 1).then(Answer::dropped)
    });
    let home = fleet.router.home();
    assert_eq!(home.run(LINE).code, 15);
    // As if the program had been killed before the response for a003 came.
    let text = checkpoint(&home);
    let (kept, _) = text.trim_end().rsplit_once('\n').expect("lines");
    assert!(kept.ends_with('}') && kept.contains("a003"));
    std::fs::write(home.path().join("c.ckpt"), format!("{kept}\n{{\"id\":\"a0")).expect("written");
    let output = home.run(LINE);
    assert_eq!(
        (output.code, fleet.requests()),
        (15, 3),
        "{}",
        whole(&output, &fleet)
    );
    assert!(
        output.stdout.contains("a002\t-\tunknown"),
        "{}",
        output.whole()
    );
    assert!(
        output.stdout.contains("a003\trot_a003_1\tdone before"),
        "{}",
        output.whole()
    );
    assert!(
        output.stderr.contains("--retry-unknown"),
        "{}",
        output.whole()
    );
    let output = home.run(&format!("{LINE} --retry-unknown"));
    assert_eq!(
        (output.code, fleet.requests()),
        (0, 4),
        "{}",
        whole(&output, &fleet)
    );
    assert!(fleet.rotated().values().all(|count| *count == 1));
}

#[test]
fn a_checkpoint_serves_only_its_own_command() {
    let fleet = Fleet::new(3, Duration::ZERO, |_, _| None);
    let home = fleet.router.home();
    assert_eq!(home.run(LINE).code, 0);
    let other = LINE.replace("--all", "--region us-east");
    let output = home.run(&other);
    assert_eq!(output.code, 2, "{}", output.whole());
    assert!(
        output
            .stderr
            .contains("belongs to another selection: all, not region=us-east")
    );
    let ids = LINE.replace("--all", "a001 a002");
    assert_eq!(home.run(&ids).code, 2);
    let elsewhere = Fleet::new(3, Duration::ZERO, |_, _| None);
    let file = home.path().join("c.ckpt").display().to_string();
    let output = elsewhere.router.home().run(&LINE.replace("c.ckpt", &file));
    assert_eq!(output.code, 2, "{}", output.whole());
    assert!(output.stderr.contains("belongs to another deployment"));
    assert_eq!((fleet.requests(), elsewhere.requests()), (3, 0));
}

#[test]
fn a_file_that_is_no_checkpoint_is_not_touched() {
    let fleet = Fleet::new(3, Duration::ZERO, |_, _| None);
    let home = fleet.router.home();
    for text in ["notes", "notes\nmore\n", "{}\n"] {
        std::fs::write(home.path().join("c.ckpt"), text).expect("written");
        let output = home.run(LINE);
        assert_eq!(output.code, 2, "{}", output.whole());
        assert!(
            output.stderr.contains("is not a checkpoint"),
            "{}",
            output.whole()
        );
        assert_eq!(checkpoint(&home), text);
    }
    assert_eq!(fleet.requests(), 0);
    std::fs::write(home.path().join("c.ckpt"), "").expect("written");
    assert_eq!(home.run(LINE).code, 0, "an empty file is used");
}

#[test]
fn a_named_list_of_ids_is_recognized_in_any_order() {
    let fleet = Fleet::new(3, Duration::ZERO, |_, _| None);
    let home = fleet.router.home();
    let file = home.path().join("ids");
    let run = |ids: &str| {
        std::fs::write(&file, ids).expect("written");
        let from = format!("--ids-from {}", file.display());
        home.run(&LINE.replace("--all", &from))
    };
    let output = run("# two agents\na001\n\n  a002  \na001\n");
    assert_eq!(
        (output.code, fleet.requests()),
        (0, 2),
        "{}",
        output.whole()
    );
    assert_eq!(run("a002\na001\n").code, 0);
    assert_eq!(run("a002\na003\n").code, 2);
    assert_eq!(run("a b\n").code, 2);
    assert_eq!(run("\n").code, 2);
    assert_eq!(fleet.requests(), 2);
}
