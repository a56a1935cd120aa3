//! Responses of the squads API in unusual forms: what is accepted, and the errors for the rest.

use crate::support::Output;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CI_KEY, CODER, MANAGER, home, read_before};

fn run(line: &str, answer: Answer) -> Output {
    let server = Router::script(read_before(line).into_iter().chain([answer]));
    home(&server).run(&line.replace("AGENT", CODER))
}

/// The fields of one object off a terminal.
fn fields(run: &Output) -> Vec<(&str, &str)> {
    let lines = run.stdout.lines();
    lines.filter_map(|line| line.split_once('\t')).collect()
}

/// What is not an object.
const NO_OBJECTS: [&str; 12] = [
    "[]", "[{}]", "\"text\"", "17", "true", "null", "", " ", "{", "{\"id\":", "<html>", "not json",
];

fn is_not_understood(line: &str) {
    for body in NO_OBJECTS {
        let run = run(line, Answer::json(200, body));
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (17, ""),
            "{line} {body}: {}",
            run.stderr
        );
    }
    let run = run(line, Answer::json(200, b"{\"name\":\"\xff\"}".to_vec()));
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (17, ""),
        "{line}: {}",
        run.stderr
    );
}

#[test]
fn rejects_agent_that_is_not_an_object() {
    is_not_understood("squads me");
    is_not_understood("squads show AGENT");
}

#[test]
fn rejects_state_that_is_not_an_object() {
    is_not_understood("squads runtime AGENT");
    is_not_understood("squads health");
}

#[test]
fn rejects_missing_list() {
    for (line, member) in [
        ("squads agents", "agents"),
        ("squads inbox", "items"),
        ("squads keys AGENT", "keys"),
    ] {
        for body in [
            "{}",
            "\"text\"",
            "17",
            "null",
            "",
            "[1",
            "{\"other\":[]}",
            "{\"data\":[]}",
            &format!("{{\"{member}\":{{}}}}"),
            &format!("{{\"{member}\":\"x\"}}"),
            "{\"error\":\"no\"}",
        ] {
            let run = run(line, Answer::json(200, body));
            assert_eq!(
                (run.code, run.stdout.as_str()),
                (17, ""),
                "{line} {body}: {}",
                run.stderr
            );
        }
        for body in [
            format!("{{\"{member}\":[]}}"),
            format!("{{\"x\":1,\"{member}\":[],\"has_more\":true}}"),
            "[]".to_owned(),
            "\u{feff} [ ] ".to_owned(),
        ] {
            let run = run(line, Answer::json(200, body.clone()));
            assert_eq!(run.code, 0, "{line} {body}: {}", run.stderr);
            assert_eq!(
                run.stdout.lines().count(),
                1,
                "{line} {body}: {}",
                run.stdout
            );
        }
    }
}

#[test]
fn non_object_items_are_kept_in_json_and_rejected_in_tables() {
    for line in ["squads agents", "squads keys AGENT"] {
        let body = r#"[{"id":"a"},1,"x",null]"#;
        let table = run(line, Answer::json(200, body));
        assert_eq!(table.code, 17, "{line}: {}{}", table.stdout, table.stderr);
        let json = run(&format!("{line} -o json"), Answer::json(200, body));
        assert_eq!((json.code, json.stdout), (0, format!("{body}\n")), "{line}");
    }
}

#[test]
fn accepts_unusual_types() {
    let body = format!(
        r#"{{"id":"{CODER}","name":["a",1],"role":null,"status":true,"title":{{"x": 1}},"adapterType":1.50,
        "reportsTo":false,"reportsToAgentId":"{MANAGER}","squadId":[],"chainOfCommand":[{{"name":"M"}},{{"id":"x"}},"text",3],
        "permissions":"none","access":[],"createdAt":1795348795,"updatedAt":"yesterday","prompt":7}}"#
    );
    let run = run("squads show AGENT", Answer::json(200, body));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        fields(&run),
        [
            ("ID", CODER),
            ("NAME", r#"["a",1]"#),
            ("ROLE", "-"),
            ("STATUS", "true"),
            ("TITLE", r#"{"x":1}"#),
            ("ADAPTER", "1.50"),
            ("REPORTS_TO", "false"),
            ("SQUAD", "[]"),
            ("CHAIN_OF_COMMAND", "M,x,text,3"),
            ("CAN_CREATE_AGENTS", "-"),
            ("CAN_ASSIGN_TASKS", "-"),
            ("CREATED", "2026-11-22T11:59:55Z"),
            ("UPDATED", "yesterday"),
        ]
    );
}

#[test]
fn null_and_missing_values_are_dashes() {
    for body in [
        "{}",
        r#"{"agent":{}}"#,
        r#"{"id":null,"chainOfCommand":null,"permissions":null,"access":null}"#,
    ] {
        let run = run("squads show AGENT", Answer::json(200, body));
        assert_eq!(run.code, 0, "{body}: {}", run.stderr);
        assert!(
            fields(&run).iter().all(|(_, value)| *value == "-"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn unknown_words_are_unchanged() {
    let agent =
        r#"{"name":"n","role":"wizard","status":"levitating","adapterType":"crystal_ball"}"#;
    let shown = run("squads show AGENT --no-headers", Answer::json(200, agent));
    for word in ["wizard", "levitating", "crystal_ball"] {
        assert!(shown.stdout.contains(word), "{}", shown.stdout);
    }
    let sent = Router::script([Answer::json(201, agent)]);
    let made = home(&sent).run("squads create --name n --role wizard --adapter crystal_ball");
    assert_eq!(made.code, 0, "{}", made.stderr);
    let body = r#"[{"id":"i","status":"someday"}]"#;
    let inbox = run(
        "squads inbox --status someday,never -o name",
        Answer::json(200, body),
    );
    assert_eq!((inbox.code, inbox.stdout.as_str()), (0, "i\n"));
}

#[test]
fn change_may_return_nothing_or_any_object() {
    for line in [
        "pause",
        "resume",
        "terminate --force",
        "delete --force",
        "reset-session",
    ] {
        for (answer, json) in [
            (Answer::empty(204), "{}"),
            (Answer::empty(200), "{}"),
            (Answer::json(200, " \n"), "{}"),
            (
                Answer::json(202, r#"{ "ok" : true }"#),
                r#"{ "ok" : true }"#,
            ),
            (Answer::json(200, r#"{"new":[1.50]}"#), r#"{"new":[1.50]}"#),
        ] {
            let run = run(&format!("squads {line} AGENT -o json"), answer.clone());
            assert_eq!(
                (run.code, run.stdout),
                (0, format!("{json}\n")),
                "{line} {answer:?}: {}",
                run.stderr
            );
        }
    }
}

#[test]
fn malformed_change_has_unknown_outcome() {
    for line in [
        "squads pause AGENT",
        "squads update AGENT --title T",
        "squads create --name n --role r --adapter a",
        "squads hire --name n --role r",
        "squads permissions AGENT --can-create-agents true --can-assign-tasks true",
        "squads instructions-path AGENT p",
        "squads create-key AGENT --name n",
        "squads reset-session AGENT",
    ] {
        for body in ["[]", "\"done\"", "17", "{", "<html>"] {
            let run = run(line, Answer::json(200, body));
            assert_eq!(
                (run.code, run.stdout.as_str()),
                (17, ""),
                "{line} {body}: {}",
                run.stderr
            );
            assert!(
                run.stderr.contains("outcome: unknown"),
                "{line}: {}",
                run.stderr
            );
        }
    }
}

#[test]
fn empty_change_shows_the_requested_id() {
    for (line, done) in [
        ("update AGENT --title T", "updated"),
        (
            "permissions AGENT --can-create-agents true --can-assign-tasks true",
            "set",
        ),
        ("instructions-path AGENT p", "set"),
    ] {
        for answer in [
            Answer::empty(204),
            Answer::json(200, "{}"),
            Answer::json(200, r#"{"ok":true}"#),
        ] {
            let run = run(&format!("squads {line}"), answer.clone());
            assert_eq!(run.code, 0, "{line}: {}", run.stderr);
            assert_eq!(
                run.stdout,
                format!("{CODER}\t{done}\n"),
                "{line} {answer:?}"
            );
        }
    }
}

#[test]
fn creation_without_id_is_shown() {
    for line in [
        "squads create --name n --role r --adapter a",
        "squads hire --name n --role r",
    ] {
        for body in [
            "{}",
            r#"{"agent":null,"approval":null}"#,
            r#"{"agent":{"name":"n"}}"#,
        ] {
            let run = run(line, Answer::json(201, body));
            assert_eq!(run.code, 0, "{line} {body}: {}", run.stderr);
        }
        let run = run(line, Answer::json(201, "[]"));
        assert!([0, 17].contains(&run.code), "{line}: {}", run.stderr);
    }
}

#[test]
fn accepts_keys_in_both_envelopes() {
    let key = format!(
        r#"{{"id":"{CI_KEY}","name":"n","createdAt":"2026-11-22T11:00:00.000Z","revokedAt":null,"lastUsedAt":null}}"#
    );
    for body in [
        format!("[{key}]"),
        format!(r#"{{"keys":[{key}],"total":1}}"#),
    ] {
        let run = run("squads keys AGENT --no-headers", Answer::json(200, body));
        assert_eq!(
            run.stdout,
            format!("{CI_KEY}\tn\t2026-11-22T11:00:00Z\t-\t-\n")
        );
    }
}

#[test]
fn filtered_inbox_keeps_the_document() {
    let items = r#"{"id":"a","status":"todo", "n":1.50},{"id":"b","status":"done"} , {"id":"c"},{"id":"d","status":null}"#;
    for (body, json) in [
        (
            format!("[{items}]"),
            r#"[{"id":"a","status":"todo", "n":1.50}]"#,
        ),
        (
            format!(r#"{{"total":4,"items":[{items}],"more":[1]}}"#),
            r#"{"total":4,"items":[{"id":"a","status":"todo", "n":1.50}],"more":[1]}"#,
        ),
    ] {
        let whole = run("squads inbox -o json", Answer::json(200, body.clone()));
        assert_eq!(whole.stdout, format!("{body}\n"), "nothing is filtered");
        let some = run(
            "squads inbox --status todo -o json",
            Answer::json(200, body.clone()),
        );
        assert_eq!(some.stdout, format!("{json}\n"));
        let lines = run(
            "squads inbox --status todo -o ndjson",
            Answer::json(200, body.clone()),
        );
        assert_eq!(
            lines.stdout,
            "{\"id\":\"a\",\"status\":\"todo\",\"n\":1.50}\n"
        );
        let none = run("squads inbox --status blocked", Answer::json(200, body));
        assert_eq!(none.stdout.lines().count(), 1);
        assert_eq!(
            (none.code, none.stderr.as_str()),
            (0, "the inbox is empty\n")
        );
    }
}

#[test]
fn json_keeps_its_bytes() {
    for body in [
        r#"{ "x":"a" ,"n":1.50, "e":1E5,"big":12345678901234567890123,"n":"twice","t":"\u00e9é\/" }"#,
        "{\n  \"agent\": {\"x\": \"a\"},\n \"more\": []\n}",
        "{}",
    ] {
        for line in [
            "squads show AGENT",
            "squads runtime AGENT",
            "squads pause AGENT",
        ] {
            let run = run(&format!("{line} -o json"), Answer::json(200, body));
            assert_eq!((run.code, run.stdout), (0, format!("{body}\n")), "{line}");
        }
    }
}
