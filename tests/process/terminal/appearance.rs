//! The appearance of results on a terminal: layout, color, times, and hidden characters.

use regex::Regex;

use crate::support::process::command;
use crate::support::pty::{Left, Look, Terminal};
use crate::support::router::{Answer, Router};
use crate::terminal::sandbox;

/// Numbers of the terminal's colors.
const RED: Option<u8> = Some(1);
const GREEN: Option<u8> = Some(2);
const YELLOW: Option<u8> = Some(3);
const CYAN: Option<u8> = Some(6);

const AGENTS: [&str; 6] = [
    "ID",
    "NAME",
    "WORKER_ID",
    "STATUS",
    "REGION",
    "LAST_HEARTBEAT",
];

/// What a line leaves on a terminal of this many columns.
fn left(columns: u16, line: &str) -> Left {
    Terminal::run_at(columns, &sandbox(), line).end()
}

/// The first line on the screen, as headings.
fn headings(left: &Left) -> Vec<&str> {
    let first = left.screen.lines().next().unwrap_or_default();
    first.split_whitespace().collect()
}

#[test]
fn headings_are_bold_and_statuses_are_colored() {
    let home = sandbox();
    let mut terminal = Terminal::run(&home, "agents --all");
    terminal.wait();
    terminal.wait_for("agt_blodshgrchlnw2m2");
    for heading in AGENTS {
        let look = terminal.look(heading);
        assert_eq!((look.bold, look.colour), (true, None), "{heading}");
    }
    for (state, colour) in [
        ("active", GREEN),
        ("suspended", YELLOW),
        ("disconnected", RED),
        ("dead", RED),
        ("pending", CYAN),
    ] {
        let look = Look {
            colour,
            bold: false,
        };
        assert_eq!(terminal.look(state), look, "{state}");
    }
    for plain in ["agt_abc123", "gpu-worker-1", "us-east"] {
        let look = terminal.look(plain);
        assert_eq!((look.bold, look.colour), (false, None), "{plain}");
    }
}

#[test]
fn message_labels_are_colored() {
    let home = sandbox();
    let mut terminal = Terminal::run(&home, "agents agt_none");
    terminal.wait_for("error: ");
    assert_eq!(
        terminal.look("error"),
        Look {
            colour: RED,
            bold: true
        }
    );
    let home = sandbox();
    let mut terminal = Terminal::run(&home, "agents --limit 1");
    terminal.wait_for("hint: ");
    assert_eq!(terminal.look("hint").colour, CYAN);
}

#[test]
fn times_are_relative_by_default() {
    let relative = Regex::new(r"(?m)agt_kwsobe25u6md2ei2 .* 3h ago$").expect("a pattern");
    let utc = Regex::new(r"(?m)agt_kwsobe25u6md2ei2 .* \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        .expect("a pattern");
    for (style, pattern) in [("", &relative), ("--time utc", &utc), ("--time raw", &utc)] {
        let left = left(120, &format!("agents {style}")).exits(0);
        assert!(pattern.is_match(&left.screen), "{left:#?}");
    }
}

#[test]
fn table_has_aligned_columns_without_borders() {
    let left = left(120, "agents --limit 5").exits(0);
    assert!(
        !left.screen.contains(['|', '+', '─', '│', '\t']),
        "{left:#?}"
    );
    let lines: Vec<&str> = left.screen.lines().take(6).collect();
    let column = lines[0].find("STATUS").expect("the heading");
    for line in &lines[1..] {
        let (before, state) = line.split_at(column);
        assert!(before.ends_with("  "), "{left:#?}");
        assert!(state.starts_with(char::is_alphabetic), "{left:#?}");
    }
}

#[test]
fn wide_terminal_shows_every_wide_column() {
    let left = left(240, "agents --limit 5 -o wide").exits(0);
    let all = [
        &AGENTS[..],
        &["MAX_CONCURRENT", "TIERS", "DESCRIPTION", "CREATED", "ROLE"],
    ]
    .concat();
    assert_eq!(headings(&left), all);
}

#[test]
fn narrower_terminal_hides_extras_first() {
    let left = left(90, "agents --limit 5 -o wide").exits(0);
    assert_eq!(headings(&left).len(), AGENTS.len() + 1, "{left:#?}");
    left.shows("hidden columns (narrow terminal): MAX_CONCURRENT, TIERS, DESCRIPTION, CREATED");
}

#[test]
fn table_fits_the_terminal() {
    for columns in [40, 60, 80, 100, 200] {
        for line in [
            "agents --all -q",
            "agents --all -o wide -q",
            "join-keys --all -q",
        ] {
            let home = sandbox();
            let mut terminal = Terminal::run_at(columns, &home, line);
            let left = terminal.end().exits(0);
            assert!(!terminal.is_wrapped(), "{columns} columns: {left:#?}");
        }
    }
}

#[test]
fn narrow_terminal_cuts_text_but_no_ids_or_statuses() {
    let left = left(80, "agents --limit 5").exits(0);
    assert!(left.screen.contains('…'), "{left:#?}");
    for whole in [
        "agt_g0974f2pgyfa8vcq",
        "agt_kwsobe25u6md2ei2",
        "disconnected",
        "suspended",
    ] {
        assert!(left.screen.contains(whole), "{whole} in {left:#?}");
    }
    assert_eq!(headings(&left).len(), AGENTS.len(), "{left:#?}");
}

#[test]
fn very_narrow_terminal_hides_columns() {
    let left = left(40, "agents --limit 5").exits(0);
    let kept = headings(&left);
    assert_eq!(kept[0], "ID", "{left:#?}");
    assert!(kept.contains(&"STATUS"), "{left:#?}");
    // The note itself is broken where the terminal ends.
    let screen = left.screen.replace("\n  ", " ");
    let note = screen
        .lines()
        .find_map(|line| line.strip_prefix("hidden columns (narrow terminal): "));
    let named: Vec<&str> = note.expect("a note").split(", ").collect();
    for heading in AGENTS {
        let shown = kept.contains(&heading);
        assert_ne!(shown, named.contains(&heading), "{heading}: {left:#?}");
    }
}

#[test]
fn empty_list_prints_header_and_sentence() {
    let left = left(120, "agents candidates list agt_g0974f2pgyfa8vcq").exits(0);
    assert_eq!(headings(&left), ["ID", "Status", "Agent", "Created"]);
    assert_eq!(left.screen.trim_end().lines().count(), 2, "{left:#?}");
    left.shows("no candidates");
}

#[test]
fn agent_has_one_field_per_line_with_bold_names() {
    let home = sandbox();
    let mut terminal = Terminal::run(&home, "agents agt_abc123");
    terminal.wait_for("TOOLS");
    assert_eq!(
        terminal.look("WORKER_ID"),
        Look {
            colour: None,
            bold: true
        }
    );
    assert_eq!(terminal.look("active").colour, GREEN);
    let left = terminal.end().exits(0);
    let value = |name: &str| {
        let line = left.screen.lines().find(|line| line.starts_with(name));
        line.map(|line| line[name.len()..].trim().to_owned())
    };
    assert_eq!(value("ID ").as_deref(), Some("agt_abc123"));
    assert_eq!(value("WORKER_ID ").as_deref(), Some("w-001"));
    assert_eq!(value("MAX_CONCURRENT ").as_deref(), Some("8"));
    // The sandbox may look at the clock a second later than the table.
    let created = value("CREATED ").unwrap_or_default();
    assert!(
        ["44d ago", "45d ago"].contains(&created.as_str()),
        "{created}"
    );
}

#[test]
fn agent_has_one_tool_per_line() {
    let left = left(120, "agents agt_abc123 -q").exits(0);
    let mut lines = left
        .screen
        .lines()
        .skip_while(|line| !line.starts_with("TOOLS"));
    let first = lines.next().and_then(|line| line.strip_prefix("TOOLS"));
    let others = lines.take_while(|line| line.starts_with(' '));
    let tools: Vec<&str> = first.into_iter().chain(others).map(str::trim).collect();
    assert_eq!(
        tools,
        [
            "kubectl_get",
            "kubectl_logs",
            "kubectl_scale",
            "kubectl_drain",
            "openstack_server_list",
            "openstack_server_start",
            "openstack_server_stop",
        ],
        "{left:#?}"
    );
}

#[test]
fn json_is_indented_and_never_colored() {
    for line in ["agents agt_abc123 -o json", "agents --limit 2 -o json"] {
        let left = left(120, &format!("{line} -q --color always")).exits(0);
        assert!(left.screen.starts_with("{\n  \""), "{left:#?}");
        assert!(!left.raw.contains('\u{1b}'), "{left:#?}");
        let document: Result<serde_json::Value, _> = serde_json::from_str(&left.raw);
        assert!(document.is_ok(), "{left:#?}");
    }
}

/// Characters that steer a terminal or deceive its reader, with their escape in JSON.
const HIDDEN: &[(char, &str)] = &[
    ('\u{1b}', r"\u001b"),
    ('\u{7}', r"\u0007"),
    ('\u{7f}', r"\u007f"),
    ('\u{9b}', r"\u009b"),
    ('\u{202e}', r"\u202e"),
    ('\u{2066}', r"\u2066"),
    ('\u{200b}', r"\u200b"),
    ('\u{2028}', r"\u2028"),
];

/// A router with one agent whose name holds this character.
fn named(hidden: char) -> Router {
    let name = format!("a{hidden}[2Jb");
    let agent = serde_json::json!({ "id": "agt_1", "name": name, "status": "active" });
    Router::rules(move |asked| {
        let text = agent.to_string();
        Answer::json(
            200,
            if asked.target.ends_with("/agt_1") {
                text
            } else {
                format!(r#"{{"object":"list","data":[{text}],"has_more":false}}"#)
            },
        )
    })
}

#[test]
fn hidden_characters_are_escaped() {
    for (hidden, escape) in HIDDEN {
        let router = named(*hidden);
        for line in ["agents agt_1 -o json", "agents -o json", "agents -o ndjson"] {
            let left = Terminal::run(&router.home(), line).end().exits(0);
            assert!(!left.raw.contains(*hidden), "{line}: {left:#?}");
            left.shows(&format!("a{escape}[2Jb"));
        }
        for line in ["agents", "agents agt_1", "agents -o csv"] {
            let line = format!("{line} --color never");
            let left = Terminal::run(&router.home(), &line).end().exits(0);
            assert!(!left.raw.contains(*hidden), "{line}: {left:#?}");
            left.shows("[2Jb");
        }
    }
}

#[test]
fn without_color_there_are_no_escape_sequences() {
    for (variable, option) in [
        (None, "--color never"),
        (Some(("TERM", "dumb")), ""),
        (Some(("TERM", "dumb-emacs-ansi")), ""),
        (Some(("TERM", "")), ""),
        (Some(("NO_COLOR", "1")), ""),
        (Some(("CLICOLOR", "0")), ""),
    ] {
        let home = sandbox();
        for line in [
            "agents",
            "agents agt_abc123",
            "agents agt_none",
            "agents --help",
            "agents --x",
        ] {
            let mut command = command(&home, &format!("{line} {option}"));
            if let Some((name, value)) = variable {
                command.env(name, value);
            }
            let left = Terminal::run_command(&command).end();
            assert!(
                !left.raw.contains('\u{1b}'),
                "{variable:?} {line}: {left:#?}"
            );
        }
    }
}

#[test]
fn terminal_has_color_by_default() {
    for (variables, option) in [
        (&[][..], ""),
        (&[("NO_COLOR", "")], ""),
        (&[("NO_COLOR", "1")], "--color always"),
        (&[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")], ""),
    ] {
        let home = sandbox();
        let mut command = command(&home, &format!("agents --limit 3 {option}"));
        for (name, value) in variables {
            command.env(name, value);
        }
        let mut terminal = Terminal::run_command(&command);
        terminal.wait_for("hint: ");
        assert_eq!(
            terminal.look("active").colour,
            GREEN,
            "{variables:?} {option}"
        );
    }
}

#[test]
fn new_token_is_shown_once_with_a_warning() {
    let line = "join-keys --create --name pool --region us-east --router-addr tcp://router:5555";
    for line in [
        line.to_owned(),
        format!("{line} -q"),
        format!("{line} -o json"),
    ] {
        let home = sandbox();
        let mut terminal = Terminal::run(&home, &line);
        terminal.wait_for("warning: ");
        assert_eq!(terminal.look("warning").colour, YELLOW, "{line}");
        let left = terminal.end().exits(0);
        assert_eq!(left.raw.matches("xjt_").count(), 1, "{left:#?}");
        left.shows("the token is not shown again");
    }
}

#[test]
fn warns_about_key_on_the_command_line() {
    let router = named('x');
    let home = router.home();
    let line = "agents agt_1 --api-key xero_typed_here";
    Terminal::run(&home, line)
        .end()
        .exits(0)
        .shows("warning: the key on the command line");
    Terminal::run(&home, &format!("{line} -q"))
        .end()
        .exits(0)
        .lacks("warning")
        .lacks("xero_typed_here");
}
