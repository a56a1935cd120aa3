//! `xeroctl sandbox enroll`: a simulated worker enrolls with a join key's token.

use std::fs;

use serde_json::Value;
use xeroctl::ui::Terminals;

use crate::cli::shown::{FORMATS, named, runs, sandbox, terminal, transcript};
use crate::support::{Home, Output};

const CREATE: &str = "join-keys --create --name pool --region us-east --router-addr tcp://router:5555 \
     --token-file pool.token -o name -q";
const ENROLL: &str = "sandbox enroll --token-file pool.token";

/// A sandbox with a join key that was created with these options, and the key's ID.
fn with_key(options: &str) -> (Home, String) {
    let home = sandbox();
    let run = home.run(&format!("{CREATE} {options}"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    (home, run.stdout.trim().to_owned())
}

fn token(home: &Home) -> String {
    let text = fs::read_to_string(home.path().join("pool.token")).expect("the token file");
    text.trim().to_owned()
}

fn state(home: &Home) -> String {
    let path = home.path().join(".local/state/xeroctl/sandbox/state.json");
    fs::read_to_string(path).expect("the state")
}

fn settled(text: &str) -> String {
    named(
        text,
        &[
            (r"jk_[a-z0-9]{16}", "jk_NEW"),
            (r"agt_[a-z0-9]{16}", "agt_NEW"),
            (r"evt_[a-z0-9]{16}", "evt_NEW"),
            (r"sim-[a-z0-9]{16}", "sim-NEW"),
            (r"PUBLIC_KEY\t\S+", "PUBLIC_KEY\tKEY"),
        ],
    )
}

fn document(run: &Output) -> Value {
    serde_json::from_str(&run.stdout).expect("a document")
}

#[test]
fn enrolls_until_the_key_is_exhausted() {
    let (home, key) = with_key("--max-enrollments 2 --supported-tiers priority,default");
    let first = home.run(ENROLL);
    let id = first.stdout.split('\t').next().expect("an ID").to_owned();
    let shown = [
        first,
        home.run(&format!("agents {id}")),
        home.run(&format!("agents {id} --events")),
        home.run("join-keys --limit 1 -q"),
        home.run(ENROLL),
        home.run(&format!("join-keys {key} --wait --for exhausted")),
        home.run(ENROLL),
        home.run("agents --limit 2 -q"),
    ];
    insta::assert_snapshot!(settled(&transcript(&shown)));
}

#[test]
fn execution_agent_runs_tools() {
    let (home, _) = with_key("--agent-role execution");
    let run = home.run(&format!("{ENROLL} -o json"));
    let id = document(&run)["id"].as_str().expect("an ID").to_owned();
    let agent = document(&home.run(&format!("agents {id} -o json")));
    assert_eq!(agent["agent_role"], "execution");
    let call = "exec invoke --workspace ws_team_a --tool sandbox_run --args {}";
    assert_eq!(home.run(call).code, 0);
    let state: Value = serde_json::from_str(&state(&home)).expect("a document");
    assert_eq!(state["invocations"][0]["agent_id"], id.as_str());
}

#[test]
fn enrolls_in_each_format() {
    let shown = FORMATS.map(|format| {
        let (home, _) = with_key("");
        runs(&home, &[&format!("{ENROLL} --name gpu-9 -o {format}")])
    });
    insta::assert_snapshot!(settled(&shown.join("\n")));
}

#[test]
fn terminal_shows_a_sentence_and_quiet_no_hint() {
    let (home, _) = with_key("");
    let line = format!("{ENROLL} --color never");
    insta::assert_snapshot!(settled(&transcript(&[
        home.run_on_terminal("", &line),
        home.run_on_terminal("", &format!("{line} -q")),
        home.run(&format!("{line} -q")),
    ])));
}

#[test]
fn refuses_tokens_and_keys_that_do_not_admit_workers() {
    let (home, key) = with_key("--ttl 1h");
    fs::write(home.path().join("other.token"), "xjt_unknown\n").expect("a token file");
    fs::write(home.path().join("empty.token"), "\n").expect("a token file");
    let other = "sandbox enroll --token-file other.token -q";
    let mut shown = vec![
        home.run(other),
        home.run(&format!("{other} -o json")),
        home.run(&format!("{other} --dry-run")),
        home.run("sandbox enroll --token-file empty.token -q"),
        home.run("sandbox enroll --token-file none.token -q"),
        home.run("sandbox enroll"),
    ];
    let before = state(&home);
    let expired = before.replace(r#""expires_at":1795352400,"#, r#""expires_at":1795348799,"#);
    assert_ne!(before, expired);
    let path = home.path().join(".local/state/xeroctl/sandbox/state.json");
    fs::write(&path, expired).expect("the state");
    shown.push(home.run(ENROLL));
    fs::write(&path, before).expect("the state");
    assert_eq!(
        home.run(&format!("join-keys {key} --revoke --force")).code,
        0
    );
    let before = state(&home);
    shown.push(home.run(ENROLL));
    shown.push(home.run(&format!("{ENROLL} --dry-run")));
    assert_eq!(state(&home), before);
    let shown = settled(&transcript(&shown));
    insta::assert_snapshot!(shown.replace(&home.path().display().to_string(), "HOME"));
}

#[test]
fn new_sandbox_knows_no_token_and_is_not_created() {
    let home = Home::new();
    fs::write(home.path().join("pool.token"), "xjt_unknown\n").expect("a token file");
    for line in [ENROLL.to_owned(), format!("{ENROLL} --dry-run")] {
        assert_eq!(home.run(&line).code, 4, "{line}");
    }
    assert!(!home.path().join(".local").exists());
}

#[test]
fn dry_run_changes_nothing() {
    let (home, _) = with_key("--max-enrollments 1");
    let before = state(&home);
    let lines = ["", " -o json", " --name gpu-9"].map(|more| format!("{ENROLL} --dry-run{more}"));
    let shown = runs(&home, &lines.each_ref().map(String::as_str));
    assert_eq!(state(&home), before);
    insta::assert_snapshot!(settled(&shown));
}

#[test]
fn token_is_read_from_standard_input() {
    let (home, _) = with_key("");
    let line = "sandbox enroll --token-file -";
    let run = |input: &str, line: &str| home.run_on(Terminals::default(), input, line);
    let shown = [
        run(&format!("{}\n", token(&home)), line),
        run("", line),
        run("two words", line),
        run("x", &format!("{line} --api-key-file -")),
    ];
    insta::assert_snapshot!(settled(&transcript(&shown)));
}

#[test]
fn token_is_neither_shown_nor_stored() {
    let (home, _) = with_key("");
    let token = token(&home);
    for format in FORMATS {
        for more in ["", " --dry-run", " -vv"] {
            let run = home.run(&format!("{ENROLL} -o {format}{more}"));
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert!(!run.whole().contains(&token), "{}", run.line);
        }
    }
    let text = state(&home);
    assert!(text.contains("token_hash") && !text.contains(&token));
    assert!(home.run(&format!("{ENROLL} --name {token}")).code == 2);
    assert!(!state(&home).contains(&token));
}

#[test]
fn create_in_the_sandbox_names_the_next_step() {
    let home = sandbox();
    let create = CREATE.replace(" -o name -q", " --color never");
    let run = home.run_on(terminal(120), "", &create);
    let shown = settled(&transcript(&[run]));
    insta::assert_snapshot!(shown.replace(&home.path().display().to_string(), "HOME"));
}
