//! Every example line of the documentation of `xeroctl agents`, as it stands there, each from a fresh sandbox. The
//! deployment comes from the environment, so that the lines themselves are untouched.

mod support;

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use support::{Home, split};

/// The place of `<base64-curve25519-public-key>` in the documentation.
const KEY: &str = "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=";

/// What an example prints off a terminal, to begin with.
enum Prints {
    /// A list with these columns.
    Columns(&'static str),
    /// A record with these fields among its own.
    Fields(&'static [&'static str]),
    /// One line: the id of the object and what was done to it.
    Done(&'static str, &'static str),
    /// The request that would be sent.
    Request(&'static str),
    /// The router's own document.
    Document,
    /// It asks first: answered with `y` on a terminal, it says this.
    Asks(&'static str),
}

use Prints::{Asks, Columns, Document, Done, Fields, Request};

const AGENTS: Prints = Columns("ID\tNAME\tWORKER_ID\tSTATUS\tREGION\tLAST_HEARTBEAT");
const EVENTS: Prints = Columns("ID\tEVENT_TYPE\tDETAILS\tCREATED");
const CANDIDATES: Prints = Columns("ID\tStatus\tAgent\tCreated");
const KEYS: Prints = Columns("ID\tNAME\tSTATUS\tREGION\tENROLLMENTS\tMAX\tEXPIRES");
const AGENT: Prints = Fields(&[
    "WORKER_ID",
    "STATUS",
    "REGION",
    "LAST_HEARTBEAT",
    "MAX_CONCURRENT",
    "DESCRIPTION",
]);
const TOKEN: Prints = Fields(&["ID", "NAME", "REGION", "TOKEN"]);
const ROTATION: Prints = Fields(&["REQUEST_ID", "STATUS", "MONITOR_URL"]);

const EXAMPLES: &[(&str, Prints)] = &[
    ("xeroctl agents", AGENTS),
    ("xeroctl agents --limit 50", AGENTS),
    ("xeroctl agents --after agt_abc123", AGENTS),
    ("xeroctl agents agt_abc123", AGENT),
    ("xeroctl agents agt_abc123 -o json", Document),
    (
        "xeroctl agents --create \\\n--name \"gpu-worker-1\" \\\n--worker-id w-001 \\\n--public-key <base64-curve25519-public-key> \\\n--region us-east",
        AGENT,
    ),
    (
        "xeroctl agents --create \\\n--name \"gpu-worker-2\" \\\n--worker-id w-002 \\\n--public-key <base64-curve25519-public-key> \\\n--region us-east \\\n--max-concurrent 8 \\\n--description \"H100 worker for production\" \\\n--supported-tiers priority,default",
        AGENT,
    ),
    (
        "xeroctl agents agt_abc123 --update --name \"gpu-worker-1-renamed\"",
        AGENT,
    ),
    (
        "xeroctl agents agt_abc123 --update --max-concurrent 16",
        AGENT,
    ),
    (
        "xeroctl agents agt_abc123 --update --description \"Updated H100 worker\"",
        AGENT,
    ),
    (
        "xeroctl agents agt_abc123 --update --status suspended",
        AGENT,
    ),
    ("xeroctl agents agt_abc123 --update --region us-west", AGENT),
    (
        "xeroctl agents agt_abc123 --update --supported-tiers priority,default",
        AGENT,
    ),
    (
        "xeroctl agents agt_abc123 --delete",
        Asks("Deleted agent agt_abc123."),
    ),
    (
        "xeroctl agents agt_abc123 --delete --force",
        Done("agt_abc123", "deleted"),
    ),
    (
        "xeroctl agents agt_abc123 --delete --dry-run",
        Request("DELETE http://127.0.0.1/proj_sandbox/v1/management/agents/agt_abc123"),
    ),
    ("xeroctl agents agt_abc123 --events", EVENTS),
    ("xeroctl agents agt_abc123 --events --limit 50", EVENTS),
    ("xeroctl agents agt_abc123 --events --after evt_xyz", EVENTS),
    ("xeroctl agents agt_abc123 --events --limit 20", EVENTS),
    (
        "xeroctl agents pause-exec agt_abc123",
        Done("agt_abc123", "paused"),
    ),
    (
        "xeroctl agents pause-exec agt_abc123 --workspace ws_team_a",
        Done("agt_abc123", "paused"),
    ),
    (
        "xeroctl agents resume-exec agt_abc123",
        Done("agt_abc123", "resumed"),
    ),
    (
        "xeroctl agents resume-exec agt_abc123 --workspace ws_team_a",
        Done("agt_abc123", "resumed"),
    ),
    (
        "xeroctl agents revoke-credentials agt_abc123",
        Asks("Revoked the credentials of agent agt_abc123."),
    ),
    (
        "xeroctl agents revoke-credentials agt_abc123 --workspace ws_team_a --force",
        Done("agt_abc123", "revoked"),
    ),
    ("xeroctl agents candidates list agt_abc123", CANDIDATES),
    (
        "xeroctl agents candidates approve agt_abc123 cand_xyz789",
        Done("cand_xyz789", "approved"),
    ),
    (
        "xeroctl agents candidates reject agt_abc123 cand_xyz789",
        Done("cand_xyz789", "rejected"),
    ),
    ("xeroctl agents curve-rotate agt_abc123", ROTATION),
    (
        "xeroctl agents curve-rotate agt_abc123 --reason \"post-incident\"",
        ROTATION,
    ),
    (
        "xeroctl agents curve-rotate agt_abc123 --reason \"scheduled-rotation\"",
        ROTATION,
    ),
    ("xeroctl agents join-keys", KEYS),
    ("xeroctl agents join-keys --limit 50", KEYS),
    ("xeroctl agents join-keys --include-terminal", KEYS),
    (
        "xeroctl agents join-keys --create \\\n--name gpu-pool \\\n--region us-east \\\n--router-addr tcp://router:5555",
        TOKEN,
    ),
    (
        "xeroctl agents join-keys --create \\\n--name gpu-pool-eu \\\n--region eu-west \\\n--router-addr tcp://router-a:5555 \\\n--router-addr tcp://router-b:5555 \\\n--max-enrollments 5 \\\n--ttl-seconds 86400 \\\n--supported-tiers priority,default",
        TOKEN,
    ),
    (
        "xeroctl agents join-keys --create \\\n--name new-worker \\\n--region us-east \\\n--router-addr tcp://router:5555 \\\n--max-enrollments 1",
        TOKEN,
    ),
    (
        "xeroctl agents join-keys jk_abc123 --revoke",
        Asks("Revoked join key jk_abc123."),
    ),
    (
        "xeroctl agents join-keys jk_abc123 --revoke --force",
        Done("jk_abc123", "revoked"),
    ),
    (
        "xeroctl agents join-keys jk_abc123 --revoke --dry-run",
        Request("DELETE http://127.0.0.1/proj_sandbox/v1/management/join-keys/jk_abc123"),
    ),
    ("xeroctl join-keys", KEYS),
];

fn home() -> Home {
    Home::new().with("XEROCTL_CONTEXT", "sandbox")
}

/// The words behind the program's name.
fn typed(example: &str) -> String {
    example
        .replace("<base64-curve25519-public-key>", KEY)
        .strip_prefix("xeroctl ")
        .expect("an example begins with the program")
        .to_owned()
}

#[test]
fn every_documented_line_does_what_it_is_documented_for() {
    for (example, prints) in EXAMPLES {
        let line = typed(example);
        if let Asks(says) = prints {
            let (code, screen) = answered(&home(), &line, "y\r");
            assert_eq!(code, 0, "{example}: {screen}");
            assert!(screen.contains("[y/N] "), "{example}: {screen}");
            assert!(screen.contains(says), "{example}: {screen}");
            continue;
        }
        let output = home().run(&line);
        assert_eq!(output.code, 0, "{}", output.whole());
        let stdout = &output.stdout;
        let first = stdout.lines().next().unwrap_or_default();
        match prints {
            Columns(columns) => {
                assert_eq!(first, *columns, "{example}");
                assert!(stdout.lines().count() > 1, "{example} lists nothing");
            }
            Fields(fields) => {
                for field in *fields {
                    let is_there = stdout
                        .lines()
                        .any(|line| line.split('\t').next() == Some(field));
                    assert!(is_there, "{example} lacks {field}: {stdout}");
                }
            }
            Done(id, done) => assert_eq!(*stdout, format!("{id}\t{done}\n"), "{example}"),
            Request(request) => assert_eq!(first, *request, "{example}"),
            Document => assert_eq!(document(stdout)["id"], "agt_abc123", "{example}"),
            Asks(_) => unreachable!("answered above"),
        }
    }
}

#[test]
fn every_documented_line_gives_one_document_to_a_program() {
    for (example, prints) in EXAMPLES {
        let mut line = typed(example);
        if !line.contains("-o json") {
            line.push_str(" -o json");
        }
        let output = home().run(&line);
        if matches!(prints, Asks(_)) {
            // Nobody answers a program's questions.
            assert_eq!(
                (output.code, output.stdout.as_str()),
                (2, ""),
                "{}",
                output.whole()
            );
            continue;
        }
        assert_eq!(output.code, 0, "{}", output.whole());
        assert!(document(&output.stdout).is_object(), "{}", output.whole());
    }
}

#[test]
fn the_documented_effects_can_be_seen_by_the_next_command() {
    let home = home();
    let run = |line: &str| {
        let output = home.run(line);
        assert_eq!(output.code, 0, "{}", output.whole());
        output.stdout
    };
    run("agents agt_abc123 --update --name \"gpu-worker-1-renamed\"");
    run("agents agt_abc123 --update --status suspended");
    let agent = document(&run("agents agt_abc123 -o json"));
    assert_eq!(agent["name"], "gpu-worker-1-renamed");
    assert_eq!(agent["status"], "suspended");
    run("agents join-keys jk_abc123 --revoke --force");
    assert!(!run("agents join-keys --all -o name").contains("jk_abc123\n"));
    assert!(run("agents join-keys --include-terminal --all -o name").contains("jk_abc123\n"));
    run("agents agt_abc123 --delete --force");
    assert!(!run("agents --all -o name").contains("agt_abc123\n"));
    assert_eq!(home.run("agents agt_abc123").code, 5);
}

fn document(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Runs a line of the real binary in a terminal and answers its question. Returns the exit code and all that was shown.
fn answered(home: &Home, line: &str, answer: &str) -> (u32, String) {
    let pty = native_pty_system()
        .openpty(PtySize {
            rows: 24,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        })
        .expect("a pseudo-terminal");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_xeroctl"));
    command.args(split(line));
    command.env_clear();
    command.env("HOME", home.path());
    command.env("XEROCTL_CONTEXT", "sandbox");
    command.cwd(home.path());
    let mut child = pty.slave.spawn_command(command).expect("the program");
    drop(pty.slave);
    let mut reader = pty
        .master
        .try_clone_reader()
        .expect("the terminal's output");
    let mut writer = pty.master.take_writer().expect("the terminal's input");
    let (sender, shown) = std::sync::mpsc::channel::<Vec<u8>>();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        // A terminal whose program has gone reports an error instead of an end.
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut screen = String::new();
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut asked = false;
    while let Ok(bytes) = shown.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        screen.push_str(&String::from_utf8_lossy(&bytes));
        if !asked && screen.contains("[y/N] ") {
            asked = true;
            writer.write_all(answer.as_bytes()).expect("the answer");
        }
    }
    assert!(asked, "{line} asks nothing: {screen}");
    let status = child.wait().expect("the program's end");
    (status.exit_code(), screen)
}
