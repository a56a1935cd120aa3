//! `--dry-run`: the request is printed and nothing is sent, for every command.

use crate::cli::shown::{runs, sandbox};
use crate::support::Home;
use crate::support::router::{Router, nobody};

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// Every command that asks the router.
fn commands() -> Vec<String> {
    let create = format!(
        "agents --create --name n --worker-id w --public-key {KEY} --region r --max-concurrent 0 --description '' --supported-tiers a,b"
    );
    [
        "agents",
        "agents --limit 250 --after agt_1",
        "agents --all",
        "agents agt_1",
        &create,
        "agents agt_1 --update --description '' --supported-tiers '' --status active",
        "agents agt_1 --delete",
        "agents agt_1 --events --limit 5",
        "agents 'ü ?#%&' --delete",
        "agents pause-exec agt_1",
        "agents pause-exec agt_1 agt_2 agt_1 --workspace ws_team_a",
        "agents resume-exec agt_1",
        "agents revoke-credentials agt_1 agt_2",
        "agents candidates list agt_1",
        "agents candidates approve agt_1 cand_1",
        "agents candidates reject agt_1 cand_1",
        "agents curve-rotate agt_1",
        "agents curve-rotate agt_1 --reason 'post-incident, \"quoted\"'",
        "join-keys",
        "join-keys --include-terminal --all",
        "join-keys",
        "join-keys --create --name n --region r --router-addr tcp://a:1 --router-addr tcp://b:2 --ttl-seconds 60",
        "join-keys jk_1 --revoke",
    ]
    .map(|line| format!("{line} --dry-run"))
    .to_vec()
}

/// A home that names a base URL and no key.
fn keyless() -> Home {
    Home::new().with("XEROCTL_BASE_URL", "https://router.example/proj_1/v1")
}

#[test]
fn every_command_prints_its_request() {
    let lines = commands();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(runs(&keyless(), &lines));
}

#[test]
fn every_command_prints_its_request_as_json() {
    let lines: Vec<String> = commands()
        .iter()
        .map(|line| format!("{line} -o json"))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(runs(&keyless(), &lines));
}

#[test]
fn opens_no_socket() {
    let router = Router::unasked();
    let home = router.home();
    for line in commands() {
        assert_eq!(home.run(&line).code, 0, "{line}");
    }
    assert_eq!(router.lines(), [""; 0]);
    // Nor does it matter that nobody listens.
    let home = Home::new().with("XEROCTL_BASE_URL", &nobody());
    for line in commands() {
        assert_eq!(home.run(&line).code, 0, "{line}");
    }
}

#[test]
fn planned_writes_match_sent_writes() {
    use crate::support::router::Answer;
    for line in commands() {
        let router =
            Router::rules(|_| Answer::json(200, r#"{"data":[],"x":"x","token":"xjt_secret"}"#));
        let home = router.home();
        let plan = home.run(&format!("{line} -o json")).stdout;
        let plan: serde_json::Value = serde_json::from_str(&plan).expect("a document");
        let real = line.replace(" --dry-run", " -o json");
        let real = if real.contains("--delete") || real.contains("revoke") {
            real + " --force"
        } else {
            real
        };
        assert_eq!(home.run(&real).code, 0, "{real}");
        let planned: Vec<&serde_json::Value> = match plan["requests"].as_array() {
            Some(requests) => requests.iter().collect(),
            None => vec![&plan],
        };
        let mut sent = router.asked();
        // Several are sent at a time, in any order.
        sent.sort_by(|one, other| one.target.cmp(&other.target));
        assert_eq!(planned.len(), sent.len(), "{real}");
        for (planned, sent) in planned.iter().zip(&sent) {
            let url = format!(
                "{}{}",
                router.base_url().trim_end_matches("/proj_1/v1"),
                sent.target
            );
            assert_eq!(planned["url"], url.as_str(), "{real}");
            assert_eq!(planned["method"], sent.method.as_str(), "{real}");
            let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap_or_default();
            assert_eq!(planned["body"], body, "{real}");
        }
    }
}

#[test]
fn sandbox_address_has_no_port() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents agt_1 --delete --dry-run",
            "agents --dry-run -o json"
        ],
    ));
}

#[test]
fn usage_errors_stay_errors() {
    let home = keyless();
    for line in [
        "agents .. --delete --dry-run",
        "agents --create --dry-run",
        "agents agt_1 --update --public-key x --dry-run",
        "join-keys --create --name n --region r --router-addr tcp://a:1 -o csv --dry-run",
        "agents --dry-run --base-url http://user@host/p/v1",
    ] {
        assert_eq!(home.run(line).code, 2, "{line}");
    }
    assert_eq!(
        Home::new().run("agents --dry-run").code,
        3,
        "a base URL is needed"
    );
}

#[test]
fn creates_no_token_file() {
    let home = keyless();
    let line =
        "join-keys --create --name n --region r --router-addr tcp://a:1 --token-file t --dry-run";
    assert_eq!(home.run(line).code, 0);
    assert!(!home.path().join("t").exists(), "no file is left behind");
    std::fs::write(home.path().join("t"), "mine").expect("a file");
    assert_eq!(
        home.run(line).code,
        2,
        "one that exists is refused here too"
    );
}

#[test]
fn does_not_change_the_configuration() {
    let text = "[deployment.lab]\nbase_url = \"http://127.0.0.1:1/lab/v1\"\n";
    let home = Home::new().config(text);
    let lines = [
        "config add prod --base-url https://router.example/p/v1 --dry-run",
        "config set lab --default-output wide --dry-run",
        "config use lab --dry-run",
        "config rename lab prod --dry-run",
        "config remove lab --dry-run",
        "config remove lab --dry-run -o json",
    ];
    insta::assert_snapshot!(runs(&home, &lines));
    let file = home.path().join(".config/xeroctl/config.toml");
    assert_eq!(std::fs::read_to_string(file).expect("the file"), text);
}
