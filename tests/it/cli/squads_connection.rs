//! The squads server, key, and squad in use: from the command line, then the environment, then the file, independent of
//! the router's.

use crate::cli::shown::transcript;
use crate::support::router::{Answer, Router};
use crate::support::{Home, Output};
use xeroctl::ui::Terminals;

/// Two squads servers and a router, and a file that names them: `lab`, which is current, and `prod`.
struct World {
    lab: Router,
    prod: Router,
    router: Router,
}

impl World {
    fn new() -> Self {
        let list = || Router::rules(|_| Answer::json(200, r#"{"agents":[],"data":[]}"#));
        Self {
            lab: list(),
            prod: list(),
            router: list(),
        }
    }

    /// A home with the deployments; `more` is added to `prod`.
    fn home(&self, more: &str) -> Home {
        Home::new().config(&format!(
            "current = \"lab\"\n\
             [deployment.lab]\nbase_url = \"{router}\"\napi_key = \"router_lab\"\n\
             squads_url = \"{lab}\"\nsquads_api_key = \"stored_lab\"\nsquad_id = \"1ab1ab1a-0000-4000-8000-000000000001\"\n\
             [deployment.keyless]\nbase_url = \"{router}\"\napi_key = \"router_keyless\"\nsquads_url = \"{lab}/api\"\n\
             [deployment.bare]\nbase_url = \"{router}\"\napi_key = \"router_bare\"\n\
             [deployment.prod]\nbase_url = \"{router}\"\napi_key = \"router_prod\"\n\
             squads_url = \"{prod}\"\nsquads_api_key = \"stored_prod\"\nsquad_id = \"04040404-0000-4000-8000-000000000003\"\n{more}\n",
            router = self.router.base_url(),
            lab = self.lab.root(),
            prod = self.prod.root(),
        ))
    }

    fn told(&self, text: &str) -> String {
        text.replace("LAB", &self.lab.root())
            .replace("PROD", &self.prod.root())
            .replace("ROUTER", &self.router.base_url())
    }

    /// What was asked where: `lab KEY SQUAD`, with a dash for what was not sent.
    fn asked(&self) -> Vec<String> {
        let of = |name: &str, server: &Router| -> Vec<String> {
            let asked = server.asked();
            let told = asked.iter().map(|asked| {
                let key = asked.header("authorization").unwrap_or("-");
                let squad = asked.target.strip_prefix("/api/squads/");
                let squad = squad.and_then(|rest| rest.strip_suffix("/agents"));
                format!(
                    "{name} {} {}",
                    key.replace("Bearer ", ""),
                    squad.unwrap_or("-")
                )
            });
            told.collect()
        };
        let mut all = of("lab", &self.lab);
        all.extend(of("prod", &self.prod));
        all.extend(of("router", &self.router));
        all
    }
}

/// Runs a command line; returns what was asked, or the exit code of a refusal that comes before any request.
fn outcome(more: &str, variables: &[(&str, &str)], line: &str) -> (String, Output) {
    let world = World::new();
    let home = variables
        .iter()
        .fold(world.home(more), |home, (name, value)| {
            home.with(name, &world.told(value))
        });
    std::fs::write(home.path().join("key"), "from_file\n").expect("a key file");
    let run = home.run_on(Terminals::default(), "from_stdin\n", &world.told(line));
    let outcome = match world.asked().as_slice() {
        [] => format!("exit {}", run.code),
        asked => asked.join(", "),
    };
    (outcome, run)
}

/// Variables, a line, and its outcome.
type Line<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

#[track_caller]
fn check(rows: &[Line]) {
    check_with("", rows);
}

#[track_caller]
fn check_with(more: &str, rows: &[Line]) {
    for (variables, line, expected) in rows {
        let (outcome, run) = outcome(more, variables, line);
        assert_eq!(outcome, *expected, "{variables:?} {line}: {}", run.stderr);
    }
}

const KEY: (&str, &str) = ("SLAW_API_KEY", "from_variable");
const SQUAD_ID: (&str, &str) = ("SLAW_SQUAD_ID", "0a40a40a-0000-4000-8000-000000000002");
const TO_PROD: (&str, &str) = ("SLAW_API_URL", "PROD");
const PROD: (&str, &str) = ("XEROCTL_CONTEXT", "prod");

#[test]
fn command_line_overrides_environment_overrides_file() {
    check(&[
        (
            &[],
            "squads agents",
            "lab stored_lab 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[KEY],
            "squads agents",
            "lab from_variable 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[KEY],
            "squads agents --api-key typed",
            "lab typed 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[KEY],
            "squads agents --api-key-file key",
            "lab from_file 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[KEY],
            "squads agents --api-key-file -",
            "lab from_stdin 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[SQUAD_ID],
            "squads agents",
            "lab stored_lab 0a40a40a-0000-4000-8000-000000000002",
        ),
        (
            &[SQUAD_ID],
            "squads agents --squad 79bed000-0000-4000-8000-000000000004",
            "lab stored_lab 79bed000-0000-4000-8000-000000000004",
        ),
        (
            &[PROD],
            "squads agents",
            "prod stored_prod 04040404-0000-4000-8000-000000000003",
        ),
        (
            &[PROD, KEY],
            "squads agents",
            "prod from_variable 04040404-0000-4000-8000-000000000003",
        ),
        (
            &[TO_PROD, KEY],
            "squads agents",
            "prod from_variable 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[TO_PROD, KEY],
            "squads agents --squads-url LAB",
            "lab from_variable 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[],
            "squads agents --squads-url PROD --api-key typed --squad 79bed000-0000-4000-8000-000000000004",
            "prod typed 79bed000-0000-4000-8000-000000000004",
        ),
        (
            &[
                ("SLAW_API_KEY", ""),
                ("SLAW_API_URL", ""),
                ("SLAW_SQUAD_ID", ""),
            ],
            "squads agents",
            "lab stored_lab 1ab1ab1a-0000-4000-8000-000000000001",
        ),
    ]);
}

#[test]
fn sends_no_key_without_one() {
    check(&[
        (
            &[],
            "squads agents --context keyless --squad 50000000-0000-4000-8000-000000000005",
            "lab - 50000000-0000-4000-8000-000000000005",
        ),
        (
            &[("XEROCTL_CONTEXT", "keyless")],
            "squads agents --squad 50000000-0000-4000-8000-000000000005",
            "lab - 50000000-0000-4000-8000-000000000005",
        ),
        (&[], "squads me --context keyless", "lab - -"),
    ]);
    let world = World::new();
    let home = Home::new().with("SLAW_API_URL", &world.lab.root());
    let run = home.run("squads agents --squad 50000000-0000-4000-8000-000000000005");
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (
            0,
            "no agents: the squad 50000000-0000-4000-8000-000000000005 is empty, or the server does not know it\n"
        )
    );
    assert_eq!(
        world.asked(),
        ["lab - 50000000-0000-4000-8000-000000000005"]
    );
}

#[test]
fn servers_never_get_each_others_keys() {
    let (slaw, xero) = (KEY, ("XEROCTL_API_KEY", "router_key"));
    let file = ("XEROCTL_API_KEY_FILE", "key");
    check(&[
        (
            &[xero],
            "squads agents",
            "lab stored_lab 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[file],
            "squads agents",
            "lab stored_lab 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[xero],
            "squads agents --context keyless --squad 50000000-0000-4000-8000-000000000005",
            "lab - 50000000-0000-4000-8000-000000000005",
        ),
        (
            &[file, ("XEROCTL_CONTEXT", "keyless")],
            "squads pause 3fcb87f5-40bf-4e11-b004-a986b1c8cef0",
            "lab - -",
        ),
        (&[slaw, xero], "agents", "router router_key -"),
        (&[slaw], "agents", "router router_lab -"),
        (
            &[slaw],
            "agents --context keyless",
            "router router_keyless -",
        ),
        // Two keys for the router contradict each other; the squads API does not care.
        (
            &[xero, file],
            "squads agents",
            "lab stored_lab 1ab1ab1a-0000-4000-8000-000000000001",
        ),
    ]);
    // With no key of its own, the router is not asked at all.
    let world = World::new();
    let text = format!(
        "current = \"a\"\n[deployment.a]\nbase_url = \"{}\"\nsquads_api_key = \"squads_key\"\n",
        world.router.base_url()
    );
    let run = Home::new()
        .config(&text)
        .with("SLAW_API_KEY", "from_variable")
        .run("agents");
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert_eq!(world.asked(), [""; 0]);
}

#[test]
fn router_settings_do_not_affect_squads() {
    check(&[
        (
            &[("XEROCTL_BASE_URL", "ROUTER"), ("XEROCTL_API_KEY", "k")],
            "squads agents",
            "lab stored_lab 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[("XEROCTL_BASE_URL", "nonsense")],
            "squads agents",
            "lab stored_lab 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (&[TO_PROD, KEY], "agents", "router router_lab -"),
        (
            &[("SLAW_API_URL", "nonsense")],
            "agents",
            "router router_lab -",
        ),
    ]);
    for line in [
        "squads agents --base-url ROUTER",
        "--base-url ROUTER squads agents",
        "squads --base-url ROUTER agents --squads-url LAB",
    ] {
        let (outcome, run) = outcome("", &[], line);
        assert_eq!(outcome, "exit 2", "{line}");
        assert!(run.stderr.contains("--squads-url"), "{}", run.stderr);
    }
}

#[test]
fn stored_key_is_sent_only_to_its_origin() {
    check(&[
        (&[TO_PROD], "squads agents", "exit 3"),
        (&[], "squads agents --squads-url PROD", "exit 3"),
        (
            &[],
            "squads agents --context lab --squads-url PROD",
            "exit 3",
        ),
        (
            &[("XEROCTL_CONTEXT", "lab")],
            "squads agents --squads-url PROD",
            "exit 3",
        ),
        // Neither is the router's own origin one for this key.
        (
            &[],
            "squads agents --squads-url http://127.0.0.1:1",
            "exit 3",
        ),
        (
            &[],
            "squads agents --squads-url PROD --api-key-file key",
            "prod from_file 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[KEY],
            "squads agents --squads-url PROD",
            "prod from_variable 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        // The same origin, written in another way.
        (
            &[],
            "squads agents --squads-url LAB/api/",
            "lab stored_lab 1ab1ab1a-0000-4000-8000-000000000001",
        ),
        (
            &[("SLAW_API_URL", "LAB/")],
            "squads agents",
            "lab stored_lab 1ab1ab1a-0000-4000-8000-000000000001",
        ),
    ]);
    let world = World::new();
    let run = world
        .home("")
        .run(&world.told("squads agents --squads-url PROD"));
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn plain_http_key_is_sent_only_to_loopback() {
    let away = "squads health --squads-url http://squads.example --dry-run";
    let run = |home: Home, words: &str| home.run(&format!("{away} {words}"));
    for (words, code) in [
        ("", 0),
        ("--api-key k", 3),
        ("--api-key k --allow-http", 0),
        ("--api-key k --allow-http=false", 3),
    ] {
        let run = run(Home::new(), words);
        assert_eq!(run.code, code, "{words}: {}", run.stderr);
    }
    let variable = run(Home::new().with("SLAW_API_KEY", "k"), "");
    insta::assert_snapshot!(transcript(&[variable]));
    let allowed = Home::new()
        .with("SLAW_API_KEY", "k")
        .with("XEROCTL_ALLOW_HTTP", "true");
    assert_eq!(run(allowed, "").code, 0);
    // What is stored counts alike, and is allowed where it is stored.
    let stored = |more: &str| {
        let text = format!(
            "current = \"a\"\n[deployment.a]\nsquads_url = \"http://squads.example\"\nsquads_api_key = \"k\"\n{more}"
        );
        Home::new()
            .config(&text)
            .run("squads health --dry-run")
            .code
    };
    assert_eq!((stored(""), stored("allow_http = true\n")), (3, 0));
}
