//! The router, the key, and the format in use: from the command line, then the environment, then the file.

use crate::cli::shown::transcript;
use crate::support::router::{Answer, Router};
use crate::support::{Home, Output};
use xeroctl::ui::Terminals;

/// Two routers and a file that names both: `lab`, which is current, and `prod`.
struct World {
    lab: Router,
    prod: Router,
}

impl World {
    fn new() -> Self {
        let list = || Router::rules(|_| Answer::json(200, r#"{"data":[{"id":"agt_1"}]}"#));
        Self {
            lab: list(),
            prod: list(),
        }
    }

    /// A home with the two deployments; `more` is added to `prod`.
    fn home(&self, more: &str) -> Home {
        Home::new().config(&format!(
            "current = \"lab\"\n\
             [deployment.lab]\nbase_url = \"{}\"\napi_key = \"stored_lab\"\noutput = \"csv\"\n\
             [deployment.keyless]\nbase_url = \"{0}\"\n\
             [deployment.prod]\nbase_url = \"{}\"\napi_key = \"stored_prod\"\n{more}\n",
            self.lab.base_url(),
            self.prod.base_url()
        ))
    }

    /// The keys with which the two were asked.
    fn keys(&self) -> (Vec<String>, Vec<String>) {
        let keys = |router: &Router| {
            let asked = router.asked();
            let headers = asked
                .iter()
                .map(|asked| asked.header("authorization").unwrap_or("-"));
            headers
                .map(|header| header.replace("Bearer ", ""))
                .collect()
        };
        (keys(&self.lab), keys(&self.prod))
    }
}

/// What is asked where: `lab KEY`, `prod KEY`, or the exit code of a refusal that comes before any request.
fn outcome(variables: &[(&str, &str)], line: &str) -> (String, Output) {
    outcome_with("", variables, line)
}

fn outcome_with(more: &str, variables: &[(&str, &str)], line: &str) -> (String, Output) {
    let world = World::new();
    let named = |text: &str| {
        text.replace("LAB", &world.lab.base_url())
            .replace("PROD", &world.prod.base_url())
    };
    let home = variables
        .iter()
        .fold(world.home(more), |home, (name, value)| {
            home.with(name, &named(value))
        });
    std::fs::write(home.path().join("key"), "from_file\n").expect("a key file");
    let run = home.run_on(Terminals::default(), "from_stdin\n", &named(line));
    let outcome = match world.keys() {
        (lab, prod) if lab.len() == 1 && prod.is_empty() => format!("lab {}", lab[0]),
        (lab, prod) if lab.is_empty() && prod.len() == 1 => format!("prod {}", prod[0]),
        (lab, prod) if lab.is_empty() && prod.is_empty() => format!("exit {}", run.code),
        (lab, prod) => format!("both: {lab:?} {prod:?}"),
    };
    (outcome, run)
}

/// Variables, a line, and its outcome.
type Row<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

/// Checks that each line comes to its outcome.
fn check(rows: &[Row]) {
    for (variables, line, expected) in rows {
        let (outcome, run) = outcome(variables, line);
        assert_eq!(outcome, *expected, "{variables:?} {line}: {}", run.stderr);
    }
}

const KEY: (&str, &str) = ("XEROCTL_API_KEY", "from_variable");
const KEY_FILE: (&str, &str) = ("XEROCTL_API_KEY_FILE", "key");
const TO_PROD: (&str, &str) = ("XEROCTL_BASE_URL", "PROD");
const PROD: (&str, &str) = ("XEROCTL_CONTEXT", "prod");

#[test]
fn command_line_overrides_environment_overrides_file() {
    check(&[
        (&[], "agents", "lab stored_lab"),
        (&[KEY], "agents", "lab from_variable"),
        (&[KEY_FILE], "agents", "lab from_file"),
        (&[KEY], "agents --api-key typed", "lab typed"),
        (&[KEY], "agents --api-key-file key", "lab from_file"),
        (&[KEY], "agents --api-key-file -", "lab from_stdin"),
        (&[PROD], "agents", "prod stored_prod"),
        (&[PROD, KEY], "agents", "prod from_variable"),
        (&[TO_PROD, KEY], "agents", "prod from_variable"),
        (
            &[TO_PROD, KEY],
            "agents --base-url LAB",
            "lab from_variable",
        ),
        (&[PROD], "agents --context lab", "lab stored_lab"),
        (&[], "agents --base-url PROD --api-key typed", "prod typed"),
        (&[("XEROCTL_API_KEY", "")], "agents", "lab stored_lab"),
        (
            &[("XEROCTL_CONTEXT", ""), ("XEROCTL_BASE_URL", "")],
            "agents",
            "lab stored_lab",
        ),
        (
            &[("XEROCTL_CONTEXT", ""), TO_PROD, KEY],
            "agents",
            "prod from_variable",
        ),
    ]);
}

#[test]
fn context_option_ignores_the_environment() {
    check(&[
        (
            &[TO_PROD, KEY, PROD],
            "agents --context lab",
            "lab stored_lab",
        ),
        (&[KEY_FILE], "agents --context prod", "prod stored_prod"),
        (&[KEY], "agents --context keyless", "lab from_variable"),
        (&[KEY_FILE], "agents --context keyless", "lab from_file"),
        (&[KEY], "agents --context lab --api-key typed", "lab typed"),
        (&[], "agents --context keyless", "exit 3"),
    ]);
    let (_, run) = outcome(&[TO_PROD, KEY, KEY_FILE], "agents --context lab -o name");
    assert_eq!(
        run.stderr,
        "XEROCTL_BASE_URL is ignored: the deployment's own setting is used\n\
         XEROCTL_API_KEY is ignored: the deployment's own setting is used\n\
         XEROCTL_API_KEY_FILE is ignored: the deployment's own setting is used\n"
    );
    let (_, run) = outcome(&[TO_PROD, KEY], "agents --context lab -q -o name");
    assert_eq!(run.stderr, "", "notices are dropped when quiet");
}

#[test]
fn sandbox_ignores_key_variables() {
    let home = Home::new().with("XEROCTL_API_KEY", "from_variable");
    let run = home.run("--context sandbox agents --limit 1 -o name");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stderr.contains("XEROCTL_API_KEY is ignored"),
        "{}",
        run.stderr
    );
}

#[test]
fn rejects_contradictions() {
    check(&[
        (&[PROD, TO_PROD], "agents", "exit 3"),
        (&[KEY, KEY_FILE], "agents", "exit 3"),
        (&[], "agents --api-key a --api-key-file key", "exit 2"),
        (&[], "agents --context sandbox --base-url LAB", "exit 2"),
        (&[KEY, KEY_FILE], "agents --api-key typed", "lab typed"),
    ]);
    let both = "api_key_keychain = \"entry\"";
    let (outcome, run) = outcome_with(both, &[], "agents --context prod");
    assert_eq!(outcome, "exit 3", "{}", run.stderr);
}

#[test]
fn stored_key_is_sent_only_to_its_origin() {
    check(&[
        (&[TO_PROD], "agents", "exit 3"),
        (&[], "agents --base-url PROD", "exit 3"),
        (&[], "agents --context lab --base-url PROD", "exit 3"),
        (
            &[("XEROCTL_CONTEXT", "lab")],
            "agents --base-url PROD",
            "exit 3",
        ),
        (
            &[],
            "agents --base-url PROD --api-key-file key",
            "prod from_file",
        ),
        (&[KEY], "agents --base-url PROD", "prod from_variable"),
        // The same origin, written in another way or for another project.
        (&[], "agents --base-url LAB/", "lab stored_lab"),
        (&[("XEROCTL_BASE_URL", "LAB")], "agents", "lab stored_lab"),
    ]);
    let world = World::new();
    let other = world.lab.base_url().replace("proj_1", "proj_2");
    let run = world.home("").run(&format!("agents --base-url {other}"));
    assert_eq!(
        (run.code, world.keys().0),
        (0, vec!["stored_lab".to_owned()]),
        "{}",
        run.stderr
    );
    assert!(world.lab.lines()[0].contains("/proj_2/"));
}

#[test]
fn unusable_keys_exit_2_from_the_command_line_and_3_otherwise() {
    check(&[
        (&[], "agents --api-key-file none", "exit 2"),
        (&[], "agents --api-key 'a b'", "exit 2"),
        (&[], "agents --api-key 'a\u{7}b'", "exit 2"),
        (&[("XEROCTL_API_KEY_FILE", "none")], "agents", "exit 3"),
        (&[("XEROCTL_API_KEY", "a b")], "agents", "exit 3"),
        (&[("XEROCTL_API_KEY", "ké")], "agents", "exit 3"),
    ]);
}

#[test]
fn protected_deployment_must_be_named() {
    let delete = "agents agt_1 --delete --force";
    let rows: &[Row] = &[
        (&[PROD], "agents", "prod stored_prod"),
        (&[PROD], delete, "exit 3"),
        (&[TO_PROD, KEY], delete, "exit 3"),
        (
            &[KEY],
            "agents agt_1 --delete --force --base-url PROD/",
            "exit 3",
        ),
        (
            &[KEY],
            "agents agt_1 --delete --force --base-url PROD --context keyless",
            "exit 3",
        ),
        (&[PROD], "agents pause-exec agt_1", "exit 3"),
        (&[PROD], "agents pause-exec agt_1 agt_2", "exit 3"),
        (&[PROD], "agents curve-rotate agt_1", "exit 3"),
        (&[PROD], "agents agt_1 --update --status active", "exit 3"),
        (
            &[PROD],
            "join-keys --create --name n --region r --router-addr tcp://a:1",
            "exit 3",
        ),
        (&[PROD], "agents candidates approve agt_1 cand_1", "exit 3"),
        (&[PROD], "agents agt_1 --delete --dry-run", "exit 0"),
        (
            &[],
            "agents agt_1 --delete --force --context prod",
            "prod stored_prod",
        ),
        (&[], delete, "lab stored_lab"),
        (&[PROD], "config set prod --default-output wide", "exit 0"),
    ];
    for (variables, line, expected) in rows {
        let (outcome, run) = outcome_with("protected = true", variables, line);
        assert_eq!(outcome, *expected, "{variables:?} {line}: {}", run.stderr);
    }
    let (_, run) = outcome_with("protected = true", &[PROD], delete);
    assert!(
        run.stderr
            .contains("xeroctl agents agt_1 --delete --force --context prod"),
        "the line that works: {}",
        run.stderr
    );
}

#[test]
fn named_deployment_wins_among_those_with_one_url() {
    let router = Router::rules(|_| Answer::empty(204));
    let url = router.base_url();
    let deployment = |name: &str, url: &str| {
        format!("[deployment.{name}]\nbase_url = \"{url}\"\napi_key = \"k\"\nprotected = true\n")
    };
    let config = ["a", "b", "c"].map(|name| deployment(name, &url)).concat();
    let home = Home::new().config(&format!("current = \"b\"\n{config}"));
    let delete = "agents agt_1 --delete --force";
    for name in ["a", "b", "c"] {
        let run = home.run(&format!("{delete} --context {name}"));
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
    }
    assert_eq!(router.lines().len(), 3);
    let run = home.run(delete);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert_eq!(router.lines().len(), 3);
}

#[test]
fn protection_recognizes_spellings_of_loopback() {
    let router = Router::rules(|_| Answer::empty(204));
    let url = router.base_url();
    let home = Home::new()
        .config(&format!(
            "[deployment.prod]\nbase_url = \"{url}\"\napi_key = \"k\"\nprotected = true\n"
        ))
        .with("XEROCTL_API_KEY", "k");
    for host in [
        "localhost",
        "0.0.0.0",
        "[::]",
        "[::ffff:127.0.0.1]",
        "127.1",
    ] {
        let other = url.replace("127.0.0.1", host);
        let run = home.run(&format!(
            "agents agt_1 --delete --force --allow-http --base-url {other}"
        ));
        assert_eq!(run.code, 3, "{host}: {}", run.stderr);
        assert!(run.stderr.contains("prod"), "{host}: {}", run.stderr);
    }
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn refused_write_creates_no_token_file() {
    let world = World::new();
    let home = world
        .home("protected = true")
        .with("XEROCTL_CONTEXT", "prod");
    let run =
        home.run("join-keys --create --name n --region r --router-addr tcp://a:1 --token-file t");
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(!home.path().join("t").exists());
}

#[test]
fn format_has_its_own_precedence() {
    let (csv, name) = ("ID,NAME", "agt_1\n");
    for (variables, line, begins) in [
        (&[][..], "agents", csv),
        (&[("XEROCTL_OUTPUT", "name")][..], "agents", name),
        (&[("XEROCTL_OUTPUT", "name")][..], "agents -o csv", csv),
        (&[("XEROCTL_OUTPUT", "")][..], "agents", csv),
        (&[PROD][..], "agents", "ID\tNAME"),
        // The format is not the router's affair: a deployment named on the line leaves the variable in force.
        (
            &[("XEROCTL_OUTPUT", "name")][..],
            "agents --context lab",
            name,
        ),
    ] {
        let (_, run) = outcome(variables, line);
        assert!(
            run.stdout.starts_with(begins),
            "{variables:?} {line}: {}",
            run.stdout
        );
    }
    let (bad, _) = outcome(&[("XEROCTL_OUTPUT", "xml")], "agents");
    assert_eq!(bad, "exit 3");
    let (bad, _) = outcome_with("output = \"xml\"", &[], "agents --context prod");
    assert_eq!(bad, "exit 3");
}

#[test]
fn missing_settings_print_solutions() {
    let configured = |text: &str| Home::new().config(text);
    let url = Home::new().with("XEROCTL_BASE_URL", "https://router.invalid/p/v1");
    insta::assert_snapshot!(transcript(&[
        Home::new().run("agents"),
        Home::new().run("agents -o json"),
        Home::new().run("--context nowhere agents"),
        Home::new().with("XEROCTL_CONTEXT", "nowhere").run("agents"),
        configured("current = \"gone\"\n").run("agents"),
        configured("current = \"a\"\n[deployment.a]\napi_key = \"k\"\n").run("agents"),
        configured("current = \"a\"\n[deployment.a]\nbase_url = \"https://h.example/p/v1\"\n")
            .run("agents"),
        url.run("agents"),
    ]));
}
