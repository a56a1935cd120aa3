//! The root URL of a squads API: its spellings and its default.

use crate::cli::shown::runs;
use crate::support::Home;
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, SQUAD};

#[test]
fn root_may_end_in_slashes_and_api() {
    for end in ["", "/", "//", "/api", "/api/", "/api//", "//api/"] {
        for way in ["option", "variable", "file"] {
            let server = Router::rules(|_| Answer::json(200, r#"{"status":"ok"}"#));
            let url = format!("{}{end}", server.root());
            let (home, words) = match way {
                "option" => (Home::new(), format!("--squads-url {url}")),
                "variable" => (Home::new().with("SLAW_API_URL", &url), String::new()),
                _ => (
                    Home::new().config(&format!(
                        "current = \"a\"\n[deployment.a]\nsquads_url = \"{url}\"\n"
                    )),
                    String::new(),
                ),
            };
            let run = home.run(&format!("squads health {words}"));
            assert_eq!(run.code, 0, "{way} {end:?}: {}", run.stderr);
            assert_eq!(server.lines(), ["GET /api/health"], "{way} {end:?}");
        }
    }
}

#[test]
fn root_may_have_a_path() {
    for (end, path) in [
        ("/team", "/team/api/health"),
        ("/team/api/", "/team/api/health"),
        ("/api/api", "/api/api/health"),
        ("/apiary", "/apiary/api/health"),
    ] {
        let server = Router::rules(|_| Answer::json(200, r#"{"status":"ok"}"#));
        let run = Home::new().run(&format!(
            "squads health --squads-url {}{end}",
            server.root()
        ));
        assert_eq!(run.code, 0, "{end}: {}", run.stderr);
        assert_eq!(server.asked()[0].target, path, "{end}");
    }
}

#[test]
fn invalid_root_exits_2_from_the_command_line_and_3_otherwise() {
    for url in [
        "nonsense",
        "ftp://h.example",
        "http://user:word@h.example",
        "http://h.example/?a=1",
        "http://h.example/#a",
        "http://",
        "http://h.example/a b",
    ] {
        let line = Home::new().run(&format!("squads health --squads-url '{url}'"));
        assert_eq!(line.code, 2, "{url}: {}", line.stderr);
        assert!(line.stderr.contains("--squads-url"), "{}", line.stderr);
        let variable = Home::new().with("SLAW_API_URL", url).run("squads health");
        assert_eq!(variable.code, 3, "{url}: {}", variable.stderr);
        assert!(
            variable.stderr.contains("SLAW_API_URL"),
            "{}",
            variable.stderr
        );
        let text = format!("current = \"a\"\n[deployment.a]\nsquads_url = \"{url}\"\n");
        let file = Home::new().config(&text).run("squads health");
        assert_eq!(file.code, 3, "{url}: {}", file.stderr);
        assert!(
            file.stderr.contains("deployment.a.squads_url"),
            "{}",
            file.stderr
        );
    }
}

#[test]
fn defaults_to_localhost() {
    insta::assert_snapshot!(runs(
        &Home::new(),
        &[
            &format!("squads agents --squad {SQUAD} --dry-run"),
            &format!("squads agents --squad {SQUAD} --dry-run -o json"),
            "squads me --dry-run",
            &format!("squads pause {CODER} --dry-run"),
        ],
    ));
    let empty = Home::new()
        .with("SLAW_API_URL", "")
        .with("SLAW_API_KEY", "");
    let run = empty.run("squads me --dry-run");
    assert!(
        run.stdout
            .starts_with("GET http://localhost:3100/api/agents/me\n"),
        "an empty variable is unset: {}",
        run.stdout
    );
}
