//! Endless lists: repeated cursors, pages without new items, and cursors of every type.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::Output;
use crate::support::router::{Answer, Asked, Router};

/// More requests than this, and the walk would never have ended.
const PATIENCE: usize = 40;

/// A page of these items, with the members behind `data`.
fn page(items: &[String], members: &str) -> Answer {
    let items = items.join(",");
    Answer::json(200, format!(r#"{{"data":[{items}]{members}}}"#))
}

/// An item that every command understands as pending, failed, and whatever else is filtered by.
fn item(id: &str) -> String {
    format!(r#"{{"id":{id},"status":"pending","created_at":"2026-11-22T09:29:00Z"}}"#)
}

/// Runs a command line against a router whose n-th page, counted from 0, is this; the patience ends with a 403.
fn walk(line: &str, page: impl Fn(usize) -> Answer + Send + Sync + 'static) -> (Output, usize) {
    let count = AtomicUsize::new(0);
    let router = Router::rules(move |asked: &Asked| {
        if asked.target.contains("/stream") {
            return Answer::fault(404, "not_found");
        }
        let number = count.fetch_add(1, Ordering::SeqCst);
        if number < PATIENCE {
            page(number)
        } else {
            Answer::fault(403, "out_of_patience")
        }
    });
    let output = router.home().run(line);
    let lists = router.asked();
    let lists = lists
        .iter()
        .filter(|asked| !asked.target.contains("/stream"));
    (output, lists.count())
}

/// Commands that walk through a list page by page.
const WALKS: [&str; 5] = [
    "agents --all -o name",
    "api GET /x --all -o ndjson",
    "exec list --status failed --all -o name",
    "agents --limit 5000 -o json",
    "approvals watch --interval 500ms --timeout 20s -o name",
];

#[test]
fn cursor_of_any_type_keeps_its_spelling() {
    for (cursor, sent) in [
        ("17", "17"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("1.50", "1.50"),
        ("-1", "-1"),
        ("true", "true"),
        (r#""17""#, "17"),
        (r#""a b/\u00fc""#, "a%20b%2F%C3%BC"),
        (r#"{ "page" : 2 }"#, "%7B%22page%22%3A2%7D"),
    ] {
        let router = Router::script([
            page(
                &[item("\"a1\"")],
                &format!(r#","last_id":{cursor},"has_more":true"#),
            ),
            page(
                &[item("\"a2\"")],
                &format!(r#","last_id":{cursor},"has_more":false"#),
            ),
        ]);
        let output = router.home().run("agents --all -o json");
        assert_eq!(output.code, 0, "{cursor}: {}", output.whole());
        let next = format!("GET /management/agents?limit=100&after={sent}");
        assert_eq!(router.lines()[1], next);
        let end = format!("],\"last_id\":{cursor},\"has_more\":false}}\n");
        assert!(output.stdout.ends_with(&end), "{cursor}: {}", output.stdout);
    }
}

#[test]
fn numeric_id_is_a_cursor() {
    let router = Router::script([
        page(&[item("7"), item("8")], r#","has_more":true"#),
        page(&[item("9")], r#","has_more":false"#),
    ]);
    let output = router.home().run("agents --all -o json");
    assert_eq!(
        router.lines()[1],
        "GET /management/agents?limit=100&after=8"
    );
    let end = "],\"last_id\":9,\"has_more\":false}\n";
    assert!(output.stdout.ends_with(end), "{}", output.stdout);
}

#[test]
fn returning_cursors_end_the_list() {
    for line in WALKS {
        for period in 1..4 {
            for quote in ["", "\""] {
                let (output, asked) = walk(line, move |number| {
                    let cursor = number % period;
                    let members = format!(r#","last_id":{quote}{cursor}{quote},"has_more":true"#);
                    // The items are new each time.
                    page(&[item(&format!("\"a{number}\""))], &members)
                });
                assert_eq!(
                    (output.code, asked),
                    (17, period + 1),
                    "{line} {period}: {}",
                    output.whole()
                );
                assert!(
                    !output.stderr.contains("go on from here"),
                    "{}",
                    output.whole()
                );
            }
        }
    }
}

#[test]
fn returning_items_end_the_list() {
    for line in WALKS {
        for period in 1..4 {
            let (output, asked) = walk(line, move |number| {
                let place = number % period;
                let items = [2 * place, 2 * place + 1].map(|id| item(&format!("\"a{id}\"")));
                page(
                    &items,
                    &format!(r#","last_id":"c{number}","has_more":true"#),
                )
            });
            assert_eq!(
                (output.code, asked),
                (17, period + 1),
                "{line} {period}: {}",
                output.whole()
            );
        }
    }
    // Pages that do not fall together with the circle: 250 items, 100 a page.
    let (output, asked) = walk("agents --all -o name", |number| {
        let ids = (100 * number..100 * number + 100).map(|place| place % 250);
        let items: Vec<String> = ids.map(|id| item(&format!("\"a{id}\""))).collect();
        page(
            &items,
            &format!(r#","last_id":"c{number}","has_more":true"#),
        )
    });
    assert_eq!((output.code, asked), (17, 4), "{}", output.whole());
}

#[test]
fn equal_items_without_id_are_limited() {
    let (output, asked) = walk("api GET /x --all -o ndjson", |number| {
        let more = number < 3;
        page(
            &["{}".to_owned(), "1".to_owned()],
            &format!(r#","last_id":"c{number}","has_more":{more}"#),
        )
    });
    assert_eq!((output.code, asked), (0, 4), "{}", output.whole());
    assert_eq!(output.stdout.lines().count(), 8);
    let (output, asked) = walk("api GET /x --all -o ndjson", |number| {
        page(
            &["{}".to_owned()],
            &format!(r#","last_id":"c{number}","has_more":true"#),
        )
    });
    assert_eq!((output.code, asked), (17, 11), "{}", output.whole());
}

#[test]
fn empty_pages_are_limited() {
    for line in WALKS {
        let (output, asked) = walk(line, |number| {
            page(&[], &format!(r#","last_id":"c{number}","has_more":true"#))
        });
        assert_eq!((output.code, asked), (17, 10), "{line}: {}", output.whole());
        assert!(output.stderr.contains("10 pages"), "{}", output.whole());
    }
    let (output, asked) = walk("agents --all -o name", |number| {
        if number == 9 {
            page(&[item("\"a1\"")], r#","has_more":false"#)
        } else {
            page(&[], &format!(r#","last_id":"c{number}","has_more":true"#))
        }
    });
    assert_eq!(
        (output.code, asked, output.stdout.as_str()),
        (0, 10, "a1\n")
    );
}

#[test]
fn overlapping_pages_are_shown_as_received() {
    let ids =
        |ids: &[u32]| -> Vec<String> { ids.iter().map(|id| item(&format!("\"a{id}\""))).collect() };
    let router = Router::script([
        page(&ids(&[0, 1, 2]), r#","last_id":"c0","has_more":true"#),
        page(&ids(&[2, 3]), r#","last_id":"c1","has_more":true"#),
        // What was added at the head has pushed the end out of its page.
        page(&ids(&[3]), r#","last_id":"c2","has_more":false"#),
    ]);
    let output = router.home().run("agents --all -o name");
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (0, "a0\na1\na2\na2\na3\na3\n")
    );
}

#[test]
fn null_items_are_an_empty_list() {
    let body = r#"{"object":"list","data": null,"has_more":false}"#;
    let run = |line: &str, body: &str| Router::script([Answer::json(200, body)]).home().run(line);
    let output = run("agents -o json", body);
    assert_eq!((output.code, output.stdout), (0, format!("{body}\n")));
    let output = run("agents", body);
    assert_eq!(output.code, 0);
    assert_eq!(
        output.stdout,
        "ID\tNAME\tWORKER_ID\tSTATUS\tREGION\tLAST_HEARTBEAT\n"
    );
    assert_eq!(output.stderr, "no agents in this project\n");
    let output = run("agents --all -o json", body);
    assert_eq!(
        output.stdout,
        "{\"object\":\"list\",\"data\":[],\"last_id\":null,\"has_more\":false}\n"
    );
    for line in ["exec list --status failed -o name", "api GET /x -o csv"] {
        let output = run(line, body);
        let header = if line.contains("csv") {
            "ID,ITEM\n"
        } else {
            ""
        };
        assert_eq!((output.code, output.stdout.as_str()), (0, header), "{line}");
    }
}

#[test]
fn refused_cursor_is_not_suggested_again() {
    for status in [400, 404, 410, 422] {
        for (line, again) in [
            ("agents --all -o json", "xeroctl agents --all -o json"),
            (
                "exec list --status pending --after x -o name",
                "xeroctl exec list --status pending -o name",
            ),
        ] {
            let router = Router::script([
                page(&[item("\"a1\"")], r#","last_id":"a1","has_more":true"#),
                Answer::fault(status, "invalid_request"),
            ]);
            let output = router.home().run(line);
            assert_ne!(output.code, 0, "{}", output.whole());
            assert!(!output.stderr.contains("--after"), "{}", output.whole());
            let hint = format!("start over: {again}\n");
            assert!(output.stderr.contains(&hint), "{}", output.whole());
        }
    }
}

#[test]
fn overlong_cursor_is_not_followed() {
    let long = "x".repeat(1_000_000);
    let answer = || {
        page(
            &[item("\"a1\"")],
            &format!(r#","last_id":"{long}","has_more":true"#),
        )
    };
    for (line, code) in [
        ("agents --all -o name", 17),
        ("agents -o name", 0),
        ("api GET /x -o name", 0),
    ] {
        let output = Router::script([answer()]).home().run(line);
        assert_eq!(output.code, code, "{line}");
        assert!(
            output.stderr.len() < 2000,
            "{line}: {}",
            output.stderr.len()
        );
    }
}
