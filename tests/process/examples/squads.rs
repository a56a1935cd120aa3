//! The squads API: every example of the help, in a shell, each in a new sandbox.

use crate::examples::exec::{fresh, is_whole, shell};
use crate::support::Home;
use crate::support::process::{Running, command, run};
use crate::support::pty::{ENTER, Terminal};

/// A line, its exit code, what standard output holds, and a line that tells afterwards with what it then holds.
type Line = (
    &'static str,
    i32,
    &'static str,
    Option<(&'static str, &'static str)>,
);

const CODER: &str = "3fcb87f5-40bf-4e11-b004-a986b1c8cef0";

/// The examples that ask nothing.
const HELP: &[Line] = &[
    (
        "xeroctl --context sandbox squads agents",
        0,
        "ID\tNAME\tROLE\tSTATUS\n",
        None,
    ),
    ("xeroctl squads --help", 0, "Examples:", None),
    (
        "xeroctl squads health --squads-url http://localhost:3100",
        0,
        "version\t",
        None,
    ),
    (
        "xeroctl squads agents --squad 43490165-2c7d-4b0e-9f61-5d8a3e7c1b24 -o json",
        0,
        "{\"agents\":[",
        None,
    ),
    (
        "xeroctl squads me",
        0,
        "CHAIN_OF_COMMAND\tPlatform Lead,Manager\n",
        None,
    ),
    (
        "xeroctl squads me --api-key-file agent.key",
        0,
        "NAME\tCoder\n",
        None,
    ),
    (
        "xeroctl squads me -o json | jq '(.agent // .).name'",
        0,
        "\"Coder\"\n",
        None,
    ),
    ("xeroctl squads inbox", 0, "\tSLA-26\t", None),
    (
        "xeroctl squads inbox --status todo,in_progress -o name",
        0,
        "f58cf4ff-c680-4b9f-9ae3-c19dc2c61574\n",
        None,
    ),
    ("xeroctl squads agents", 0, "\tCoder\t", None),
    ("xeroctl squads agents -o wide", 0, "\tREPORTS_TO\n", None),
    (
        "xeroctl squads agents --squad 43490165-2c7d-4b0e-9f61-5d8a3e7c1b24 -o name",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0\n",
        None,
    ),
    ("xeroctl squads show Coder", 0, "NAME\tCoder\n", None),
    (
        "xeroctl squads show 3fcb87f5-40bf-4e11-b004-a986b1c8cef0 -o json \\
    | jq '(.agent // .).role'",
        0,
        "engineer\"\n",
        None,
    ),
    (
        "xeroctl squads create --name Helper --role engineer --adapter claude_local",
        0,
        "NAME\tHelper\n",
        None,
    ),
    (
        "xeroctl squads create --name Tester --role qa --adapter claude_local \\
      --title 'Test engineer' --reports-to Coder --prompt @AGENTS.md \\
      --skill testing",
        0,
        "REPORTS_TO\t3fcb87f5-40bf-4e11-b004-a986b1c8cef0\n",
        Some(("squads show Tester", "TITLE\tTest engineer\n")),
    ),
    (
        "xeroctl squads hire --name Coder --role engineer --reason 'too many bugs'",
        8,
        "APPROVAL\t",
        None,
    ),
    (
        "xeroctl squads hire --name Tester --role qa --adapter process -o json \\
    | jq -r '.approvalId // .approval.id'",
        0,
        "-",
        None,
    ),
    (
        "xeroctl squads update Coder --title 'Senior engineer'",
        0,
        "TITLE\tSenior engineer\n",
        Some(("squads show Coder", "TITLE\tSenior engineer\n")),
    ),
    (
        "xeroctl squads update 3fcb87f5-40bf-4e11-b004-a986b1c8cef0 --status paused",
        0,
        "STATUS\tpaused\n",
        Some(("squads show Coder", "STATUS\tpaused\n")),
    ),
    (
        "xeroctl squads update Coder --title ''",
        0,
        "TITLE\t",
        Some(("squads show Coder", "TITLE\t\n")),
    ),
    (
        "xeroctl squads update Coder --prompt @AGENTS.md",
        0,
        "NAME\tCoder\n",
        None,
    ),
    (
        "xeroctl squads permissions Coder --can-assign-tasks true",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0",
        Some(("squads show Coder", "CAN_ASSIGN_TASKS\ttrue\n")),
    ),
    (
        "xeroctl squads permissions Coder --can-create-agents false \\
      --can-assign-tasks false",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0",
        Some(("squads show Coder", "CAN_ASSIGN_TASKS\tfalse\n")),
    ),
    (
        "xeroctl squads instructions-path Coder agents/coder/AGENTS.md",
        0,
        "PATH\tagents/coder/AGENTS.md\n",
        None,
    ),
    (
        "xeroctl squads pause Coder",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0\tpaused\n",
        Some(("squads show Coder", "STATUS\tpaused\n")),
    ),
    (
        "xeroctl squads pause 3fcb87f5-40bf-4e11-b004-a986b1c8cef0",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0\tpaused\n",
        Some(("squads show Coder", "STATUS\tpaused\n")),
    ),
    (
        "xeroctl squads resume Coder",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0\tresumed\n",
        None,
    ),
    (
        "xeroctl squads resume 3fcb87f5-40bf-4e11-b004-a986b1c8cef0",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0\tresumed\n",
        None,
    ),
    (
        "xeroctl squads terminate 3fcb87f5-40bf-4e11-b004-a986b1c8cef0 --force",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0\tterminated\n",
        Some((
            "squads show 3fcb87f5-40bf-4e11-b004-a986b1c8cef0",
            "STATUS\tterminated\n",
        )),
    ),
    (
        "xeroctl squads delete 3fcb87f5-40bf-4e11-b004-a986b1c8cef0 --force",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0\tdeleted\n",
        None,
    ),
    (
        "xeroctl squads revoke-key Coder 13281111-94df-4774-b516-8e5eb4db8e74 -y",
        0,
        "13281111-94df-4774-b516-8e5eb4db8e74\trevoked\n",
        None,
    ),
    ("xeroctl squads keys Coder", 0, "\tlaptop\t", None),
    (
        "xeroctl squads keys Coder -o json",
        0,
        "\"name\":\"laptop\"",
        None,
    ),
    (
        "xeroctl squads create-key Coder --name ci-runner",
        0,
        "TOKEN\t",
        Some(("squads keys Coder", "\tci-runner\t")),
    ),
    (
        "xeroctl squads create-key Coder --name ci-runner --ttl 30d \\
      --token-file ci.token",
        0,
        "TOKEN\t-\n",
        Some(("squads me --api-key-file ci.token", "NAME\tCoder\n")),
    ),
    ("xeroctl squads runtime Coder", 0, "totalCostCents\t", None),
    (
        "xeroctl squads runtime Coder -o json | jq .totalCostCents",
        0,
        "\n",
        None,
    ),
    (
        "xeroctl squads reset-session Coder",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0\treset\n",
        None,
    ),
    (
        "xeroctl squads reset-session Coder --task-key SLA-26",
        0,
        "3fcb87f5-40bf-4e11-b004-a986b1c8cef0\treset\n",
        None,
    ),
    ("xeroctl squads health", 0, "version\t", None),
    (
        "xeroctl squads health -o json | jq .key.valid",
        0,
        "true",
        None,
    ),
];

const KEY: &str = "13281111-94df-4774-b516-8e5eb4db8e74";

/// Those that ask, and what they then say.
const ASKING: &[(&str, &str, &str)] = &[
    ("xeroctl squads terminate Coder", "Terminated agent ", CODER),
    ("xeroctl squads delete Coder", "Deleted agent ", CODER),
    (
        "xeroctl squads revoke-key Coder laptop",
        "Revoked key ",
        KEY,
    ),
    (
        "xeroctl squads revoke-key Coder 13281111-94df-4774-b516-8e5eb4db8e74",
        "Revoked key ",
        KEY,
    ),
];

/// A new sandbox with what the examples name: a file, the agent's key, and a server beside it whose address is
/// returned.
fn prepared() -> (Home, Running, String) {
    let home = fresh();
    std::fs::write(home.path().join("AGENTS.md"), "Test it.\n").expect("a file");
    let running = Running::start(&mut command(&home, "sandbox serve -o json"));
    running.wait_for_output("\n");
    let said: serde_json::Value =
        serde_json::from_str(&running.output()).expect("one line of JSON");
    let text = |name: &str| said[name].as_str().expect(name).to_owned();
    std::fs::write(home.path().join("agent.key"), text("squads_agent_key")).expect("a file");
    (home, running, text("squads_url"))
}

#[track_caller]
fn check(lines: &[Line]) {
    for (line, code, text, then) in lines {
        let (home, _running, url) = prepared();
        let line = line.replace("http://localhost:3100", &url);
        let ended = shell(&home, &line).exits(*code);
        assert!(ended.stdout.contains(text), "{text:?} in {ended:#?}");
        if let Some((line, text)) = then {
            let told = run(&home, line).exits(0);
            assert!(told.stdout.contains(text), "{text:?} in {told:#?}");
        }
    }
}

#[test]
fn help_examples() {
    check(HELP);
}

#[test]
fn confirmed_changes_are_made() {
    for (line, sentence, id) in ASKING {
        let home = fresh();
        let words = line.strip_prefix("xeroctl ").expect("a line of xeroctl");
        let mut terminal = Terminal::run(&home, words);
        terminal
            .wait_for("Coder (3fcb87f5-40bf-4e11-b004-a986b1c8cef0, active) in squad ")
            .wait_for("[y/N] ")
            .types("y")
            .types(ENTER);
        terminal.end().exits(0).shows(&format!("{sentence}{id}."));
    }
}

#[test]
fn covers_every_help_example() {
    let lines: Vec<&str> = HELP
        .iter()
        .map(|(line, ..)| *line)
        .chain(ASKING.iter().map(|(line, ..)| *line))
        .collect();
    let verbs = [
        "me",
        "inbox",
        "agents",
        "show",
        "create",
        "hire",
        "update",
        "permissions",
        "instructions-path",
        "pause",
        "resume",
        "terminate",
        "delete",
        "keys",
        "create-key",
        "revoke-key",
        "runtime",
        "reset-session",
        "health",
    ];
    let mut commands = vec!["squads".to_owned()];
    commands.extend(verbs.map(|verb| format!("squads {verb}")));
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    is_whole(&commands, &lines);
}
