//! Invocation IDs in place of execution IDs, the output of a run, and reruns.

use std::path::PathBuf;

use crate::cli::shown::{FORMATS, named, runs, sandbox, terminal, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Router};

/// An invocation that ran, with its execution; one that waits; one that was rejected.
const RAN: &str = "343ee362-fea9-4b31-a538-1a3ceceff918";
const EXECUTION: &str = "cb8fd3bf-6d8c-4181-bafb-0691ea1f5550";
const WAITS: &str = "1012f037-b64c-4422-8c38-fb2918f135d2";
const REJECTED: &str = "e2129aaf-95b5-4d00-98e1-84e32b342c7a";

/// Names for the IDs of new calls; those of the sandbox's own are kept.
fn fresh(text: &str) -> String {
    const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}";
    let (before, alone) = (
        format!(r#"(?P<a>ID\t|follow it: xeroctl exec watch |\{{"id":"){UUID}"#),
        format!("(?m)^{UUID}(?P<z>,|$)"),
    );
    let names = [
        (&*before, "${a}UUID"),
        (&alone, "UUID${z}"),
        (r"apr_[0-9a-z]{16}", "apr_NEW"),
    ];
    named(text, &names)
}

#[test]
fn invocation_id_leads_to_its_execution() {
    insta::assert_snapshot!(
        runs(
            &sandbox(),
            &[
                &format!("exec show {RAN}"),
                &format!("exec show {RAN} -o json"),
                &format!("exec show {RAN} -o name -q"),
                &format!("exec raw {RAN}"),
                &format!("exec show {WAITS}"),
                &format!("exec show {REJECTED} -o json"),
                &format!("exec raw {WAITS}"),
                &format!("exec raw {REJECTED} -o json"),
                "exec show ex_none",
                "exec raw ex_none",
            ],
        )
        .lines()
        .map(|line| named(line, &[(r#""at":"[^"]+""#, r#""at":"TIME""#)]) + "\n")
        .collect::<String>()
    );
}

#[test]
fn looks_up_once_and_only_after_404() {
    let missing = || Answer::fault(404, "execution_not_found");
    let router = Router::script([missing(), missing()]);
    assert_eq!(router.home().run("exec show x").code, 5);
    assert_eq!(
        router.lines(),
        ["GET /exec/executions/x", "GET /exec/invocations/x"]
    );
    // The execution that it names is not there either: that is the end.
    let router = Router::script([
        missing(),
        Answer::json(200, r#"{"id":"x","execution_id":"y"}"#),
        missing(),
    ]);
    assert_eq!(router.home().run("exec show x").code, 5);
    for answer in [
        Answer::fault(403, "scope_insufficient"),
        Answer::fault(400, "invalid_request"),
    ] {
        let router = Router::script([answer]);
        assert_ne!(router.home().run("exec show x").code, 0);
        assert_eq!(router.lines(), ["GET /exec/executions/x"]);
    }
}

#[test]
fn does_not_follow_ids_that_change_the_route() {
    for id in ["..", "a/b", "", "\\u0007"] {
        let router = Router::script([
            Answer::fault(404, "execution_not_found"),
            Answer::json(
                200,
                format!(r#"{{"id":"x","status":"completed","execution_id":"{id}"}}"#),
            ),
        ]);
        let run = router.home().run("exec raw x");
        assert_ne!(run.code, 0, "{id}: {}", run.stderr);
        assert_eq!(router.lines().len(), 2, "{id}");
    }
}

#[test]
fn rerun_in_each_format() {
    let lines = FORMATS.map(|format| format!("exec rerun {EXECUTION} -o {format}"));
    let shown = lines.map(|line| runs(&sandbox(), &[&line]));
    insta::assert_snapshot!(fresh(&shown.join("\n")));
}

#[test]
fn rerun_is_gated_again_and_needs_an_execution() {
    let home = sandbox();
    let runs = [
        home.run("exec rerun 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08"),
        home.run("exec rerun 1a358ca0-0d75-485d-89c9-4309570dc195"),
        home.run(&format!("exec rerun {RAN}")),
        home.run(&format!("exec rerun {WAITS}")),
        home.run("exec rerun ex_none"),
    ];
    insta::assert_snapshot!(fresh(&transcript(&runs)));
}

#[test]
fn raw_prints_output_unchanged() {
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let sent = bytes.clone();
    let router = Router::rules(move |_| Answer::new(200, "application/octet-stream", sent.clone()));
    let home = router.home();
    let path = |name: &str| home.path().join(name);
    let line = |name: &str| format!("exec raw e --output-file {}", path(name).display());
    let run = home.run(&line("out.bin"));
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert_eq!(std::fs::read(path("out.bin")).expect("the file"), bytes);
    // What is there is not replaced without --force, and then nothing is asked.
    std::fs::write(path("mine"), "mine").expect("a file");
    let asked = router.asked().len();
    let kept = home.run(&line("mine"));
    assert_eq!(kept.code, 2, "{}", kept.stderr);
    assert_eq!(router.asked().len(), asked);
    assert_eq!(std::fs::read(path("mine")).expect("the file"), b"mine");
    assert_eq!(home.run(&format!("{} --force", line("mine"))).code, 0);
    assert_eq!(std::fs::read(path("mine")).expect("the file"), bytes);
    assert_eq!(home.run(&line("none/out.bin")).code, 2);
    assert_eq!(home.run(&format!("{} -y", line(""))).code, 2, "a directory");
    assert_eq!(left_over(&home), [""; 0]);
}

/// Files of ours that should not be there.
fn left_over(home: &Home) -> Vec<String> {
    let entries = std::fs::read_dir(home.path()).expect("the home");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.starts_with(".xeroctl-"))
        .collect()
}

#[test]
fn interrupted_download_leaves_no_partial_file() {
    let whole = || Answer::new(200, "text/plain", "x".repeat(1000));
    for answer in [
        Answer::fault(404, "execution_not_found"),
        Answer::fault(403, "scope_insufficient"),
        whole().cut(),
    ] {
        let again = answer.clone();
        let router = Router::rules(move |asked| {
            if asked.target.contains("/invocations/") {
                Answer::fault(404, "invocation_not_found")
            } else {
                again.clone()
            }
        });
        let home = router.home();
        let file: PathBuf = home.path().join("out");
        let line = format!("exec raw e --output-file {} --timeout 5s", file.display());
        let run = home.run(&line);
        assert!(run.code != 0 && run.stdout.is_empty(), "{}", run.stderr);
        assert!(!file.exists());
        std::fs::write(&file, "mine").expect("a file");
        assert_ne!(home.run(&format!("{line} --force")).code, 0);
        assert_eq!(std::fs::read(&file).expect("the file"), b"mine");
        assert_eq!(left_over(&home), [""; 0]);
    }
}

#[test]
fn output_in_files_and_on_terminals() {
    let home = sandbox();
    let file = home.path().join("out.log");
    let to_file = format!("exec raw {EXECUTION} --output-file {}", file.display());
    let on = |line: &str| home.run_on(terminal(80), "", &format!("{line} --color never"));
    insta::assert_snapshot!(transcript(&[
        home.run(&format!("exec raw {EXECUTION}")),
        home.run(&format!("exec raw {EXECUTION} -o json")),
        home.run("exec raw 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08"),
        home.run("exec raw 6513270e-269e-4d37-82a7-4de452e6b438"),
        on(&format!("exec raw {EXECUTION}")),
        home.run(&to_file),
        home.run(&to_file),
        home.run(&format!("{to_file} --force -o json")),
    ]));
}
