//! Assumed routes: a 404 says that the route is assumed, and prints the `xeroctl api` command for the same request. No
//! other error does.

use serde_json::Value;

use crate::faults::assumed_lines::{CODES, DOCUMENTED, LEAVES, Leaf};
use crate::support::Output;
use crate::support::exec::line;
use crate::support::process::{Ended, Running, script};
use crate::support::router::{Answer, Asked, Router};

/// What is said of such a route.
const SAID: &str =
    "this route is assumed: the documents do not name it, and this router may have another\n";
/// What stands before the line that sends the same request; what a file must hold comes between the two.
const TRY: &str = "hint: to try another route";

/// Responses of whoever does not know the route.
fn ignorant(status: u16) -> [Answer; 5] {
    [
        Answer::json(
            status,
            r#"{"error":{"message":"no route","type":"not_found_error"}}"#,
        ),
        Answer::fault(status, "route_unknown"),
        Answer::json(status, r#"{"detail":"Not Found"}"#),
        Answer::new(status, "text/html", "<html><h1>nginx</h1></html>"),
        Answer::empty(status),
    ]
}

/// A router that returns this response to one route; of others it knows nothing.
fn without(asks: &'static str, answer: Answer) -> Router {
    Router::rules(move |asked| {
        if is_of(asked, asks) {
            answer.clone()
        } else {
            Answer::fault(404, "invocation_not_found")
        }
    })
}

fn is_of(asked: &Asked, asks: &str) -> bool {
    line(asked) == asks.split('?').next().unwrap_or_default()
}

impl Leaf {
    /// Whether the path has an ID.
    fn names_object(&self) -> bool {
        let path = self.asks.split(['?', ' ']).nth(1).unwrap_or_default();
        path.split('/').count() > 3
    }

    /// Runs the line; the run, and its one assumed request.
    #[track_caller]
    fn run(&self, answer: Answer) -> (Output, Asked) {
        let router = without(self.asks, answer);
        let home = router.home();
        let file = home.path().join("context.json");
        std::fs::write(&file, r#"{"cluster": "blue"}"#).expect("a file");
        let words = self
            .line
            .replace("context.json", &file.display().to_string());
        let output = home.run(&words);
        let asked = router.asked().into_iter();
        let mut asked: Vec<Asked> = asked.filter(|asked| is_of(asked, self.asks)).collect();
        assert_eq!(asked.len(), 1, "{}: {}", self.line, output.stderr);
        (output, asked.remove(0))
    }
}

/// The words of `xeroctl api` that an error gives, as they would be pasted into a shell.
fn given(output: &Output) -> Option<&str> {
    let mut lines = output.stderr.lines();
    let hint = lines.find_map(|line| line.strip_prefix(TRY))?;
    hint.split_once(": xeroctl api ").map(|(_, words)| words)
}

/// Runs these words of `xeroctl api` in a shell against a router that answers everything; what was asked.
fn typed(words: &str, file: &str) -> (Ended, Vec<Asked>) {
    let router = Router::rules(|_| Answer::json(200, r#"{"data":[]}"#));
    let home = router.home();
    std::fs::write(home.path().join("FILE"), file).expect("a file");
    let force = if words.starts_with("DELETE") {
        " --force"
    } else {
        ""
    };
    let ended = Running::start(&mut script(&home, &format!("\"$X\" api {words}{force}"))).end();
    (ended, router.asked())
}

#[test]
fn unknown_assumed_route_suggests_another() {
    for leaf in LEAVES {
        for status in [404, 405] {
            // The router's own error about a path with an ID is about the object, not about the route.
            let is_router = if status == 404 && leaf.names_object() {
                2
            } else {
                0
            };
            for answer in ignorant(status).into_iter().skip(is_router) {
                let (output, asked) = leaf.run(answer.clone());
                let said = &output.stderr;
                assert_ne!(output.code, 0, "{} {answer:?}", leaf.line);
                assert_eq!(
                    said.matches(SAID).count(),
                    1,
                    "{} {answer:?}: {said}",
                    leaf.line
                );
                assert_eq!(
                    said.matches(TRY).count(),
                    1,
                    "{} {answer:?}: {said}",
                    leaf.line
                );
                assert_eq!(
                    asked.line().replace("/proj_1/v1", ""),
                    leaf.asks,
                    "{}",
                    leaf.line
                );
                assert!(said.matches("hint: ").count() <= 2, "{said}");
                let words = given(&output).expect("a line");
                assert_eq!(
                    words.ends_with(" --input FILE"),
                    !leaf.fits,
                    "{}: {words}",
                    leaf.line
                );
            }
        }
    }
}

#[test]
fn suggested_command_makes_the_same_request() {
    for leaf in LEAVES {
        let (output, meant) = leaf.run(Answer::empty(404));
        let words = given(&output).expect("a line");
        let (ended, asked) = typed(words, &meant.body);
        let ended = ended.exits(0);
        let [asked] = &asked[..] else {
            panic!("one request, not {asked:#?}: {ended:#?}");
        };
        assert_eq!(asked.line(), meant.line(), "{words}");
        let value = |body: &str| serde_json::from_str::<Value>(body).ok();
        assert_eq!(value(&asked.body), value(&meant.body), "{words}");
        assert_eq!(
            asked.body.is_empty(),
            meant.body.is_empty(),
            "{words}: {meant:?}"
        );
        assert_eq!(
            asked.header("content-type"),
            meant.header("content-type"),
            "{words}"
        );
    }
}

#[test]
fn suggested_command_uses_the_same_router() {
    let router = Router::rules(|_| Answer::empty(404));
    let line = format!(
        "--base-url {} agents candidates list agt_1",
        router.base_url()
    );
    let output = crate::support::Home::new()
        .with("XEROCTL_API_KEY", "k")
        .run(&line);
    let wanted = format!(
        "{TRY}: xeroctl --base-url {} api GET /management/agents/agt_1/candidates\n",
        router.base_url()
    );
    assert!(output.stderr.contains(&wanted), "{}", output.stderr);
}

#[test]
fn body_that_does_not_fit_is_given_as_a_file() {
    let of = |wanted: &str| {
        let leaf = LEAVES.iter().find(|leaf| leaf.line.contains(wanted));
        let (output, _) = leaf.expect("a leaf").run(Answer::empty(404));
        let hint = output.stderr.lines().find(|line| line.starts_with(TRY));
        hint.expect("a hint").to_owned()
    };
    assert_eq!(
        of("pause-exec agt_1"),
        "hint: to try another route, with {} in FILE: xeroctl api POST /management/agents/agt_1/pause-exec --input FILE"
    );
    assert_eq!(
        of("--supported-tiers"),
        r#"hint: to try another route, with {"name":"n","supported_tiers":["a","b"]} in FILE: xeroctl api PATCH /management/agents/agt_1 --input FILE"#
    );
}

#[test]
fn request_id_proves_that_the_url_is_right() {
    for leaf in LEAVES {
        let answer = Answer::new(404, "text/plain", "no").header("X-Request-Id", "req_1");
        let (output, _) = leaf.run(answer);
        assert!(output.stderr.contains(TRY), "{}", output.whole());
        assert!(!output.stderr.contains("config show"), "{}", output.whole());
    }
}

#[test]
fn json_error_line_has_the_hints() {
    for leaf in LEAVES {
        let router = without(leaf.asks, Answer::empty(405));
        let home = router.home().with("XEROCTL_OUTPUT", "json");
        let file = home.path().join("context.json");
        std::fs::write(&file, "{}").expect("a file");
        let words = leaf
            .line
            .replace("context.json", &file.display().to_string());
        let output = home.run(&words);
        let last = output.stderr.lines().last().expect("a line");
        let error: Value = serde_json::from_str(last).expect("JSON");
        let text = |name: &str| error["error"][name].as_str().expect("a text");
        let (message, hint) = (text("message"), text("hint"));
        assert!(hint.contains("to try another route"), "{words}: {hint}");
        // Beside two commands, it is a line of the message.
        let said = format!("{message}\n{hint}");
        assert!(said.contains("this route is assumed: "), "{words}: {said}");
        assert!(hint.lines().count() <= 2, "{words}: {hint}");
        assert_eq!(output.stdout, "", "{words}");
    }
}

#[test]
fn router_404_about_an_object_is_not_about_the_route() {
    for leaf in LEAVES.iter().filter(|leaf| leaf.names_object()) {
        for answer in ignorant(404).into_iter().take(2) {
            let (output, _) = leaf.run(answer);
            assert_eq!(output.code, 5, "{}", output.whole());
            assert!(!output.stderr.contains(SAID), "{}", output.whole());
            assert!(!output.stderr.contains(TRY), "{}", output.whole());
        }
    }
}

#[test]
fn documented_route_has_no_such_hint() {
    for line in DOCUMENTED {
        for status in [404, 405] {
            for answer in ignorant(status) {
                let router = Router::rules(move |asked| {
                    // The approval is there, the decision is not.
                    if asked.method == "GET" && asked.target.ends_with("/apr_1") {
                        let approval = r#"{"id":"apr_1","status":"pending","risk":"destructive","tool_name":"t"}"#;
                        return Answer::json(200, approval);
                    }
                    answer.clone()
                });
                let output = router.home().run(&format!("{line} --timeout 5s"));
                assert!(
                    output.code != 0 || line.contains("approvals show"),
                    "{line}: {}",
                    output.stdout
                );
                assert!(!output.stderr.contains("assumed"), "{}", output.whole());
                assert!(!output.stderr.contains(TRY), "{}", output.whole());
            }
        }
    }
}

#[test]
fn documented_code_has_no_such_hint() {
    for (leaf, first) in LEAVES.iter().zip([404, 405].into_iter().cycle()) {
        for (code, status) in CODES.iter().zip([first, 809 - first].into_iter().cycle()) {
            let (output, _) = leaf.run(Answer::fault(status, code));
            assert!(!output.stderr.contains(SAID), "{}", output.whole());
            assert!(!output.stderr.contains(TRY), "{}", output.whole());
        }
    }
}

#[test]
fn other_statuses_have_no_such_hint() {
    for leaf in LEAVES {
        for status in [301, 400, 401, 403, 409, 410, 422, 501] {
            let (output, _) = leaf.run(Answer::empty(status));
            assert!(!output.stderr.contains(SAID), "{}", output.whole());
            assert!(!output.stderr.contains(TRY), "{}", output.whole());
        }
    }
}

/// Whether a path is one of a route with `{names}` in it.
fn fits(path: &str, route: &str) -> bool {
    let (path, route) = (path.split('/'), route.split('/'));
    path.clone().count() == route.clone().count()
        && path
            .zip(route)
            .all(|(is, wanted)| wanted.starts_with('{') || is == wanted)
}

#[test]
fn covers_exactly_the_assumed_routes() {
    let contract = include_str!("../../../docs/router-contract.md");
    let (_, table) = contract.split_once("## Assumed routes").expect("a heading");
    let mut routes = Vec::new();
    for row in table
        .lines()
        .filter(|row| row.starts_with('|') && row.contains('`'))
    {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let method = cells.next().expect("a method");
        let path = cells.next().expect("a path").trim_matches('`');
        routes.push((method, path));
    }
    assert_eq!(routes.len(), 18);
    let asks = |leaf: &Leaf, (method, path): &(&str, &str)| {
        let (asked, target) = leaf.asks.split_once(' ').expect("a method");
        let target = target.split('?').next().unwrap_or_default();
        asked == *method && fits(target, path)
    };
    for route in &routes {
        assert!(LEAVES.iter().any(|leaf| asks(leaf, route)), "{route:?}");
    }
    for leaf in LEAVES {
        assert!(
            routes.iter().any(|route| asks(leaf, route)),
            "{}",
            leaf.asks
        );
    }
}
