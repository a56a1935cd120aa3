//! Servers that reject undocumented members: the request is sent again without them.

use crate::cli::shown::transcript;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, Dialect, MANAGER, Served, home};

/// A server that refuses these members, as a page's server does, and does everything else.
fn strict(refused: &'static [&'static str]) -> Router {
    Router::rules(move |asked| {
        let body: serde_json::Value = serde_json::from_str(&asked.body).expect("JSON");
        match refused.iter().find(|name| body.get(**name).is_some()) {
            Some(name) => Dialect::Page.fault(400, &format!("Unknown field '{name}'"), "invalid"),
            None if asked.target.ends_with("agent-hires") => {
                Answer::json(202, r#"{"approvalId":"a1","status":"pending"}"#)
            }
            None => Answer::json(
                200,
                format!(
                    r#"{{"agent":{{"id":"{CODER}","name":"n","title":"t","reportsToAgentId":"{MANAGER}","prompt":"p"}}}}"#
                ),
            ),
        }
    })
}

#[test]
fn rejected_members_are_omitted_once() {
    let create = format!(
        "squads create --name n --role r --adapter a --title t --reports-to {MANAGER} --prompt p --skill s"
    );
    let page = format!(
        r#"{{"name":"n","role":"r","title":"t","adapterType":"a","reportsToAgentId":"{MANAGER}","prompt":"p","desiredSkills":["s"]}}"#
    );
    for (line, refused, sent) in [
        (
            create.as_str(),
            &["reportsTo", "instructionsBundle"][..],
            page.as_str(),
        ),
        (create.as_str(), &["instructionsBundle"][..], page.as_str()),
        (
            "squads instructions-path AGENT a.md",
            &["path"],
            r#"{"instructionsPath":"a.md"}"#,
        ),
        (
            "squads hire --name n --role r --title t --reason why",
            &["title"],
            r#"{"name":"n","role":"r","reason":"why"}"#,
        ),
    ] {
        let server = strict(refused);
        let line = line.replace("AGENT", CODER);
        let run = home(&server).run(&line);
        let expected = if line.contains("hire") { 8 } else { 0 };
        assert_eq!(run.code, expected, "{line}: {}", run.stderr);
        let asked = server.asked();
        assert_eq!(asked.len(), 2, "{line}");
        assert_eq!(asked[0].target, asked[1].target);
        assert_eq!(asked[1].body, sent, "{line}");
        assert!(!run.stderr.contains("refused"), "{line}: {}", run.stderr);
        let traced = home(&strict(refused)).run(&format!("{line} -v"));
        let told = format!("Unknown field '{}'", refused[0]);
        assert!(
            traced.stderr.lines().any(|line| line.starts_with("trace: ")
                && line.contains(&told)
                && line.contains("without")),
            "{line}: {}",
            traced.stderr
        );
    }
}

#[test]
fn other_rejections_are_final() {
    let line = format!("squads instructions-path {CODER} a.md");
    for (status, message) in [
        (400, "no"),
        // Words that merely hold the name.
        (400, "'instructionsPath' must not be empty"),
        (400, "Unknown field 'paths'"),
        (422, "Unknown field 'path'"),
        (409, "Unknown field 'path'"),
        (500, "Unknown field 'path'"),
    ] {
        let server = Router::script([Dialect::Page.fault(status, message, "")]);
        let run = home(&server).run(&line);
        assert_ne!(run.code, 0, "{}", run.stderr);
        assert_eq!(server.lines().len(), 1, "{message}");
    }
    // Nor is it sent a third time.
    let refusal = Dialect::Page.fault(400, "Unknown field 'path'", "invalid");
    let server = Router::script([refusal.clone(), refusal]);
    let run = home(&server).run(&line);
    assert_eq!(run.code, 7, "{}", run.stderr);
}

#[test]
fn warns_about_unsent_hire_members() {
    let extra = &["adapterType", "prompt"];
    let runs = [
        "squads hire --name n --role r --adapter a --reason why",
        "squads hire --name n --role r --adapter a --prompt p --reason why",
        "squads hire --name n --role r --adapter a --prompt p --reason why -q",
    ]
    .map(|line| home(&strict(extra)).run(line));
    assert_eq!(runs.each_ref().map(|run| run.code), [8, 1, 1]);
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn page_dialect_supports_every_command() {
    let served = Served::start(Dialect::Page);
    for (line, code) in [
        (
            "squads create --name New --role qa --adapter process --reports-to Coder --prompt P --skill s",
            0,
        ),
        ("squads instructions-path Coder agents/AGENTS.md", 0),
        ("squads hire --name More --role qa --adapter process", 8),
        ("squads update New --prompt Q", 0),
        ("squads permissions New --can-assign-tasks true", 0),
        // The page knows no way.
        ("squads instructions-path Coder --clear", 7),
    ] {
        let run = served.home().run(line);
        assert_eq!(run.code, code, "{line}: {}", run.stderr);
    }
    let shown = served.home().run("squads show New -o json").stdout;
    assert!(
        shown.contains(&format!(r#""reportsToAgentId":"{CODER}""#)),
        "{shown}"
    );
    assert!(shown.contains(r#""prompt":"Q""#), "{shown}");
}
