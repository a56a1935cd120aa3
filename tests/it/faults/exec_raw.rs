//! `exec raw`: the output of a run, complete or not at all; and invocation IDs in place of execution IDs.

use std::path::Path;

use crate::support::exec::{INVOCATION, Routes, asked_of, document, invocation};
use crate::support::live::Live;
use crate::support::router::{Answer, Router};
use crate::support::{Home, Output};

const RAW: &str = "GET /exec/executions/ex_1/raw";
const BYTES: &str = "first\nsecond\tthird \u{202e}\u{1b}[31m no end";

fn bytes() -> Answer {
    Answer::new(200, "application/octet-stream", BYTES)
}

/// A router that returns these responses to the request for the output.
fn giving(answers: impl IntoIterator<Item = Answer>) -> Router {
    Routes::new().on(RAW, answers).start()
}

/// The names of what is in this folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let name = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries.flatten().map(name).collect()
}

/// Runs `exec raw ex_1 --output-file OUT` with these options; OUT is the only name in its folder.
fn into_file(home: &Home, options: &str) -> Output {
    let folder = home.path().join("out");
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("raw.bin").display().to_string();
    home.run(&format!("exec raw ex_1 --output-file {file} {options}"))
}

fn file(home: &Home) -> String {
    std::fs::read_to_string(home.path().join("out/raw.bin")).expect("the file")
}

#[test]
fn prints_bytes_in_every_format() {
    for format in ["", "-o json", "-o ndjson", "-o csv", "-o name", "-o wide"] {
        let router = giving([bytes()]);
        let output = router.home().run(&format!("exec raw ex_1 {format}"));
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (0, BYTES),
            "{format}"
        );
        let accept = router.asked()[0].header("accept").map(str::to_owned);
        assert_eq!(accept.as_deref(), Some("*/*"));
    }
    let router = giving([bytes()]);
    let home = router.home().with("XEROCTL_OUTPUT", "json");
    assert_eq!(home.run("exec raw ex_1").stdout, BYTES);
}

#[test]
fn empty_output_prints_nothing() {
    for answer in [Answer::new(200, "text/plain", ""), Answer::empty(204)] {
        let router = giving([answer.clone()]);
        let output = router.home().run("exec raw ex_1");
        assert_eq!((output.code, output.stdout.as_str()), (0, ""));
        let router = giving([answer]);
        let home = router.home();
        assert_eq!(into_file(&home, "").code, 0);
        assert_eq!(file(&home), "");
    }
}

#[test]
fn interruption_after_output_exits_17_without_retry() {
    let router = giving([bytes().cut(), bytes()]);
    let output = router.home().run("exec raw ex_1");
    assert_eq!(output.code, 17, "{}", output.whole());
    assert_eq!(output.stdout, BYTES[..BYTES.len() / 2]);
    assert_eq!(asked_of(&router, RAW).len(), 1);
    let had = format!("{} bytes were received", BYTES.len() / 2);
    assert!(output.stderr.contains(&had), "{}", output.whole());
}

#[test]
fn interruption_before_output_is_retried() {
    for broken in [
        Answer::dropped(),
        Answer::empty(503),
        Answer::new(200, "text/plain", "x").cut(),
    ] {
        let what = format!("{broken:?}");
        let router = giving([broken, bytes()]);
        let output = router.home().run("exec raw ex_1");
        assert_eq!((output.code, output.stdout.as_str()), (0, BYTES), "{what}");
        assert_eq!(asked_of(&router, RAW).len(), 2, "{what}");
    }
}

#[test]
fn file_is_rewritten_after_an_interruption() {
    let router = giving([bytes().cut(), Live::broken("xyz"), bytes()]);
    let home = router.home();
    let output = into_file(&home, "");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(output.stdout, "", "{}", output.whole());
    assert_eq!(file(&home), BYTES);
    assert_eq!(names(&home.path().join("out")), ["raw.bin"]);
}

#[test]
fn persistent_interruption_leaves_no_file() {
    let router = giving([bytes().cut()]);
    let home = router.home();
    let output = into_file(&home, "-o json");
    assert_eq!(output.code, 17, "{}", output.whole());
    assert_eq!(names(&home.path().join("out")), [""; 0]);
    assert_eq!(asked_of(&router, RAW).len(), 4);
    // What is not there could be there now.
    drop(router);
    let router = giving([bytes()]);
    let home = home.with("XEROCTL_BASE_URL", &router.base_url());
    assert_eq!(into_file(&home, "").code, 0);
    assert_eq!(file(&home), BYTES);
}

#[test]
fn stalled_download_times_out_and_leaves_nothing() {
    let (live, answer) = Live::of("text/plain");
    live.sends("half");
    let router = giving([answer]);
    let home = router.home();
    let output = into_file(&home, "--timeout 500ms");
    assert_eq!(output.code, 17, "{}", output.whole());
    assert_eq!(names(&home.path().join("out")), [""; 0]);
    live.breaks();
}

#[test]
fn existing_file_exits_2_unless_forced() {
    let router = giving([bytes()]);
    let home = router.home();
    let folder = home.path().join("out");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("raw.bin"), "old").expect("a file");
    let output = into_file(&home, "");
    assert_eq!(output.code, 2, "{}", output.whole());
    assert!(output.stderr.contains("--force"), "{}", output.whole());
    assert_eq!(file(&home), "old");
    assert_eq!(router.lines(), [""; 0], "nothing is asked");
    for flag in ["--force", "-y", "--yes"] {
        std::fs::write(folder.join("raw.bin"), "old").expect("a file");
        assert_eq!(into_file(&home, flag).code, 0);
        assert_eq!(file(&home), BYTES);
    }
    drop(router);
    // A broken transfer does not cost the old one.
    let router = giving([bytes().cut()]);
    let home = home.with("XEROCTL_BASE_URL", &router.base_url());
    let output = into_file(&home, "--force");
    assert_eq!(output.code, 17, "{}", output.whole());
    assert_eq!(file(&home), BYTES);
    assert_eq!(names(&folder), ["raw.bin"]);
}

#[test]
fn impossible_file_exits_2_before_any_request() {
    let router = Router::unasked();
    let home = router.home();
    let folder = home.path().display().to_string();
    for path in [
        format!("{folder}/no/such/folder/raw.bin"),
        format!("'{folder}'"),
        "''".to_owned(),
    ] {
        for force in ["", "--force"] {
            let line = format!("exec raw ex_1 --output-file {path} {force}");
            let output = home.run(&line);
            assert_eq!(output.code, 2, "{}", output.whole());
        }
    }
    assert_eq!(router.lines(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn forced_write_follows_links() {
    let router = giving([bytes()]);
    let home = router.home();
    let folder = home.path().join("out");
    std::fs::create_dir_all(&folder).expect("a folder");
    let target = home.path().join("elsewhere.bin");
    std::fs::write(&target, "old").expect("a file");
    std::os::unix::fs::symlink(&target, folder.join("raw.bin")).expect("a link");
    assert_eq!(into_file(&home, "").code, 2);
    assert_eq!(std::fs::read_to_string(&target).expect("it"), "old");
    assert_eq!(into_file(&home, "--force").code, 0);
    assert_eq!(std::fs::read_to_string(&target).expect("it"), BYTES);
    let link = std::fs::symlink_metadata(folder.join("raw.bin")).expect("the link");
    assert!(link.is_symlink());
}

#[test]
fn errors_print_their_codes_and_no_output() {
    for (answer, code) in [
        (Answer::fault(401, "authentication_error"), 4),
        (Answer::fault(403, "scope_insufficient"), 4),
        (Answer::fault(400, "invalid_request"), 7),
        (Answer::empty(302).header("Location", "/elsewhere"), 17),
        (Answer::new(404, "text/html", "<h1>no</h1>"), 17),
    ] {
        let what = format!("{answer:?}");
        let router = giving([answer]);
        let output = router.home().run("exec raw ex_1 -o json");
        assert_eq!((output.code, output.stdout.as_str()), (code, ""), "{what}");
        let last = output.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("{\"error\""), "{what}: {}", output.whole());
    }
}

/// A router that knows the invocation `inv_1`, whose execution is `ex_1`.
fn known_invocation() -> Routes {
    let execution = format!(
        r#"{{"id":"ex_1","status":"completed","of":{}}}"#,
        document("x")
    );
    Routes::new()
        .on(INVOCATION, [invocation("completed")])
        .on(RAW, [bytes()])
        .on("GET /exec/executions/ex_1", [Answer::json(200, execution)])
        .on("POST /exec/executions/ex_1/rerun", [invocation("queued")])
}

#[test]
fn invocation_id_is_looked_up_once() {
    for (line, first, last) in [
        ("exec raw inv_1", "GET /exec/executions/inv_1/raw", RAW),
        (
            "exec show inv_1",
            "GET /exec/executions/inv_1",
            "GET /exec/executions/ex_1",
        ),
        (
            "exec rerun inv_1",
            "POST /exec/executions/inv_1/rerun",
            "POST /exec/executions/ex_1/rerun",
        ),
    ] {
        let router = known_invocation().start();
        let output = router.home().run(line);
        assert_eq!(output.code, 0, "{}", output.whole());
        assert_eq!(router.lines(), [first, INVOCATION, last], "{line}");
        let told = "inv_1 is an invocation ID; using its execution ex_1";
        assert!(output.stderr.contains(told), "{}", output.whole());
    }
    let router = known_invocation().start();
    let home = router.home();
    let file = home.path().join("raw.bin").display().to_string();
    let output = home.run(&format!("exec raw inv_1 --output-file {file}"));
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), BYTES);
}

#[test]
fn unknown_id_exits_5_after_one_lookup() {
    for line in ["exec raw x_1", "exec show x_1", "exec rerun x_1"] {
        let router = Router::rules(|_| Answer::fault(404, "execution_not_found"));
        let output = router.home().run(line);
        assert_eq!((output.code, output.stdout.as_str()), (5, ""), "{line}");
        assert_eq!(router.lines().len(), 2, "{line}: {:?}", router.lines());
        assert!(output.stderr.contains("exec list"), "{}", output.whole());
    }
}

#[test]
fn missing_execution_of_an_invocation_ends_the_lookup() {
    let router = Routes::new()
        .on(INVOCATION, [invocation("completed")])
        .start();
    let output = router.home().run("exec raw inv_1");
    assert_eq!(output.code, 5, "{}", output.whole());
    assert_eq!(router.lines().len(), 3, "{:?}", router.lines());
}

#[test]
fn invocation_that_never_ran_has_no_output() {
    let text = r#"{"id":"inv_1","status":"pending_approval","execution_id":null}"#;
    for line in ["exec raw inv_1", "exec rerun inv_1"] {
        let router = Routes::new()
            .on(INVOCATION, [Answer::json(200, text)])
            .start();
        let output = router.home().run(line);
        assert_eq!((output.code, output.stdout.as_str()), (5, ""));
        for told in ["pending_approval", "xeroctl exec watch inv_1\n"] {
            assert!(output.stderr.contains(told), "{}", output.whole());
        }
    }
    let router = Routes::new()
        .on(INVOCATION, [Answer::json(200, text)])
        .start();
    let output = router.home().run("exec show inv_1 -o json");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(output.stdout, format!("{text}\n"));
}

#[test]
fn retried_download_discards_the_first_part() {
    let long = "x".repeat(4_000);
    let answers = || {
        [
            Answer::json(200, format!("{{\"id\":\"{long}\"}}")).cut(),
            Answer::json(200, r#"{"id":"y"}"#),
        ]
    };
    let router = Router::script(answers());
    let home = router.home();
    let output = into_file(&home, "");
    assert_eq!(output.code, 0, "{}", output.whole());
    assert_eq!(file(&home), r#"{"id":"y"}"#);
    let router = Router::script(answers());
    let output = router.home().run("api GET /exec/executions/ex_1/raw");
    assert_eq!(output.stdout, "{\"id\":\"y\"}\n", "{}", output.whole());
}
