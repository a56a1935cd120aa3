//! What the completion scripts ask for.

use std::time::{Duration, Instant, SystemTime};

use super::shown::sandbox;
use crate::support::router::{Answer, Asked, KEY, Router, nobody};
use crate::support::{Home, Output};

/// What may follow these words, separated by single blanks; the last one is being typed and may be empty.
fn complete(home: &Home, line: &str) -> Output {
    complete_in("zsh", home, line)
}

fn complete_in(shell: &str, home: &Home, line: &str) -> Output {
    let words = line.replace(' ', "\n") + "\n";
    let run = home.run_on(
        xeroctl::ui::Terminals::default(),
        &words,
        &format!("__complete {shell}"),
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{line}");
    run
}

/// The values alone.
fn values(home: &Home, line: &str) -> Vec<String> {
    let run = complete(home, line);
    let lines = run.stdout.lines().skip(1);
    let values = lines.map(|line| line.split('\t').next().unwrap_or_default().to_owned());
    values.collect()
}

/// The same once the router has answered: a machine that is busy may be later than a shell waits.
fn live(home: &Home, line: &str) -> Output {
    let mut runs = (0..8).map(|_| complete(home, line));
    let found = runs.find(|run| run.stdout.lines().count() > 1);
    found.unwrap_or_else(|| complete(home, line))
}

fn agents() -> Router {
    Router::rules(|_: &Asked| {
        Answer::json(
            200,
            r#"{"data":[{"id":"agt_1","name":"one","status":"active"},
            {"id":"agt_2","name":"tw\u001bo\ttabs","status":"dead"},
            {"id":"$(reboot)","name":"bad","status":"active"}],"has_more":false}"#,
        )
    })
}

#[test]
fn completes_commands_options_and_values_that_are_known_here() {
    let home = Home::new();
    for (line, some) in [
        ("", &["agents", "exec", "help"][..]),
        ("exec ", &["invoke", "watch"]),
        ("agents ", &["join-keys", "create", "pause-exec"]),
        ("agents agt_1 --up", &["--update"]),
        ("agents -", &["--all", "--context", "--output"]),
        ("agents -o ", &["table", "json"]),
        ("-o j", &["json"]),
        ("agents --output=n", &["--output=ndjson", "--output=name"]),
        ("explain agent", &["agent_not_found"]),
        ("explain 1", &["1", "17"]),
        ("help ex", &["exec", "explain", "exit-codes"]),
        ("help agents join", &["join-keys"]),
        ("exec list --status ", &["queued", "failed"]),
        ("completions ", &["bash", "elvish"]),
        ("config use ", &["sandbox"]),
        ("agents --sort last", &["last_heartbeat"]),
        ("exec list --sort=st", &["--sort=status"]),
        ("--context ", &["sandbox"]),
    ] {
        let found = values(&home, line);
        for value in some {
            assert!(
                found.iter().any(|known| known == value),
                "{line:?}: {found:?}"
            );
        }
    }
    for (line, none) in [
        ("agents --all --al", "--all"),
        ("agents --context sandbox --con", "--context"),
        ("agents agt_1 cre", "create"),
        ("join-keys --revoke cre", "create"),
        ("agents --name -", "--all"),
        ("exec -- in", "invoke"),
        ("", "__complete"),
    ] {
        let found = values(&home, line);
        assert!(
            !found.iter().any(|known| known == none),
            "{line:?}: {found:?}"
        );
    }
    for line in ["exec context set --file ", "sandbox enroll --token-file "] {
        let stdout = complete(&home, line).stdout;
        assert!(stdout.starts_with(":files\n"), "{line}: {stdout}");
    }
    assert_eq!(complete(&home, "agents --name ").stdout, ":values\n");
}

#[test]
fn completes_values_of_the_router() {
    let home = sandbox();
    for (line, value) in [
        ("agents agt_abc", "agt_abc123\tgpu-worker-1, active"),
        ("agents get agt_abc", "agt_abc123\tgpu-worker-1, active"),
        (
            "agents pause-exec agt_1 agt_abc",
            "agt_abc123\tgpu-worker-1, active",
        ),
        ("agents -- agt_abc", "agt_abc123\tgpu-worker-1, active"),
        ("agents join-keys jk_abc", "jk_abc123\tgpu-pool, active"),
        ("exec tool-show kubectl_d", "kubectl_drain\tdestructive, "),
        ("exec invoke --workspace ws_t", "ws_team_a\t"),
        (
            "exec show 7d2e",
            "7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08\tkubectl_drain, failed",
        ),
        (
            "approvals show apr_5",
            "apr_5a6b7c8d\tkubectl_drain, destructive, ",
        ),
        (
            "approvals approve apr_7",
            "apr_7c1d2e3f\tstorage/restore, irreversible, pending",
        ),
        (
            "agents candidates approve agt_abc123 cand_x",
            "cand_xyz789\tpending",
        ),
        (
            "exec learnings show lrn_4f",
            "lrn_4f8a2c\tkubectl_drain of ",
        ),
        ("squads show Cod", "Coder\tsoftware_engineer, active"),
        (
            "squads show 3fcb",
            "3fcb87f5-40bf-4e11-b004-a986b1c8cef0\tCoder, active",
        ),
        ("squads create --reports-to Man", "Manager\tmanager, active"),
        (
            "squads revoke-key Coder 1328",
            "13281111-94df-4774-b516-8e5eb4db8e74\tlaptop",
        ),
    ] {
        let run = live(&home, line);
        let found = run.stdout.lines().any(|known| known.starts_with(value));
        assert!(found, "{line:?}: {}", run.stdout);
    }
    for line in [
        "squads revoke-key Nobody ",
        "squads show --squad nonsense ",
        "agents candidates approve ../.. ",
    ] {
        assert_eq!(complete(&home, line).stdout, ":values\n", "{line}");
    }
    let run = live(&home, "approvals reject ");
    let mut found = run.stdout.lines().skip(1);
    assert!(
        found.all(|line| line.ends_with(", pending")),
        "{}",
        run.stdout
    );
}

#[test]
fn values_that_a_shell_would_take_for_more_are_left_out() {
    let router = agents();
    let run = live(&router.home(), "agents get ");
    assert_eq!(
        run.stdout,
        ":values\nagt_1\tone, active\nagt_2\ttw\\u001bo\\ttabs, dead\n"
    );
}

#[test]
fn bash_replaces_only_what_follows_the_last_break() {
    let home = Home::new();
    for (line, text) in [
        ("agents\n--output\n=\nnd", "ndjson"),
        ("agents\n--output\n=", "ndjson"),
        ("agents\n--base-url\nhttp\n:\n//h/p/v1\n-o\nnd", "ndjson"),
        ("agents\n--output=nd", "--output=ndjson"),
    ] {
        let run = complete_in("bash", &home, line);
        let found = run
            .stdout
            .lines()
            .any(|known| known.split('\t').next() == Some(text));
        assert!(found, "{line:?}: {}", run.stdout);
    }
}

#[test]
fn values_are_kept_for_a_minute_and_for_one_deployment() {
    let router = agents();
    let home = router.home();
    live(&home, "agents get ag");
    let before = router.asked().len();
    assert_eq!(values(&home, "agents get ag"), ["agt_1", "agt_2"]);
    assert_eq!(router.asked().len(), before);
    let directory = home.path().join(".local/state/xeroctl/completions");
    let file = || {
        let mut files = std::fs::read_dir(&directory).expect("the cache");
        files.next().expect("a file").expect("a file").path()
    };
    let text = std::fs::read_to_string(file()).expect("text");
    assert!(!text.contains(KEY), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode =
            |path: &std::path::Path| path.metadata().expect("a file").permissions().mode() & 0o777;
        assert_eq!((mode(&file()), mode(&directory)), (0o600, 0o700));
    }
    // Another deployment.
    let other = agents();
    let line = format!("--base-url {} agents get ag", other.base_url());
    live(&home, &line);
    assert_eq!(values(&home, &line), ["agt_1", "agt_2"]);
    assert_eq!(router.asked().len(), before);
    assert!(!other.asked().is_empty());
    // A minute ago, and in the future.
    let noon = crate::support::noon().duration_since(SystemTime::UNIX_EPOCH);
    let noon = noon.expect("a time").as_secs();
    std::fs::remove_dir_all(&directory).expect("the cache");
    live(&home, "agents get ag");
    let place = file();
    for (at, is_asked) in [(noon - 59, false), (noon - 60, true), (noon + 5, true)] {
        std::fs::write(&place, format!("{at}\nagt_old\tx\n")).expect("the cache");
        let before = router.asked().len();
        let found = values(&home, "agents get ag");
        assert_eq!(router.asked().len() > before, is_asked, "{at}");
        assert_eq!(found == ["agt_old"], !is_asked, "{found:?}");
    }
}

#[test]
fn a_key_on_the_line_or_on_standard_input_is_not_used() {
    let router = agents();
    for line in [
        "--api-key k agents get ag",
        "--api-key-file - agents get ag",
    ] {
        assert_eq!(values(&router.home(), line), [""; 0]);
    }
    assert!(router.asked().is_empty());
}

#[test]
fn a_router_that_fails_or_is_silent_gives_no_values_and_no_message() {
    let failing = Router::rules(|_: &Asked| Answer::fault(500, "internal_error"));
    assert_eq!(values(&failing.home(), "agents get "), [""; 0]);
    let silent = Router::rules(|_: &Asked| Answer::silence());
    let began = Instant::now();
    assert_eq!(values(&silent.home(), "agents get "), [""; 0]);
    // A machine that is busy may be late; the limit is 250 ms.
    assert!(began.elapsed() < Duration::from_secs(2));
    let home = Home::new()
        .with("XEROCTL_BASE_URL", &nobody())
        .with("XEROCTL_API_KEY", KEY);
    assert_eq!(values(&home, "agents get "), [""; 0]);
    let broken = Home::new().config("current = [");
    for line in ["agents get ", "config use ", "--context "] {
        assert_eq!(values(&broken, line), [""; 0]);
    }
    assert_eq!(values(&Home::new(), "agents get "), [""; 0]);
}

#[test]
fn each_shell_has_a_script() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = Home::new()
            .config("broken [")
            .run(&format!("completions {shell}"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell}");
        assert!(
            run.stdout.contains(&format!("xeroctl __complete {shell}")),
            "{}",
            run.stdout
        );
    }
    assert_eq!(Home::new().run("completions tcsh").code, 2);
}

#[test]
fn squads_values_come_from_the_server_of_the_command_line() {
    let server = Router::rules(|asked: &Asked| {
        let is_agents = asked.target.contains("/squads/");
        Answer::json(
            200,
            if is_agents {
                r#"[{"id":"a1","name":"Same","status":"active"},{"id":"a2","name":"Same"},{"id":"a3","name":"One"}]"#
            } else {
                r#"[{"id":"k1","name":"old","revokedAt":"2026-01-01T00:00:00Z"},{"id":"k2","name":"new"}]"#
            },
        )
    });
    let squad = "43490165-2c7d-4b0e-9f61-5d8a3e7c1b24";
    let home = Home::new().with("SLAW_API_KEY", "k");
    let line = format!(
        "squads show --squads-url {} --squad {squad} ",
        server.root()
    );
    let run = live(&home, &line);
    assert_eq!(
        run.stdout,
        ":values\nOne\t\na1\tSame, active\na2\tSame\na3\tOne\n".replace("\t\n", "\n")
    );
    let line = format!(
        "squads revoke-key --squads-url {} --squad {squad} One ",
        server.root()
    );
    assert_eq!(live(&home, &line).stdout, ":values\nk2\tnew\n");
    let ambiguous = line.replace("One", "Same");
    assert_eq!(complete(&home, &ambiguous).stdout, ":values\n");
}
