//! `xeroctl config` and the settings of the squads API: stored, and shown with their origins but never with the key.

use crate::cli::shown::{runs, transcript};
use crate::support::Home;
use crate::support::squads::SQUAD;

fn file(home: &Home) -> String {
    std::fs::read_to_string(home.path().join(".config/xeroctl/config.toml")).expect("the file")
}

#[test]
fn deployment_stores_both_servers() {
    let home = Home::new();
    std::fs::write(home.path().join("key"), "slaw_stored\n").expect("a key file");
    insta::assert_snapshot!(runs(
        &home,
        &[
            &format!(
                "config add lab --base-url http://127.0.0.1:8080/lab/v1 --squads-url http://localhost:3100/api/ \
                 --squads-api-key-file key --squad {SQUAD}"
            ),
            "config show lab",
            "config show lab -o json",
            "config show",
            "config set lab --squads-url https://squads.example --squad other",
            "config show lab",
            "config list",
        ],
    ));
    insta::assert_snapshot!("squads_file_after_set", file(&home));
}

#[test]
fn squads_key_is_read_like_the_router_key() {
    let text = "[deployment.lab]\nbase_url = \"http://127.0.0.1:8080/lab/v1\" # kept\n";
    let home = Home::new().config(text);
    let piped = home.run_on(
        xeroctl::ui::Terminals::default(),
        "slaw_piped\n",
        "config set lab --squads-api-key-file -",
    );
    assert_eq!(piped.code, 0, "{}", piped.stderr);
    assert!(
        file(&home).contains("squads_api_key = \"slaw_piped\""),
        "{}",
        file(&home)
    );
    assert!(file(&home).contains("# kept"), "{}", file(&home));
    for line in [
        "config set lab --squads-api-key-file none",
        "config set lab --squads-api-key-file - --api-key-file -",
        "config set lab --squads-url nonsense",
        "config set lab --squads-url ''",
        "config set lab --squad ''",
        "config set lab --squad a/b",
        "config set lab --squads-api-key-file ''",
    ] {
        let run = home.run(line);
        assert_eq!(run.code, 2, "{line}: {}", run.stderr);
        assert!(!run.stderr.contains("slaw_piped"), "{}", run.stderr);
    }
}

#[test]
fn settings_show_their_origins() {
    let text = format!(
        "current = \"lab\"\n[deployment.lab]\nbase_url = \"http://127.0.0.1:8080/lab/v1\"\napi_key = \"k\"\n\
         squads_url = \"http://localhost:3100\"\nsquads_api_key = \"slaw_stored\"\nsquad_id = \"{SQUAD}\"\n\
         [deployment.plain]\nbase_url = \"http://127.0.0.1:8080/plain/v1\"\napi_key = \"k\"\n"
    );
    let home = || Home::new().config(&text);
    let set = || {
        home()
            .with("SLAW_API_URL", "http://localhost:3100/api")
            .with("SLAW_API_KEY", "slaw_variable")
            .with("SLAW_SQUAD_ID", "squad_var")
    };
    let shown = transcript(&[
        home().run("config show"),
        home().run("config show --context plain"),
        set().run("config show"),
        set().run("config show --context lab"),
        set().run("config show --context sandbox"),
    ]);
    for key in ["slaw_stored", "slaw_variable"] {
        assert!(!shown.contains(key), "{shown}");
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn squads_only_configuration_is_shown() {
    let home = Home::new()
        .with("SLAW_API_URL", "http://localhost:3100")
        .with("SLAW_API_KEY", "slaw_variable");
    let run = home.run("config show");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("squads_url\thttp://localhost:3100\tSLAW_API_URL\n"),
        "{}",
        run.stdout
    );
}

#[test]
fn sandbox_shows_its_squads_settings() {
    let run = Home::new().run("config show sandbox");
    assert!(run.stdout.contains("squads_url\t"), "{}", run.stdout);
    assert!(run.stdout.contains("squad_id\t"), "{}", run.stdout);
}

#[test]
fn reports_ignored_settings() {
    let text = format!(
        "[deployment.lab]\nbase_url = \"http://127.0.0.1:8080/lab/v1\"\napi_key = \"k\"\n\
         squads_url = \"http://localhost:3100\"\nsquads_api_key = \"slaw_stored\"\nsquad_id = \"{SQUAD}\"\n"
    );
    let names = ["SLAW_API_URL", "SLAW_API_KEY", "SLAW_SQUAD_ID"];
    let home = names
        .into_iter()
        .fold(Home::new().config(&text), |home, name| {
            home.with(name, "https://squads.example")
        });
    let run = home.run("config show --context lab");
    for name in names {
        assert!(
            run.stderr.contains(&format!("{name} is ignored")),
            "{name}: {}",
            run.stderr
        );
    }
}
